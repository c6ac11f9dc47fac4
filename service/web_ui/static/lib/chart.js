/** Charts by ECharts, loaded when the first one is shown; each with its figures as a table for those who do not see it. */

import { fill, h, unique } from "./dom.js";
import { t } from "./i18n.js";
import { loading } from "./feedback.js";
import { colour, watch } from "./theme.js";

const library = () => import("../vendor/echarts/echarts.js");

/**
 * @typedef {object} Figure what is shown
 * @property {string} title what it shows, in a few words
 * @property {string} [note] how to read it
 * @property {() => object} option ECharts' option; asked for anew when the theme changes
 * @property {() => {head: string[], body: Array<Array<string|number>>}} rows the same figures as they are written in a table
 * @property {number} [height] pixels
 * @property {(event: object) => void} [click] told of what was clicked on
 */

/**
 * A chart with a title and a switch to a table.
 * @param {Figure} figure what is shown
 * @param {AbortSignal} signal ends it: the view's
 * @returns {{element: HTMLElement, redraw: (figure: Partial<Figure>) => void}} the element, and how to show something else in it
 */
export function chart(figure, signal) {
  const shown = new Chart({ ...figure }, signal);
  return { element: shown.element, redraw: (changed) => shown.redraw(changed) };
}

class Chart {
  constructor(figure, signal) {
    this.figure = figure;
    this.signal = signal;
    this.id = unique("chart");
    this.title = h("h2", { id: this.id, class: "figure-title" });
    this.note = h("p", { class: "soft small" });
    this.canvas = h("div", { class: "chart", role: "img", "aria-labelledby": this.id }, loading());
    this.table = h("div", {
      class: "scroll",
      tabindex: "0",
      role: "region",
      "aria-labelledby": this.id,
      hidden: true,
    });
    this.button = h(
      "button",
      { type: "button", class: "button small", on: { click: () => this.turn() } },
      t("action.as-table"),
    );
    this.element = h(
      "figure",
      { class: "figure" },
      h("figcaption", { class: "figure-head" }, h("div", {}, this.title, this.note), this.button),
      this.canvas,
      this.table,
    );
    this.describe();
    this.ready = this.start();
  }

  describe() {
    const { title, note = "", height = 320 } = this.figure;
    fill(this.title, title);
    fill(this.note, note);
    this.canvas.style.height = `${height}px`;
    if (!this.table.hidden) fill(this.table, written(this.figure.rows()));
  }

  async start() {
    const { init } = await library();
    if (this.signal.aborted) return;
    fill(this.canvas);
    this.chart = init(this.canvas, null, { renderer: "canvas" });
    this.chart.on("click", (event) => this.figure.click?.(event));
    const sizes = new ResizeObserver(() => this.chart.resize());
    sizes.observe(this.canvas);
    const unwatch = watch(() => this.draw());
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
    this.chart.setOption(dressed(this.figure.option()), { notMerge: true });
  }

  redraw(changed) {
    Object.assign(this.figure, changed);
    this.describe();
    this.draw();
  }

  turn() {
    this.table.hidden = !this.table.hidden;
    this.canvas.hidden = !this.table.hidden;
    fill(this.button, t(this.table.hidden ? "action.as-table" : "action.as-chart"));
    this.describe();
    if (this.table.hidden) this.draw();
  }
}

/** What all charts have: our type and colours, no HTML in hints (the policy of the page has no place for it), no motion where none is wanted. */
function dressed(option) {
  const text = {
    color: colour("ink"),
    fontFamily: getComputedStyle(document.body).fontFamily,
    fontSize: 12,
  };
  const hint = {
    renderMode: "richText",
    confine: true,
    backgroundColor: colour("surface"),
    borderColor: colour("line"),
    textStyle: text,
  };
  return {
    backgroundColor: "transparent",
    animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    animationDuration: 300,
    ...option,
    textStyle: text,
    tooltip: { ...hint, ...option.tooltip },
  };
}

/** An axis in our colours. @param {object} own what is particular @returns {object} for `xAxis` or `yAxis` */
export function axis(own) {
  const line = { lineStyle: { color: colour("line") } };
  return {
    axisLine: line,
    axisTick: { show: false },
    splitLine: line,
    nameTextStyle: { color: colour("soft") },
    ...own,
    axisLabel: { color: colour("soft"), ...own.axisLabel },
  };
}

const SIGN = 16;
const APART = 10;
const LINE = 22;

/**
 * The legend of a chart with all its names, on as many lines as they take.
 * @param {string[]} names of the series
 * @returns {{legend: object, height: number}} ECharts' option, and pixels it takes from the top
 */
export function named(names) {
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = `12px ${getComputedStyle(document.body).fontFamily}`;
  const room = Math.min(1200, document.documentElement.clientWidth) - 90;
  let [lines, used] = [1, 0];
  for (const name of names) {
    const width = SIGN + 5 + pen.measureText(name).width + APART;
    if (used && used + width > room) [lines, used] = [lines + 1, 0];
    used += width;
  }
  const legend = {
    top: 0,
    left: 0,
    right: 0,
    data: names,
    itemWidth: SIGN,
    itemHeight: 10,
    itemGap: APART,
    textStyle: { color: colour("ink") },
  };
  return { legend, height: lines * LINE };
}

/**
 * Rows as a plain table.
 * @param {{head: string[], body: Array<Array<string|number>>}} rows texts as they are to be shown; the first of a row is its name
 * @returns {HTMLElement} the table
 */
export function written({ head, body }) {
  const cell = (text, place) =>
    h(place ? "td" : "th", { class: place ? "number" : null, scope: place ? null : "row" }, text);
  return h(
    "table",
    { class: "rows" },
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        head.map((text, place) => h("th", { scope: "col", class: place ? "number" : null }, text)),
      ),
    ),
    h(
      "tbody",
      {},
      body.map((row) => h("tr", {}, row.map(cell))),
    ),
  );
}
