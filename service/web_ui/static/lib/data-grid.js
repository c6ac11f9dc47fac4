/** Large tables by Tabulator, loaded with the first table. Only the visible rows are in the document. */

import { h } from "./dom.js";
import { t } from "./i18n.js";

/** @type {Promise<any>|null} */
let tabulatorModule = null;

/** @returns {Promise<any>} the module of Tabulator */
function loadTabulator() {
  tabulatorModule ??= import(new URL("../vendor/tabulator/tabulator.js", import.meta.url).href);
  for (const name of ["../vendor/tabulator/tabulator.css", "../css/data-grid.css"]) {
    const href = new URL(name, import.meta.url).href;
    if (!document.querySelector(`link[href="${href}"]`)) {
      document.head.append(h("link", { rel: "stylesheet", href }));
    }
  }
  return tabulatorModule;
}

/**
 * @typedef {object} GridColumn
 * @property {string} field property of the row
 * @property {string} title heading
 * @property {boolean} [number] whether the values are numbers: aligned right and sorted by value
 * @property {(value: any, row: any) => string|Node} [show] renders a value; the value as text by default
 * @property {number} [width] width in pixels
 * @property {number} [grow] share of the remaining width
 */

/**
 * Create a table of many rows.
 * @param {{columns: GridColumn[], rows: object[], label: string, height?: number}} options what to show
 * @param {AbortSignal} signal signal of the view: destroys the table
 * @returns {Promise<{element: HTMLElement, table: any}>} the element, and Tabulator's object (`setData`, `setFilter`, `getData` …)
 */
export async function createDataGrid({ columns, rows, label, height = 480 }, signal) {
  const { TabulatorFull } = await loadTabulator();
  const holder = h("div", { class: "grid" });
  const element = h("div", { class: "grid-frame", role: "region", "aria-label": label }, holder);
  // Tabulator measures its container, so the container must be in the document before the table is built.
  const stage = h("div", { class: "visually-hidden" }, element);
  document.body.append(stage);
  const table = new TabulatorFull(holder, {
    data: rows,
    height,
    layout: "fitColumns",
    placeholder: t("table.none"),
    columns: columns.map(buildColumn),
    columnDefaults: { resizable: true, headerSortTristate: true },
  });
  await new Promise((resolve) => table.on("tableBuilt", resolve));
  setAriaRoles(holder);
  table.on("renderComplete", () => setAriaRoles(holder));
  element.remove();
  stage.remove();
  signal.addEventListener("abort", () => table.destroy());
  printAllRows(element, table, columns, signal);
  requestAnimationFrame(() => {
    if (element.isConnected) table.redraw(true);
  });
  return { element, table };
}

/**
 * Print a plain table of all rows that the filters leave, because the grid holds only the visible rows.
 * @param {HTMLElement} element @param {any} table @param {GridColumn[]} columns @param {AbortSignal} signal
 */
function printAllRows(element, table, columns, signal) {
  const build = () => {
    const head = columns.map(({ title, number }) =>
      h("th", { scope: "col", class: number ? "number" : null }, title),
    );
    const rows = table.getData("active").map((/** @type {any} */ row) =>
      h(
        "tr",
        {},
        columns.map(({ field, number, show }) => {
          const shown = show ? show(row[field], row) : (row[field] ?? "");
          return h("td", { class: number ? "number" : null }, shown);
        }),
      ),
    );
    const body = h("tbody", {}, rows);
    element.append(
      h("table", { class: "rows paper-only" }, h("thead", {}, h("tr", {}, head)), body),
    );
  };
  addEventListener("beforeprint", build, { signal });
  addEventListener("afterprint", () => element.querySelector(".paper-only")?.remove(), { signal });
}

/**
 * Set the roles that Tabulator leaves out. A grid may contain row groups only, and Tabulator makes its
 * scrollable part focusable without a role.
 * @param {HTMLElement} holder
 */
function setAriaRoles(holder) {
  holder.querySelector(".tabulator-tableholder")?.setAttribute("role", "rowgroup");
  holder.querySelector(".tabulator-table")?.setAttribute("role", "presentation");
  const placeholder = holder.querySelector(".tabulator-placeholder");
  placeholder?.setAttribute("role", "row");
  placeholder?.firstElementChild?.setAttribute("role", "gridcell");
}

/** @param {GridColumn} column @returns {object} a column of Tabulator */
function buildColumn({ field, title, number, show, width, grow }) {
  /** @param {any} cell */
  const formatter = (cell) => {
    const shown = show ? show(cell.getValue(), cell.getData()) : (cell.getValue() ?? "");
    return shown instanceof Node ? shown : h("span", {}, String(shown));
  };
  const aligned = number ? { hozAlign: "right", headerHozAlign: "right", sorter: "number" } : {};
  const minWidth = number ? 90 : 120;
  return { field, title, formatter, width, widthGrow: grow ?? 1, minWidth, ...aligned };
}
