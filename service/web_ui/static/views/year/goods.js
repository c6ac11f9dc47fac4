/** Goods by month: served share, shortage and shadow price. */

import { renderColourLegend } from "../../lib/colour-legend.js";
import { fill, h } from "../../lib/dom.js";
import { renderEmpty } from "../../lib/feedback.js";
import {
  formatNumber,
  formatPercent,
  formatPeriod,
  formatShare,
  formatShortage,
  formatUnit,
  formatWeightedWon,
  formatWholePercent,
} from "../../lib/format.js";
import { renderHeatmap } from "../../lib/heatmap.js";
import { t, textOr } from "../../lib/i18n.js";
import { getScaleColour } from "../../lib/palette.js";
import { readComparedPlan } from "../../lib/plan-context.js";
import { isRelevantPrice, isRelevantShortage } from "../../lib/relevance.js";
import { readNeed } from "../../lib/supply.js";
import { formatPoints, formatSigned } from "../shared/descriptions.js";

/** @typedef {"served"|"shortage"|"price"|"change"} Measure */

/** @type {Measure[]} */
const MEASURES = ["served", "shortage", "price"];

/** Changes of a share below this are not told. */
const MIN_CHANGE = 5e-4;

/**
 * @typedef {object} GoodsSum supply of an item in a month, or in the whole plan
 * @property {number} demand units needed
 * @property {number} served units served
 * @property {number} shortage units short
 * @property {number} priceSum shadow prices, weighted by demand
 * @property {number} worst greatest shortage of a county in a month
 * @property {number} worstNeed what that county needs in that month, with its backlog
 * @property {string|null} county county of the greatest shortage
 * @property {string|null} period month of the greatest shortage
 *
 * @typedef {object} GoodsRow a row of the heatmap
 * @property {string} id the item
 * @property {string} title its name
 * @property {(number|null)[]} values figures by month; the last is that of the whole plan
 * @property {GoodsSum[]} sums sums by month; the last is that of the whole plan
 * @property {number} value value of a unit, won
 * @property {string} unit unit of the item
 * @property {boolean} isWhole whether the item is in whole units
 */

/**
 * Show the part.
 * @param {HTMLElement} body element of the part
 * @param {YearView} year the view
 * @returns {Promise<() => unknown>} paints the part again
 */
export async function showPart(body, year) {
  const frame = h("div", { class: "year-content" });
  const paint = async () => fill(frame, await renderContent(year));
  /** @param {string} value @param {string} text */
  const option = (value, text) => h("option", { value }, text);
  const categories = year.problemIndex
    .groupGoodsByCategory()
    .map(([category]) => option(category, textOr(`category.${category}`, category)));
  const items = [option("", t("year.all-items")), option("short", t("year.only-short"))];
  fill(
    body,
    h(
      "div",
      { class: "controls" },
      year.renderSegments(
        "measure",
        t("year.show"),
        listMeasures(year).map((name) => [name, t(`year.measure.${name}`)]),
        paint,
      ),
      year.renderSelect(
        "category",
        t("year.category"),
        [option("", t("year.all-categories")), categories],
        paint,
      ),
      year.renderSelect("only", t("year.items"), items, paint),
    ),
    frame,
  );
  await paint();
  return paint;
}

/** @param {YearView} year @returns {string|null} the plan that the goods are compared with */
const getComparedPlan = ({ context }) => readComparedPlan(context.params);

/** @param {YearView} year @returns {Measure[]} the first is the default: the change, if there is a plan to compare with */
const listMeasures = (year) => (getComparedPlan(year) ? ["change", ...MEASURES] : MEASURES);

/** @param {YearView} year @returns {Promise<Child>} */
async function renderContent(year) {
  const { problemIndex } = year;
  const { params } = year.context;
  const measures = listMeasures(year);
  const measure = measures.find((name) => name === params.get("measure")) ?? measures[0];
  const wantedCategory = params.get("category");
  const onlyShort = params.get("only") === "short";
  const other = measure === "change" ? getComparedPlan(year) : null;
  const [sums, otherSums] = await Promise.all([
    sumSupply(year, year.context.plan.id),
    other ? sumSupply(year, other) : null,
  ]);
  const groups = problemIndex
    .groupGoodsByCategory()
    .filter(([category]) => !wantedCategory || wantedCategory === category)
    .map(([category, items]) => ({
      title: textOr(`category.${category}`, category),
      rows: items
        .flatMap((item) =>
          buildRow(item, sums.get(item.id) ?? [], measure, otherSums?.get(item.id)),
        )
        .filter((row) => !onlyShort || row.sums.some((sum) => isShort(sum, row.isWhole)))
        .map((row) => ({ ...row, title: problemIndex.getName(row.id) })),
    }))
    .filter((group) => group.rows.length);
  if (!groups.length) return renderEmpty(t("year.no-shortages"));
  const rows = groups.flatMap((group) => group.rows);
  const highest = measure === "change" ? findLargestChange(rows) : findHighestPrice(rows);
  const options = { ...buildHeatmapOptions(year, measure, highest), groups };
  return [renderHeatmap(options), renderScale(measure, highest)];
}

/**
 * Sum the supply of goods by item and month over the selected counties.
 * @param {YearView} year the view
 * @param {string} plan identifier of the plan
 * @returns {Promise<Map<string, GoodsSum[]>>} sums by item; the last of an item is that of the whole plan
 */
async function sumSupply(year, plan) {
  const { context, problemIndex } = year;
  const { periods } = problemIndex;
  const county = year.getSelected("county", problemIndex.counties);
  /** @type {Record<string, string>} */
  const query = { columns: "county,item,period,demand,served,shortage,price" };
  if (county) query.county = county;
  const { columns } = await context.api.fetchTable(plan, "supply", query);
  /** @type {Map<string, GoodsSum[]>} */
  const sums = new Map();
  columns.item.forEach((item, row) => {
    if (!problemIndex.isGood(item) || readNeed(columns, row, false).demand === 0) return;
    const months = sums.get(item) ?? [...periods, "plan"].map(createSum);
    const month = months[periods.indexOf(columns.period[row])];
    if (month) addRow(month, columns, row, false); // a plan to compare with may have other months
    addRow(months[periods.length], columns, row, true);
    sums.set(item, months);
  });
  return sums;
}

/** @returns {GoodsSum} */
const createSum = () => ({
  demand: 0,
  served: 0,
  shortage: 0,
  priceSum: 0,
  worst: 0,
  worstNeed: 0,
  county: null,
  period: null,
});

/** @param {GoodsSum} sum @param {Columns} columns @param {number} row @param {boolean} isWholePlan */
function addRow(sum, columns, row, isWholePlan) {
  const { demand, shortage } = readNeed(columns, row, isWholePlan);
  sum.demand += demand;
  sum.served += columns.served[row];
  sum.shortage += shortage;
  sum.priceSum += columns.price[row] * demand;
  if (columns.shortage[row] <= sum.worst) return;
  sum.worst = columns.shortage[row];
  sum.worstNeed = readNeed(columns, row, false).demand;
  sum.county = columns.county[row];
  sum.period = columns.period[row];
}

/** @param {GoodsSum} sum @param {boolean} isWhole @returns {boolean} whether enough is missing to be told */
const isShort = ({ shortage, demand }, isWhole) => isRelevantShortage(shortage, demand, isWhole);

/** @param {GoodsSum} sum @param {GoodsSum} [other] @returns {number|null} change of the served share; null without demand in both plans */
function computeChange(sum, other) {
  const [after, before] = [sum, other].map((one) => one && computeFigure(one, "served"));
  if (after === null || after === undefined) return null;
  return before === null || before === undefined ? null : after - before;
}

/** @param {GoodsSum} sum @param {Measure} measure @returns {number|null} null if there is no demand */
function computeFigure(sum, measure) {
  if (!sum.demand) return null;
  if (measure === "shortage") return sum.shortage;
  return (measure === "served" ? sum.served : sum.priceSum) / sum.demand;
}

/**
 * @param {Item} item @param {GoodsSum[]} sums @param {Measure} measure
 * @param {GoodsSum[]} [otherSums] sums of the plan that is compared with; needed for the change
 * @returns {GoodsRow[]} no row if there is no demand
 */
function buildRow(item, sums, measure, otherSums) {
  if (!sums.length) return [];
  const values =
    measure === "change"
      ? sums.map((sum, k) => computeChange(sum, otherSums?.[k]))
      : sums.map((sum) => computeFigure(sum, measure));
  const { id, value = 1, unit = "unit", whole_units: isWhole = false } = item;
  return [{ id, title: id, values, sums, value, unit, isWhole }];
}

/** @param {YearView} year @param {Measure} measure @param {number} highest @returns {Omit<import("../../lib/heatmap.js").HeatmapOptions<GoodsRow>, "groups">} */
function buildHeatmapOptions({ context, problemIndex }, measure, highest) {
  const months = problemIndex.periods.map((id) => ({ id, title: formatPeriod(id) }));
  return {
    label: t(`year.heatmap.${measure}`),
    corner: t("year.item"),
    columns: [...months, { id: "plan", title: t("year.whole-plan") }],
    ...buildCellOptions(measure, highest),
    href: (row, column) => {
      const { county, period, worst, worstNeed } = row.sums[column];
      if (!isRelevantShortage(worst, worstNeed, row.isWhole)) return null;
      return context.buildHref("bottlenecks", { county, item: row.id, period });
    },
  };
}

/** @param {Measure} measure @param {number} highest @returns {Pick<import("../../lib/heatmap.js").HeatmapOptions<GoodsRow>, "colour"|"write"|"full">} */
function buildCellOptions(measure, highest) {
  /** @param {number} value */
  const write = (value) => (value ? formatNumber(value) : "·");
  if (measure === "served") {
    return {
      colour: (value) => getScaleColour("served", value),
      write: formatWholePercent,
      full: formatShare,
    };
  }
  if (measure === "change") {
    return {
      colour: (value) => getScaleColour("change", 0.5 + value / (2 * highest)),
      write: (value) => (Math.abs(value) < MIN_CHANGE ? "·" : formatSigned(100 * value)),
      full: (value) => formatPoints(0, Math.abs(value) < MIN_CHANGE ? 0 : value),
    };
  }
  if (measure === "shortage") {
    return {
      colour: (value, row, column) => getScaleColour("shortage", value / row.sums[column].demand),
      write: (value, row, column) => (isShort(row.sums[column], row.isWhole) ? write(value) : "·"),
      full: (value, row, column) => formatShortage(value, row.sums[column].demand, row),
    };
  }
  return {
    colour: (value, row) => getScaleColour("price", value / row.value / highest),
    write: (value, row) => (isRelevantPrice(value, row.value) ? write(value) : "·"),
    full: (value, row) =>
      t("year.price-of-unit", { amount: formatWeightedWon(value), unit: formatUnit(row.unit) }),
  };
}

/** @param {GoodsRow[]} rows @returns {number} the largest change of a share, at least one point */
const findLargestChange = (rows) =>
  Math.max(0.01, ...rows.flatMap(({ values }) => values.map((value) => Math.abs(value ?? 0))));

/** @param {GoodsRow[]} rows @returns {number} the greatest ratio of shadow price to value */
function findHighestPrice(rows) {
  const ratios = rows.flatMap(({ sums, value }) =>
    sums.map((sum) => (sum.demand ? sum.priceSum / sum.demand / value : 0)),
  );
  return Math.max(...ratios) || 1;
}

/** @param {Measure} measure @param {number} highest @returns {HTMLElement} */
function renderScale(measure, highest) {
  if (measure === "change") {
    const changes = [-highest, 0, highest].map((one) => formatPoints(0, one));
    return renderColourLegend(t("year.scale.change"), measure, changes);
  }
  const ends =
    measure === "price"
      ? ["0", t("year.times-value", { n: formatNumber(highest) })]
      : [formatPercent(0), formatPercent(1)];
  return renderColourLegend(t(`year.scale.${measure}`), measure, ends);
}
