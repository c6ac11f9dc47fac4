/** Large tables by Tabulator, loaded when the first one is shown: only the rows in sight are in the page. */

import { h } from "./dom.js";
import { t } from "./i18n.js";

let library = null;

function load() {
  library ??= import("../vendor/tabulator/tabulator.js");
  for (const name of ["../vendor/tabulator/tabulator.css", "../css/table.css"]) {
    const href = new URL(name, import.meta.url).href;
    if (!document.querySelector(`link[href="${href}"]`))
      document.head.append(h("link", { rel: "stylesheet", href }));
  }
  return library;
}

/**
 * @typedef {object} Column
 * @property {string} field the row's property
 * @property {string} title the heading
 * @property {boolean} [number] whether it is set to the right and sorted as a number
 * @property {(value: *, row: object) => string|Node} [show] how a value is shown; the value as text unless given
 * @property {number} [width] pixels; shares what is left unless given
 * @property {number} [grow] how much of what is left
 */

/**
 * A table of many rows.
 * @param {{columns: Column[], rows: object[], label: string, height?: number, click?: (row: object) => void}} wish what is shown
 * @param {AbortSignal} signal ends it: the view's
 * @returns {Promise<{element: HTMLElement, table: object}>} the element, and Tabulator's own object (`setData`, `setFilter`, `getData` …)
 */
export async function table({ columns, rows, label, height = 480, click }, signal) {
  const { TabulatorFull } = await load();
  const holder = h("div", { class: "grid" });
  const element = h("div", { class: "grid-frame", role: "region", "aria-label": label }, holder);
  // Tabulator measures what it is in: it must stand in the page, out of sight, until it is built.
  const stage = h("div", { class: "unseen" }, element);
  document.body.append(stage);
  const made = new TabulatorFull(holder, {
    data: rows,
    height,
    layout: "fitColumns",
    placeholder: t("table.none"),
    columns: columns.map(column),
    columnDefaults: { resizable: true, headerSortTristate: true },
  });
  await new Promise((built) => made.on("tableBuilt", built));
  describe(holder);
  made.on("renderComplete", () => describe(holder));
  if (click) made.on("rowClick", (_, row) => click(row.getData()));
  element.remove();
  stage.remove();
  signal.addEventListener("abort", () => made.destroy());
  requestAnimationFrame(() => element.isConnected && made.redraw(true));
  return { element, table: made };
}

/** Tabulator makes the scrolled part focusable without a role, which a grid may not hold: it is the group of the rows, or of the one that says that there are none. */
function describe(holder) {
  holder.querySelector(".tabulator-tableholder").setAttribute("role", "rowgroup");
  holder.querySelector(".tabulator-table").setAttribute("role", "presentation");
  const none = holder.querySelector(".tabulator-placeholder");
  none?.setAttribute("role", "row");
  none?.firstElementChild?.setAttribute("role", "gridcell");
}

function column({ field, title, number, show, width, grow }) {
  const cell = (value) => {
    const shown = show ? show(value.getValue(), value.getData()) : (value.getValue() ?? "");
    return shown instanceof Node ? shown : h("span", {}, String(shown));
  };
  const aligned = number ? { hozAlign: "right", headerHozAlign: "right", sorter: "number" } : {};
  return {
    field,
    title,
    formatter: cell,
    width,
    widthGrow: grow ?? 1,
    minWidth: number ? 90 : 120,
    ...aligned,
  };
}
