/** Needs and shortages: of goods in the table `supply`, of requirements in a table of their own. */

/**
 * Read the need and the shortage of a row.
 *
 * In a month, the need includes the backlog of the month before. Over the whole plan the need is the demand, and the
 * shortages that are left are those that no month serves.
 * @param {Columns} columns the table, with `demand`, `served` and `shortage`
 * @param {number} row position of the row
 * @param {boolean} isWholePlan whether the row counts for the whole plan, not for its month
 * @returns {{demand: number, shortage: number}} units
 */
export function readNeed(columns, row, isWholePlan) {
  const demand = columns.demand[row];
  const served = columns.served[row];
  const shortage = columns.shortage[row];
  return isWholePlan
    ? { demand, shortage: demand - served }
    : { demand: served + shortage, shortage };
}

/**
 * Columns of `requirements` by the columns of `supply` that say the same, where the names differ.
 * @type {Record<string, string>}
 */
const REQUIREMENT_COLUMNS = { item: "requirement", demand: "need", served: "met" };

/** Columns of `supply` that requirements do not have: nothing arrives of a requirement itself. */
const GOODS_COLUMNS = new Set(["central"]);

/**
 * Read needs: those for goods, then those that several goods can meet, with the requirement as item.
 * @param {ViewContext} context context of the view
 * @param {string[]} names columns of `supply` to read
 * @param {Record<string, string>} [filter] values of columns
 * @param {string} [id] identifier of the plan; by default that of the context
 * @returns {Promise<Columns>} the columns
 */
export async function fetchNeeds(context, names, filter = {}, id = context.plan.id) {
  // A filter by requirement names no good, which the table `supply` would refuse.
  const isRequirement =
    filter.item !== undefined && !(await context.loadProblemIndex()).items.has(filter.item);
  const [goods, { requirements }] = await Promise.all([
    isRequirement ? null : fetchColumns(context, id, "supply", names, filter),
    context.loadProblemIndex(),
  ]);
  if (goods && (!requirements.size || filter.item !== undefined)) return goods;
  const wanted = Object.entries(filter).map(([name, value]) => [translateColumn(name), value]);
  const shared = names.filter((name) => !GOODS_COLUMNS.has(name));
  const columns = await fetchColumns(
    context,
    id,
    "requirements",
    shared.map(translateColumn),
    Object.fromEntries(wanted),
  );
  const none = columns[translateColumn(shared[0])].map(() => 0);
  return Object.fromEntries(
    names.map((name) => [
      name,
      [...(goods?.[name] ?? []), ...(columns[translateColumn(name)] ?? none)],
    ]),
  );
}

/** @param {string} name a column of `supply` @returns {string} the column of `requirements` that says the same */
const translateColumn = (name) => REQUIREMENT_COLUMNS[name] ?? name;

/** @param {ViewContext} context @param {string} id the plan @param {string} table @param {string[]} names @param {Record<string, string>} filter @returns {Promise<Columns>} */
async function fetchColumns({ api }, id, table, names, filter) {
  return (await api.fetchTable(id, table, { ...filter, columns: names.join(",") })).columns;
}
