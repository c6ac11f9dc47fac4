/** A table whose cells are coloured by their figures: read by eye and by screen reader alike; arrow keys move in it. */

import { h } from "./dom.js";
import { inkOn } from "./palette.js";

/**
 * @typedef {object} HeatRow
 * @property {string} id handed to `click`
 * @property {string} title its name
 * @property {Array<number|null>} values one a column; null leaves a cell empty
 *
 * @param {object} wish what is shown
 * @param {string} wish.label what the table is
 * @param {string} wish.corner heading of the names
 * @param {Array<{id: string, title: string}>} wish.columns the columns
 * @param {Array<{title: string|null, rows: HeatRow[]}>} wish.groups rows, under headings
 * @param {(value: number, row: HeatRow) => string} wish.colour a cell's colour
 * @param {(value: number, row: HeatRow) => string} wish.write a cell's text
 * @param {(value: number, row: HeatRow) => string} [wish.full] the figure in full with its unit, for hints and screen readers; as written unless given
 * @param {(row: HeatRow, column: string) => void} [wish.click] makes cells buttons
 * @returns {HTMLElement} the table in a frame that scrolls
 */
export function heat(wish) {
  const { label, corner, columns, groups, click } = wish;
  const head = h("tr", {}, h("th", { scope: "col" }, corner), columns.map((column) => h("th", { scope: "col", class: "heat-column" }, column.title)));
  const bodies = groups.filter((group) => group.rows.length).map((group) =>
    h("tbody", {},
      group.title && h("tr", { class: "heat-group" }, h("th", { scope: "rowgroup", colspan: columns.length + 1 }, group.title)),
      group.rows.map((row) => h("tr", {}, h("th", { scope: "row", title: row.title }, row.title), columns.map((column, place) => cell(wish, row, column, place))))));
  const table = h("table", { class: "heat", "aria-label": label }, h("thead", {}, head), bodies);
  if (click) arrows(table);
  return h("div", { class: "scroll heat-frame", role: "region", "aria-label": label, tabindex: click ? null : "0" }, table);
}

function cell({ colour, write, full, click }, row, column, place) {
  const value = row.values[place];
  if (value === null || value === undefined) return h("td", { class: "heat-none" }, h("span", { class: "unseen" }, "–"));
  const shade = colour(value, row);
  const text = write(value, row);
  const style = { background: shade, color: inkOn(shade) };
  const said = `${row.title}, ${column.title}: ${full ? full(value, row) : text}`;
  if (!click) return h("td", { style, title: said }, text);
  const press = { click: () => click(row, column.id) };
  return h("td", { style }, h("button", { type: "button", tabindex: "-1", title: said, "aria-label": said, on: press }, text));
}

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1], Home: [-Infinity, 0], End: [Infinity, 0] };

/** One stop of the Tab key for the whole table; arrow keys, Home and End go from cell to cell. */
function arrows(table) {
  const rows = [...table.querySelectorAll("tbody tr:not(.heat-group)")].map((row) => [...row.querySelectorAll("button")]).filter((row) => row.length);
  if (!rows.length) return;
  let at = rows[0][0];
  at.tabIndex = 0;
  const visit = (button) => {
    at.tabIndex = -1;
    at = button;
    at.tabIndex = 0;
  };
  table.addEventListener("focusin", (event) => event.target.matches("button") && visit(event.target));
  table.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    const line = rows.findIndex((row) => row.includes(at));
    const row = rows[Math.min(rows.length - 1, Math.max(0, line + step[1]))];
    row[Math.min(row.length - 1, Math.max(0, rows[line].indexOf(at) + step[0]))].focus();
  });
}
