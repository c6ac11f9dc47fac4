/** Quotas as rows with names. */

/**
 * @param {Object<string, Array>} columns of the table `quotas`
 * @param {import("../../lib/problem-index.js").Atlas} atlas the problem
 * @returns {object[]} a row a quota
 */
export function rowsOf(columns, atlas) {
  const things = new Map();
  const known = (id, make) => {
    if (!things.has(id)) things.set(id, make(id));
    return things.get(id);
  };
  return columns.factory.map((factory, k) => {
    const maker = known(`f ${factory}`, () => factoryOf(factory, atlas));
    const good = known(`i ${columns.item[k]}`, () => itemOf(columns.item[k], atlas));
    const quantity = columns.quantity[k];
    return {
      ...maker,
      ...good,
      id: k,
      period: columns.period[k],
      quantity,
      kwh: columns.kwh[k],
      price: columns.price[k],
      worth: quantity * good.value,
    };
  });
}

function factoryOf(id, atlas) {
  const { place = "", name = "", local_name: local = "" } = atlas.factories.get(id) ?? {};
  const county = atlas.places.get(place) ?? {};
  return {
    factory: id,
    factoryName: atlas.name(id),
    county: place,
    countyName: atlas.name(place),
    factoryWords: words(id, name, local, county.name, county.local_name),
  };
}

function itemOf(id, atlas) {
  const { name = "", local_name: local = "", category = "other" } = atlas.items.get(id) ?? {};
  return {
    item: id,
    itemName: atlas.name(id),
    category,
    unit: atlas.unit(id),
    value: atlas.value(id),
    itemWords: words(id, name, local),
  };
}

const words = (...texts) => texts.filter(Boolean).join(" ").toLowerCase();
