/** Rows of a table of many rows as text: plain numbers, with units in columns of their own. */

import { countFractionDigits, getLocale } from "./format.js";
import { writeTableText } from "./table-text.js";

/** @typedef {{title: string, write: (row: any) => string}} TextColumn */

/**
 * Format a number for spreadsheets: as in the table, without separators of thousands and units.
 * @param {number|null|undefined} value the number
 * @returns {string} the text; empty without a number
 */
export function formatPlainNumber(value) {
  if (typeof value !== "number") return "";
  const maximumFractionDigits = countFractionDigits(Math.abs(value));
  const options = { maximumFractionDigits, useGrouping: false };
  return new Intl.NumberFormat(getLocale(), options).format(value);
}

/**
 * List headings and cells.
 * @param {import("./data-grid.js").GridColumn[]} columns the columns
 * @param {any[]} rows the rows
 * @returns {{head: string[], body: string[][]}} the headings, and the texts of each row
 */
export function listTexts(columns, rows) {
  const texts = columns.flatMap(({ field, title, isNumber, texts: own }) => {
    const write = (/** @type {any} */ row) =>
      isNumber ? formatPlainNumber(row[field]) : String(row[field] ?? "");
    return own ?? [{ title, write }];
  });
  return {
    head: texts.map(({ title }) => title),
    body: rows.map((row) => texts.map(({ write }) => write(row))),
  };
}

/**
 * Write rows as text for the clipboard.
 * @param {import("./data-grid.js").GridColumn[]} columns the columns
 * @param {any[]} rows the rows
 * @returns {string} cells separated by tabs, below the headings
 */
export function writeGridText(columns, rows) {
  const { head, body } = listTexts(columns, rows);
  return writeTableText(head, body);
}
