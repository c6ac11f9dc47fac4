/** Electricity: use against the limit by area and month, and the shadow price of a kWh. */

import { buildAxis, buildLegend, createChart } from "../../lib/chart.js";
import { renderColourLegend } from "../../lib/colour-legend.js";
import { fill, h } from "../../lib/dom.js";
import { renderEmpty } from "../../lib/feedback.js";
import {
  formatCompact,
  formatNumber,
  formatPercent,
  formatPeriod,
  formatQuantity,
  formatShare,
  formatWeightedWon,
} from "../../lib/format.js";
import { renderHeatmap } from "../../lib/heatmap.js";
import { t } from "../../lib/i18n.js";
import { getScaleColour } from "../../lib/palette.js";
import { isRelevantPrice } from "../../lib/relevance.js";
import { getCssColour } from "../../lib/theme.js";

/** @typedef {{factories: number, rail: number, limit: number|null, price: number}} PowerRow */
/** @typedef {Map<string, (PowerRow|null)[]>} PowerByArea rows by area, one for each period; null if the table has none */

/**
 * Show the part.
 * @param {HTMLElement} body element of the part
 * @param {YearView} year the view
 * @returns {Promise<(() => unknown)|null>} paints the part again
 */
export async function showPart(body, year) {
  const { context, problemIndex } = year;
  const { columns } = await context.api.fetchTable(context.plan.id, "power");
  if (!columns.area.length) {
    fill(body, renderEmpty(t("year.no-power")));
    return null;
  }
  const areas = groupByArea(columns, problemIndex);
  const buildShownFigure = () =>
    buildFigure(areas, year.getSelected("area", problemIndex.powerAreas), problemIndex);
  const chart = createChart(buildShownFigure(), context.signal);
  const frame = h("div", {});
  const paint = () => fill(frame, renderTable(areas, year));
  const options = [...areas.keys()].map((id) =>
    h("option", { value: id }, problemIndex.getName(id)),
  );
  const all = h("option", { value: "" }, t("year.all-areas"));
  const select = year.renderSelect("area", t("year.area"), [all, options], () =>
    chart.redraw(buildShownFigure()),
  );
  /** @type {[string, string][]} */
  const choices = [
    ["used", t("year.power.used")],
    ["price", t("year.power.price")],
  ];
  const measure = year.renderSegments("power", t("year.show"), choices, paint);
  fill(
    body,
    h("section", { class: "card" }, h("div", { class: "controls" }, select), chart.element),
    h("section", {}, h("div", { class: "controls" }, measure), frame),
  );
  paint();
  return paint;
}

/**
 * Group the table `power` by area; prices too small to be told are 0.
 * @param {Columns} columns the table
 * @param {Pick<ProblemIndex, "periods"|"computeKwhValue">} problemIndex the problem
 * @returns {PowerByArea} rows by area
 */
export function groupByArea(columns, problemIndex) {
  const { periods } = problemIndex;
  const kwhValue = problemIndex.computeKwhValue();
  const { used_by_factories: factories, used_by_rail: rail, limit, price } = columns;
  /** @type {PowerByArea} */
  const areas = new Map();
  columns.area.forEach((area, row) => {
    const rows = areas.get(area) ?? periods.map(() => null);
    rows[periods.indexOf(columns.period[row])] = {
      factories: factories[row],
      rail: rail[row],
      limit: limit[row],
      price: isRelevantPrice(price[row], kwhValue) ? price[row] : 0,
    };
    areas.set(area, rows);
  });
  return areas;
}

/**
 * Sum all areas.
 * @param {PowerByArea} areas rows by area
 * @param {number} periodCount number of periods
 * @returns {PowerRow[]} one row for each period; the price is the mean, weighted by the limits
 */
export function sumAreas(areas, periodCount) {
  return Array.from({ length: periodCount }, (_, k) => {
    const rows = [...areas.values()].map((area) => area[k]).filter((row) => row !== null);
    /** @param {(row: PowerRow) => number} getValue */
    const sum = (getValue) => rows.reduce((total, row) => total + getValue(row), 0);
    const limit = sum((row) => row.limit ?? 0);
    return {
      factories: sum((row) => row.factories),
      rail: sum((row) => row.rail),
      limit: rows.every((row) => row.limit !== null) ? limit : null,
      price: limit ? sum((row) => row.price * (row.limit ?? 0)) / limit : 0,
    };
  });
}

/** @param {PowerByArea} areas @param {string|null} area @param {ProblemIndex} problemIndex @returns {import("../../lib/chart.js").Figure} */
function buildFigure(areas, area, problemIndex) {
  const { periods } = problemIndex;
  const shown = (area && areas.get(area)) || sumAreas(areas, periods.length);
  const rows = shown.map((row) => row ?? { factories: 0, rail: 0, limit: null, price: 0 });
  const months = periods.map((id) => formatPeriod(id));
  /** @param {number|null} value */
  const kwh = (value) => formatQuantity(value, "kWh");
  return {
    title: area
      ? t("year.power-of", { name: problemIndex.getName(area) })
      : t("year.power-of-province"),
    note: t("year.power-note"),
    height: 400,
    option: () => buildOption(rows, months),
    rows: () => ({
      head: [
        t("year.month"),
        t("year.by-factories"),
        t("year.by-rail"),
        t("year.limit"),
        t("year.power.price"),
      ],
      body: rows.map((row, k) => [
        months[k],
        kwh(row.factories),
        kwh(row.rail),
        kwh(row.limit),
        formatWeightedWon(row.price),
      ]),
    }),
  };
}

/** @param {PowerRow[]} rows @param {string[]} months @returns {Record<string, any>} */
function buildOption(rows, months) {
  const names = {
    factories: t("year.by-factories"),
    rail: t("year.by-rail"),
    limit: t("year.limit"),
    price: t("year.power.price"),
  };
  const { legend, height } = buildLegend(Object.values(names));
  const top = height + 30;
  return {
    legend,
    tooltip: {
      trigger: "axis",
      axisPointer: { type: "shadow" },
      valueFormatter: (/** @type {number} */ value) => formatNumber(value),
    },
    axisPointer: { link: [{ xAxisIndex: "all" }] },
    grid: [
      { left: 70, right: 16, top, height: 190 },
      { left: 70, right: 16, top: top + 232, height: 84 },
    ],
    xAxis: [
      buildAxis({ type: "category", data: months, axisLabel: { show: false } }),
      buildAxis({ type: "category", data: months, gridIndex: 1 }),
    ],
    yAxis: [
      buildAxis({
        type: "value",
        name: "kWh",
        nameGap: 10,
        axisLabel: { formatter: formatCompact },
      }),
      buildAxis({
        type: "value",
        gridIndex: 1,
        name: t("year.weighted-won-per-kwh"),
        nameGap: 8,
        splitNumber: 2,
        nameTextStyle: { align: "left", color: getCssColour("soft") },
      }),
    ],
    series: [
      buildUseBars(names.factories, "factories", rows),
      buildUseBars(names.rail, "rail", rows),
      buildLimitLine(names.limit, rows),
      {
        name: names.price,
        type: "bar",
        xAxisIndex: 1,
        yAxisIndex: 1,
        barMaxWidth: 40,
        itemStyle: { color: getCssColour("swap") },
        data: rows.map((row) => row.price),
      },
    ],
  };
}

/** @param {string} name @param {"factories"|"rail"} user @param {PowerRow[]} rows @returns {Record<string, any>} */
const buildUseBars = (name, user, rows) => ({
  name,
  type: "bar",
  stack: "used",
  barMaxWidth: 40,
  itemStyle: { color: getCssColour(user === "rail" ? "central" : "local") },
  data: rows.map((row) => row[user]),
});

/** @param {string} name @param {PowerRow[]} rows @returns {Record<string, any>} */
const buildLimitLine = (name, rows) => ({
  name,
  type: "line",
  step: "middle",
  symbol: "none",
  lineStyle: { color: getCssColour("bad"), width: 2 },
  itemStyle: { color: getCssColour("bad") },
  data: rows.map((row) => row.limit),
});

/** @param {PowerByArea} areas @param {YearView} year @returns {Child} */
function renderTable(areas, { context, problemIndex }) {
  const isPrice = context.params.get("power") === "price";
  const prices = [...areas.values()].flat().map((row) => row?.price ?? 0);
  const highest = Math.max(...prices) || 1;
  /** @param {PowerRow|null} row */
  const computeFigure = (row) => {
    if (row === null) return null;
    if (isPrice) return row.price;
    return row.limit ? (row.factories + row.rail) / row.limit : null;
  };
  const rows = [...areas].map(([id, values]) => ({
    id,
    title: problemIndex.getName(id),
    values: values.map(computeFigure),
  }));
  const heatmap = renderHeatmap({
    label: t(isPrice ? "year.power.price" : "year.power.used"),
    corner: t("year.area"),
    columns: problemIndex.periods.map((id) => ({ id, title: formatPeriod(id) })),
    groups: [{ title: null, rows }],
    colour: (figure) =>
      isPrice ? getScaleColour("price", figure / highest) : getScaleColour("full", figure),
    write: (figure) => (isPrice ? formatNumber(figure) : formatShare(figure)),
    full: (figure) => (isPrice ? formatWeightedWon(figure) : formatShare(figure)),
  });
  const legend = isPrice
    ? renderColourLegend(t("year.scale.power-price"), "price", [0, highest].map(formatWeightedWon))
    : renderColourLegend(t("year.scale.power-used"), "full", [0, 1].map(formatPercent));
  return [heatmap, legend];
}
