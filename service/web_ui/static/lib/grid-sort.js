/** The order of the rows of a table. */

import { getLocale } from "./format.js";

/**
 * Sort rows. Rows with equal values keep their order; rows without a value come last.
 * @param {any[]} rows the rows
 * @param {import("./data-grid.js").GridColumn[]} columns the columns
 * @param {import("./data-grid.js").GridSort|null} sort what to sort by; null keeps the order
 * @returns {any[]} the sorted rows
 */
export function sortRows(rows, columns, sort) {
  const column = columns.find(({ field }) => field === sort?.field);
  if (!sort || !column) return rows;
  const { field, isNumber } = column;
  const collator = new Intl.Collator(getLocale(), { numeric: true });
  const sign = sort.isDescending ? -1 : 1;
  return [...rows].sort(({ [field]: a }, { [field]: b }) => {
    const missing = Number(a === null) - Number(b === null);
    if (missing || a === b) return missing;
    return sign * (isNumber ? a - b : collator.compare(a, b));
  });
}

/**
 * Find the next order when a heading is chosen: ascending, descending, then the original order.
 * @param {import("./data-grid.js").GridSort|null} sort the present order
 * @param {string} field the column of the heading
 * @returns {import("./data-grid.js").GridSort|null} the next order
 */
export function findNextSort(sort, field) {
  if (sort?.field !== field) return { field, isDescending: false };
  return sort.isDescending ? null : { field, isDescending: true };
}
