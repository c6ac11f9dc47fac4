/** Charts by ECharts, loaded with the first chart. Each chart can be shown as a table of the same figures. */

import { createId, fill, h } from "./dom.js";
import { renderLoading } from "./feedback.js";
import { t } from "./i18n.js";
import { getCssColour, isPrinting, watchTheme } from "./theme.js";

/** @returns {Promise<any>} the module of ECharts */
const loadEcharts = () => import(new URL("../vendor/echarts/echarts.js", import.meta.url).href);

/**
 * @typedef {object} DataTable
 * @property {string[]} head headings
 * @property {Array<Array<string|number|HTMLElement>>} body rows of texts; the first of a row is its heading
 *
 * @typedef {object} Figure what a chart shows
 * @property {string} title title
 * @property {string} [note] explanation
 * @property {() => Record<string, any>} option builds ECharts' option; called again when the theme changes
 * @property {() => DataTable} rows builds the same figures as a table
 * @property {number} [height] height in pixels
 */

/**
 * Create a chart with a title and a switch to a table.
 * @param {Figure} figure what to show
 * @param {AbortSignal} signal signal of the view: destroys the chart
 * @returns {{element: HTMLElement, redraw: (changed: Partial<Figure>) => void}} the element, and a function that changes the figure
 */
export function createChart(figure, signal) {
  const chart = new Chart({ ...figure }, signal);
  return { element: chart.element, redraw: (changed) => chart.redraw(changed) };
}

/** A chart with its title and its table. */
class Chart {
  /** @param {Figure} figure @param {AbortSignal} signal */
  constructor(figure, signal) {
    this.figure = figure;
    this.signal = signal;
    this.id = createId("chart");
    this.title = h("h2", { id: this.id, class: "figure-title" });
    this.note = h("p", { class: "soft small" });
    this.canvas = h(
      "div",
      { class: "chart", role: "img", "aria-labelledby": this.id },
      renderLoading(),
    );
    this.table = h("div", {
      class: "scroll",
      tabindex: "0",
      role: "region",
      "aria-labelledby": this.id,
      hidden: true,
    });
    this.button = h(
      "button",
      { type: "button", class: "button small", on: { click: () => this.toggleTable() } },
      t("action.as-table"),
    );
    this.element = h(
      "figure",
      { class: "figure" },
      h("figcaption", { class: "figure-head" }, h("div", {}, this.title, this.note), this.button),
      this.canvas,
      this.table,
    );
    /** @type {any} */
    this.chart = null;
    this.updateCaption();
    this.initialise();
  }

  updateCaption() {
    const { title, note = "", height = 320 } = this.figure;
    fill(this.title, title);
    fill(this.note, note);
    this.canvas.style.height = `${height}px`;
    if (!this.table.hidden) fill(this.table, renderTable(this.figure.rows()));
  }

  async initialise() {
    const { init } = await loadEcharts();
    if (this.signal.aborted) return;
    fill(this.canvas);
    this.chart = init(this.canvas, null, { renderer: "canvas" });
    const sizes = new ResizeObserver(() => this.chart.resize());
    sizes.observe(this.canvas);
    const unwatch = watchTheme(() => this.draw());
    this.signal.addEventListener("abort", () => {
      sizes.disconnect();
      unwatch();
      this.chart.dispose();
    });
    this.draw();
  }

  draw() {
    if (!this.chart || this.signal.aborted) return;
    this.chart.resize();
    this.chart.setOption(applyDefaults(this.figure.option()), { notMerge: true });
    if (isPrinting()) this.chart.getZr().flush(); // paper does not wait for the next frame
  }

  /** @param {Partial<Figure>} changed */
  redraw(changed) {
    Object.assign(this.figure, changed);
    this.updateCaption();
    this.draw();
  }

  toggleTable() {
    this.table.hidden = !this.table.hidden;
    this.canvas.hidden = !this.table.hidden;
    fill(this.button, t(this.table.hidden ? "action.as-table" : "action.as-chart"));
    this.updateCaption();
    if (this.table.hidden) this.draw();
  }
}

/**
 * Add the defaults of all charts: fonts and colours of the page, tooltips without HTML (the content security
 * policy forbids inline styles), and no animation if the user prefers reduced motion.
 * @param {Record<string, any>} option @returns {Record<string, any>}
 */
function applyDefaults(option) {
  const text = {
    color: getCssColour("ink"),
    fontFamily: getComputedStyle(document.body).fontFamily,
    fontSize: 12,
  };
  const hint = {
    renderMode: "richText",
    confine: true,
    backgroundColor: getCssColour("surface"),
    borderColor: getCssColour("line"),
    textStyle: text,
  };
  return {
    backgroundColor: "transparent",
    animation: !isPrinting() && !matchMedia("(prefers-reduced-motion: reduce)").matches,
    animationDuration: 300,
    ...option,
    textStyle: text,
    tooltip: { ...hint, ...option.tooltip },
  };
}

/**
 * Build an axis in the colours of the page.
 * @param {Record<string, any>} options options of this axis
 * @returns {Record<string, any>} option for `xAxis` or `yAxis`
 */
export function buildAxis(options) {
  const line = { lineStyle: { color: getCssColour("line") } };
  return {
    axisLine: line,
    axisTick: { show: false },
    splitLine: line,
    nameTextStyle: { color: getCssColour("soft") },
    ...options,
    axisLabel: { color: getCssColour("soft"), ...options.axisLabel },
  };
}

const SYMBOL_WIDTH = 16;
const ITEM_GAP = 10;
const LINE_HEIGHT = 22;

/**
 * Build a legend with all names on as many lines as necessary.
 * @param {string[]} names names of the series
 * @returns {{legend: object, height: number}} ECharts' option, and the height of the legend in pixels
 */
export function buildLegend(names) {
  const pen = document.createElement("canvas").getContext("2d");
  if (pen) pen.font = `12px ${getComputedStyle(document.body).fontFamily}`;
  const available = Math.min(1200, document.documentElement.clientWidth) - 90;
  const widths = names.map(
    (name) => SYMBOL_WIDTH + 5 + (pen?.measureText(name).width ?? 0) + ITEM_GAP,
  );
  const legend = {
    top: 0,
    left: 0,
    right: 0,
    data: names,
    itemWidth: SYMBOL_WIDTH,
    itemHeight: 10,
    itemGap: ITEM_GAP,
    textStyle: { color: getCssColour("ink") },
  };
  return { legend, height: countLines(widths, available) * LINE_HEIGHT };
}

/**
 * Count the lines that items take when they are set one after another.
 * @param {number[]} widths widths of the items
 * @param {number} available width of a line
 * @returns {number} number of lines
 */
export function countLines(widths, available) {
  let [lines, used] = [1, 0];
  for (const width of widths) {
    if (used && used + width > available) [lines, used] = [lines + 1, 0];
    used += width;
  }
  return lines;
}

/**
 * Render figures as a plain table.
 * @param {DataTable} figures headings and rows
 * @returns {HTMLElement} the table
 */
export function renderTable({ head, body }) {
  const headings = head.map((text, column) =>
    h("th", { scope: "col", class: column ? "number" : null }, text),
  );
  const rows = body.map(([name, ...figures]) =>
    h(
      "tr",
      {},
      h("th", { scope: "row" }, name),
      figures.map((text) => h("td", { class: "number" }, text)),
    ),
  );
  const thead = h("thead", {}, h("tr", {}, headings));
  return h("table", { class: "rows" }, thead, h("tbody", {}, rows));
}
