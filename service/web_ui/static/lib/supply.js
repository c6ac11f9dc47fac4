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
  const { api } = context;
  const [needs, { items, requirements }] = await Promise.all([
    api.fetchTable(id, "supply", { ...filter, columns: names.join(",") }),
    context.loadProblemIndex(),
  ]);
  // The table of requirements refuses a filter by a good.
  if (!requirements.size || items.has(filter.item ?? "")) return needs.columns;
  const translate = (/** @type {string} */ name) => REQUIREMENT_COLUMNS[name] ?? name;
  const wanted = Object.entries(filter).map(([name, value]) => [translate(name), value]);
  const shared = names.filter((name) => !GOODS_COLUMNS.has(name));
  const query = { ...Object.fromEntries(wanted), columns: shared.map(translate).join(",") };
  const { columns } = await api.fetchTable(id, "requirements", query);
  const none = columns[translate(shared[0])].map(() => 0);
  return Object.fromEntries(
    names.map((name) => [name, [...needs.columns[name], ...(columns[translate(name)] ?? none)]]),
  );
}
