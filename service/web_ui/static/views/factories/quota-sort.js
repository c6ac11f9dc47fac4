/** Orders of the quota table: as the API writes them, and by columns of the table. */

/** Orders that can be selected; the first is the default. */
export const SORTS = ["factory", "item", "period", "-quantity", "-kwh", "-price"];

/** Columns of the table for columns of the API.
 * @type {Record<string, string>} */
const FIELDS = { factory: "factoryName", item: "itemName" };

/** Columns of the API for columns of the table; what the API cannot sort by is downloaded by factory.
 * @type {Record<string, string>} */
const API_COLUMNS = {
  factoryName: "factory",
  itemName: "item",
  recipe: "recipe",
  period: "period",
  quantity: "quantity",
  kwh: "kwh",
  price: "price",
};

/**
 * Read an order of the API.
 * @param {string} text column, after a minus if the order descends; empty for the default
 * @returns {import("../../lib/data-grid.js").GridSort} the order of the table
 */
export function readSort(text) {
  const known = SORTS.includes(text) || SORTS.includes(text.replace("-", "")) ? text : SORTS[0];
  const column = known.replace("-", "");
  return { field: FIELDS[column] ?? column, isDescending: known.startsWith("-") };
}

/**
 * Write an order as the API does.
 * @param {import("../../lib/data-grid.js").GridSort|null} sort the order of the table; null for the default
 * @returns {string} column, after a minus if the order descends
 */
export function writeSort(sort) {
  if (!sort) return SORTS[0];
  const column = API_COLUMNS[sort.field] ?? "factory";
  return `${sort.isDescending ? "-" : ""}${column}`;
}
