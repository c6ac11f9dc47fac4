/** A table with coloured cells that both eyes and screen readers can read. Arrow keys move between its cells. */

import { h } from "./dom.js";
import { getTextColour } from "./palette.js";
import { copyRowsAsText } from "./table-text.js";

/**
 * @typedef {object} HeatmapRow
 * @property {string} id identifier
 * @property {string} title heading
 * @property {Array<number|null>} values one value for each column; null leaves a cell empty
 */

/**
 * @template {HeatmapRow} Row
 * @typedef {object} HeatmapOptions
 * @property {string} label label of the table
 * @property {string} corner heading of the column of row headings
 * @property {Array<{id: string, title: string}>} columns the columns
 * @property {Array<{title: string|null, rows: Row[]}>} groups rows, grouped under headings
 * @property {(value: number, row: Row, column: number) => string} colour colour of a cell
 * @property {(value: number, row: Row, column: number) => string} write text of a cell
 * @property {(value: number, row: Row, column: number) => string} [full] value with its unit, for tooltips and screen readers; `write` by default
 * @property {(row: Row, column: number) => string|null} [href] address that a cell links to
 */

/**
 * Render a heatmap.
 * @template {HeatmapRow} Row
 * @param {HeatmapOptions<Row>} options what to show
 * @returns {HTMLElement} the table in a scrollable frame
 */
export function renderHeatmap(options) {
  const { label, corner, columns, groups, href } = options;
  const headings = columns.map((column) =>
    h("th", { scope: "col", class: "heatmap-column" }, column.title),
  );
  const head = h("thead", {}, h("tr", {}, h("th", { scope: "col" }, corner), headings));
  const bodies = groups
    .filter((group) => group.rows.length)
    .map(({ title, rows }) =>
      h(
        "tbody",
        {},
        title && renderGroupHeading(title, columns.length + 1),
        rows.map((row) => renderRow(options, row)),
      ),
    );
  const table = h("table", { class: "heatmap", "aria-label": label }, head, bodies);
  if (href) enableArrowKeys(table);
  copyRowsAsText(table);
  const tabindex = table.querySelector("a") ? null : "0";
  const frame = { class: "scroll heatmap-frame", role: "region", "aria-label": label, tabindex };
  return h("div", frame, table);
}

/** @param {string} title @param {number} span @returns {HTMLElement} */
function renderGroupHeading(title, span) {
  return h("tr", { class: "heatmap-group" }, h("th", { scope: "rowgroup", colspan: span }, title));
}

/** @template {HeatmapRow} Row @param {HeatmapOptions<Row>} options @param {Row} row @returns {HTMLElement} */
function renderRow(options, row) {
  const cells = options.columns.map((_, column) => renderCell(options, row, column));
  return h("tr", {}, h("th", { scope: "row", title: row.title }, row.title), cells);
}

/** @template {HeatmapRow} Row @param {HeatmapOptions<Row>} options @param {Row} row @param {number} column @returns {HTMLElement} */
function renderCell({ columns, colour, write, full, href }, row, column) {
  const value = row.values[column];
  if (value === null || value === undefined) {
    return h("td", { class: "heatmap-none" }, h("span", { class: "visually-hidden" }, "–"));
  }
  const background = colour(value, row, column);
  const text = write(value, row, column);
  const style = { background, color: getTextColour(background) };
  const figure = full ? full(value, row, column) : text;
  const title = `${row.title}, ${columns[column].title}: ${figure}`;
  const data = { row: row.id, column: columns[column].id };
  const target = href?.(row, column);
  if (!target) return h("td", { style, title, data }, text);
  const description = h("span", { class: "visually-hidden" }, ` ${title}`);
  return h(
    "td",
    { style, data },
    h("a", { href: target, tabindex: "-1", title }, text, description),
  );
}

/** @type {Record<string, [number, number]>} */
const ARROW_STEPS = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
  Home: [-Infinity, 0],
  End: [Infinity, 0],
};

/**
 * Find the cell that a key moves to.
 * @param {number[]} lengths number of cells in each row
 * @param {[number, number]} position column and row of the current cell
 * @param {string} key name of the key
 * @returns {[number, number]|null} column and row of the next cell; null if the key does not move
 */
export function findNextCell(lengths, [column, row], key) {
  const step = ARROW_STEPS[key];
  if (!step) return null;
  const nextRow = Math.min(lengths.length - 1, Math.max(0, row + step[1]));
  return [Math.min(lengths[nextRow] - 1, Math.max(0, column + step[0])), nextRow];
}

/**
 * Make the table a single tab stop; arrow keys, Home and End move between its cells.
 * @param {HTMLTableElement} table
 */
function enableArrowKeys(table) {
  const rows = [...table.querySelectorAll("tbody tr:not(.heatmap-group)")]
    .map((row) => [...row.querySelectorAll("a")])
    .filter((row) => row.length);
  if (!rows.length) return;
  let current = rows[0][0];
  current.tabIndex = 0;
  table.addEventListener("focusin", (event) => {
    if (!(event.target instanceof HTMLAnchorElement)) return;
    current.tabIndex = -1;
    current = event.target;
    current.tabIndex = 0;
  });
  table.addEventListener("keydown", (event) => {
    const row = rows.findIndex((links) => links.includes(current));
    const lengths = rows.map((links) => links.length);
    const next = findNextCell(lengths, [rows[row].indexOf(current), row], event.key);
    if (!next) return;
    event.preventDefault();
    rows[next[1]][next[0]].focus();
  });
}
