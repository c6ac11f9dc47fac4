/** A table whose cells are coloured by their figures: read by eye and by screen reader alike; arrow keys move in it. */

import { h } from "./dom.js";
import { inkOn } from "./palette.js";

/**
 * @typedef {object} HeatRow
 * @property {string} id its identifier
 * @property {string} title its name
 * @property {Array<number|null>} values one a column; null leaves a cell empty
 *
 * @param {object} wish what is shown
 * @param {string} wish.label what the table is
 * @param {string} wish.corner heading of the names
 * @param {Array<{id: string, title: string}>} wish.columns the columns
 * @param {Array<{title: string|null, rows: HeatRow[]}>} wish.groups rows, under headings
 * @param {(value: number, row: HeatRow, place: number) => string} wish.colour a cell's colour
 * @param {(value: number, row: HeatRow, place: number) => string} wish.write a cell's text
 * @param {(value: number, row: HeatRow, place: number) => string} [wish.full] the figure in full with its unit, for hints and screen readers; as written unless given
 * @param {(row: HeatRow, place: number) => string|null} [wish.href] where a cell leads
 * @returns {HTMLElement} the table in a frame that scrolls
 */
export function heat(wish) {
  const { label, corner, columns, groups, href } = wish;
  const head = h(
    "tr",
    {},
    h("th", { scope: "col" }, corner),
    columns.map((column) => h("th", { scope: "col", class: "heat-column" }, column.title)),
  );
  const bodies = groups
    .filter((group) => group.rows.length)
    .map((group) =>
      h(
        "tbody",
        {},
        group.title &&
          h(
            "tr",
            { class: "heat-group" },
            h("th", { scope: "rowgroup", colspan: columns.length + 1 }, group.title),
          ),
        group.rows.map((row) =>
          h(
            "tr",
            {},
            h("th", { scope: "row", title: row.title }, row.title),
            columns.map((column, place) => cell(wish, row, column, place)),
          ),
        ),
      ),
    );
  const table = h("table", { class: "heat", "aria-label": label }, h("thead", {}, head), bodies);
  if (href) arrows(table);
  return h(
    "div",
    {
      class: "scroll heat-frame",
      role: "region",
      "aria-label": label,
      tabindex: table.querySelector("a") ? null : "0",
    },
    table,
  );
}

function cell({ colour, write, full, href }, row, column, place) {
  const value = row.values[place];
  if (value === null || value === undefined)
    return h("td", { class: "heat-none" }, h("span", { class: "unseen" }, "–"));
  const shade = colour(value, row, place);
  const text = write(value, row, place);
  const style = { background: shade, color: inkOn(shade) };
  const said = `${row.title}, ${column.title}: ${full ? full(value, row, place) : text}`;
  const data = { row: row.id, column: column.id };
  const leads = href?.(row, place);
  if (!leads) return h("td", { style, title: said, data }, text);
  return h(
    "td",
    { style, data },
    h(
      "a",
      { href: leads, tabindex: "-1", title: said },
      text,
      h("span", { class: "unseen" }, ` ${said}`),
    ),
  );
}

const STEPS = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
  Home: [-Infinity, 0],
  End: [Infinity, 0],
};

/** One stop of the Tab key for the whole table; arrow keys, Home and End go from cell to cell. */
function arrows(table) {
  const rows = [...table.querySelectorAll("tbody tr:not(.heat-group)")]
    .map((row) => [...row.querySelectorAll("a")])
    .filter((row) => row.length);
  if (!rows.length) return;
  let at = rows[0][0];
  at.tabIndex = 0;
  const visit = (link) => {
    at.tabIndex = -1;
    at = link;
    at.tabIndex = 0;
  };
  table.addEventListener("focusin", (event) => event.target.matches("a") && visit(event.target));
  table.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    const line = rows.findIndex((row) => row.includes(at));
    const row = rows[Math.min(rows.length - 1, Math.max(0, line + step[1]))];
    row[Math.min(row.length - 1, Math.max(0, rows[line].indexOf(at) + step[0]))].focus();
  });
}
