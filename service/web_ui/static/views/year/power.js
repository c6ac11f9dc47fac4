/** Electricity: use against the limit by area and month, and the shadow price of a kWh. */

import { formatChange } from "../../lib/changes.js";
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
import { formatPoints, formatSigned } from "../shared/descriptions.js";

/** Changes of a share below this are not told. */
const MIN_CHANGE = 5e-4;

/** Changes of the used share have a scale of at least this to both sides. */
const MIN_CHANGE_RANGE = 0.01;

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
  const compared = await year.loadComparedPlan();
  const before = compared ? await groupOtherPlan(compared, problemIndex) : null;
  const buildShownFigure = () =>
    buildFigure(areas, before, year.getSelected("area", problemIndex.powerAreas), problemIndex);
  const chart = createChart(buildShownFigure(), context.signal);
  const frame = h("div", {});
  const paint = () => fill(frame, renderTable(areas, before, year));
  const options = [...areas.keys()].map((id) =>
    h("option", { value: id }, problemIndex.getName(id)),
  );
  const all = h("option", { value: "" }, t("year.all-areas"));
  const select = year.renderSelect("area", t("year.area"), [all, options], () =>
    chart.redraw(buildShownFigure()),
  );
  /** @type {[string, string][]} */
  const choices = [
    ...(before ? [/** @type {[string, string]} */ (["change", t("year.measure.change")])] : []),
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
 * @param {import("../../lib/compared-plan.js").ComparedPlan} compared @param {ProblemIndex} problemIndex
 * @returns {Promise<PowerByArea>} rows of the plan that is compared with, for the periods of this plan
 */
async function groupOtherPlan({ problemIndex: other, fetchTable }, { periods }) {
  const columns = await fetchTable("power");
  return groupByArea(columns, { periods, computeKwhValue: () => other.computeKwhValue() });
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
    const position = periods.indexOf(columns.period[row]);
    if (position < 0) return; // a plan to compare with may have other periods
    rows[position] = {
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

/**
 * @param {PowerByArea} areas @param {PowerByArea|null} before rows of the plan that is compared with @param {string|null} area
 * @param {ProblemIndex} problemIndex @returns {import("../../lib/chart.js").Figure}
 */
function buildFigure(areas, before, area, problemIndex) {
  const { periods } = problemIndex;
  const shown = (area && areas.get(area)) || sumAreas(areas, periods.length);
  const rows = shown.map((row) => row ?? { factories: 0, rail: 0, limit: null, price: 0 });
  const others = before && listUses(before, area, periods.length);
  const months = periods.map((id) => formatPeriod(id));
  /** @param {number|null} value */
  const kwh = (value) => formatQuantity(value, "kWh");
  return {
    title: area
      ? t("year.power-of", { name: problemIndex.getName(area) })
      : t("year.power-of-province"),
    note: t("year.power-note"),
    height: 400,
    option: () => buildOption(rows, others, months),
    rows: () => ({
      head: [
        t("year.month"),
        t("year.by-factories"),
        t("year.by-rail"),
        t("year.limit"),
        t("year.power.price"),
        ...(others ? [t("year.compare.use"), t("year.measure.change")] : []),
      ],
      body: rows.map((row, k) => [
        months[k],
        kwh(row.factories),
        kwh(row.rail),
        kwh(row.limit),
        formatWeightedWon(row.price),
        ...(others ? [kwh(others[k]), formatChange(row.factories + row.rail, others[k], kwh)] : []),
      ]),
    }),
  };
}

/**
 * @param {PowerByArea} areas @param {string|null} area @param {number} count number of periods
 * @returns {(number|null)[]} kWh used in each period; null where the plan has no such area or period
 */
function listUses(areas, area, count) {
  const none = Array.from({ length: count }, () => null);
  const rows = area ? (areas.get(area) ?? none) : sumKnown(areas, count);
  return rows.map((row) => row && row.factories + row.rail);
}

/** @param {PowerByArea} areas @param {number} count @returns {(PowerRow|null)[]} sums of all areas; null in periods without rows */
const sumKnown = (areas, count) =>
  sumAreas(areas, count).map((row, k) =>
    [...areas.values()].some((area) => area[k]) ? row : null,
  );

/** @param {PowerRow[]} rows @param {(number|null)[]|null} others kWh in the plan that is compared with @param {string[]} months @returns {Record<string, any>} */
function buildOption(rows, others, months) {
  const names = {
    factories: t("year.by-factories"),
    rail: t("year.by-rail"),
    limit: t("year.limit"),
    ...(others ? { other: t("year.compare.use") } : {}),
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
      ...(others ? [buildOtherLine(names.other ?? "", others)] : []),
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

/** @param {string} name @param {(number|null)[]} others @returns {Record<string, any>} */
const buildOtherLine = (name, others) => ({
  name,
  type: "line",
  symbol: "diamond",
  symbolSize: 9,
  lineStyle: { color: getCssColour("ink"), width: 1.5, type: "dashed" },
  itemStyle: { color: getCssColour("ink") },
  data: others,
});

/** @param {PowerRow|null|undefined} row @returns {number|null} null without a limit */
const computeUsedShare = (row) => (row?.limit ? (row.factories + row.rail) / row.limit : null);

/** @param {PowerByArea} areas @param {PowerByArea} before @param {ProblemIndex} problemIndex @returns {Child} changes of the used share of the limit */
function renderShareChanges(areas, before, problemIndex) {
  const rows = [...areas].map(([id, values]) => ({
    id,
    title: problemIndex.getName(id),
    values: values.map((row, k) => {
      const [now, other] = [computeUsedShare(row), computeUsedShare(before.get(id)?.[k])];
      return now === null || other === null ? null : now - other;
    }),
  }));
  const changes = rows.flatMap(({ values }) => values.map((value) => Math.abs(value ?? 0)));
  const largest = Math.max(MIN_CHANGE_RANGE, ...changes);
  const heatmap = renderHeatmap({
    label: t("year.compare.power"),
    corner: t("year.area"),
    columns: problemIndex.periods.map((id) => ({ id, title: formatPeriod(id) })),
    groups: [{ title: null, rows }],
    colour: (value) => getScaleColour("change", 0.5 + value / (2 * largest)),
    write: (value) => (Math.abs(value) < MIN_CHANGE ? "·" : formatSigned(100 * value)),
    full: (value) => formatPoints(0, Math.abs(value) < MIN_CHANGE ? 0 : value),
  });
  const ends = [-largest, 0, largest].map((change) => formatPoints(0, change));
  return [heatmap, renderColourLegend(t("year.compare.power"), "change", ends)];
}

/** @param {PowerByArea} areas @param {PowerByArea|null} before @param {YearView} year @returns {Child} */
function renderTable(areas, before, { context, problemIndex }) {
  const measure = context.params.get("power") ?? (before ? "change" : "used");
  if (before && measure === "change") return renderShareChanges(areas, before, problemIndex);
  const isPrice = measure === "price";
  const prices = [...areas.values()].flat().map((row) => row?.price ?? 0);
  const highest = Math.max(...prices) || 1;
  /** @param {PowerRow|null} row */
  const computeFigure = (row) => {
    if (row === null) return null;
    return isPrice ? row.price : computeUsedShare(row);
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
