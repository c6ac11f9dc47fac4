/** Quotas as rows with names. */

/**
 * Build the rows of the quota table.
 * @param {Columns} columns columns of the table `quotas`
 * @param {ProblemIndex} problemIndex the problem
 * @returns {QuotaRow[]} one row for each quota
 */
export function buildQuotaRows(columns, problemIndex) {
  const factories = new Map(
    [...new Set(columns.factory)].map((id) => [id, describeFactory(id, problemIndex)]),
  );
  const items = new Map(
    [...new Set(columns.item)].map((id) => [id, describeItem(id, problemIndex)]),
  );
  return columns.factory.map((factory, k) => {
    const item = items.get(columns.item[k]);
    const quantity = columns.quantity[k];
    return {
      ...factories.get(factory),
      ...item,
      id: k,
      recipe: columns.recipe[k],
      period: columns.period[k],
      quantity,
      kwh: columns.kwh[k],
      price: columns.price[k],
      worth: quantity * item.value,
    };
  });
}

/** @param {string} id @param {ProblemIndex} problemIndex @returns {any} fields of the factory */
function describeFactory(id, problemIndex) {
  const factory = problemIndex.factories.get(id);
  const place = factory?.place ?? "";
  const county = problemIndex.places.get(place);
  return {
    factory: id,
    factoryName: problemIndex.getName(id),
    county: place,
    countyName: problemIndex.getName(place),
    factoryWords: joinWords(
      id,
      factory?.name,
      factory?.local_name,
      county?.name,
      county?.local_name,
    ),
  };
}

/** @param {string} id @param {ProblemIndex} problemIndex @returns {any} fields of the item */
function describeItem(id, problemIndex) {
  const item = problemIndex.items.get(id);
  return {
    item: id,
    itemName: problemIndex.getName(id),
    category: item?.category ?? "other",
    unit: problemIndex.getUnit(id),
    isWhole: problemIndex.isWhole(id),
    value: problemIndex.getValue(id),
    itemWords: joinWords(id, item?.name, item?.local_name),
  };
}

/** @param {...(string|undefined)} texts @returns {string} the texts that a search looks in */
const joinWords = (...texts) => texts.filter(Boolean).join(" ").toLowerCase();
