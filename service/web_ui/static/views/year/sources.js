/** Sources of goods, and where goods go other than to people, month by month. */

import { buildAxis, buildLegend, createChart } from "../../lib/chart.js";
import { mergeValues } from "../../lib/compared-plan.js";
import { fill, h } from "../../lib/dom.js";
import {
  formatCompact,
  formatNumber,
  formatPeriod,
  formatQuantity,
  formatUnit,
  formatWon,
} from "../../lib/format.js";
import { t } from "../../lib/i18n.js";
import { getCssColour } from "../../lib/theme.js";
import { explainIncomparable, renderChangeTable, renderComparisonNote } from "./change-table.js";

const FLOW_COLUMNS = [
  "demand",
  "made",
  "used",
  "central",
  "arrived",
  "sent",
  "taken",
  "given",
  "discarded",
  "served",
];

/** Inflows and their colours.
 * @type {Record<string, string>} */
const INFLOWS = {
  central: "central",
  made: "local",
  taken: "swap",
  drawn: "stock",
  arrived: "arrived",
  reached: "arrived",
};

/** Outflows other than to people. */
const OUTFLOWS = ["stored", "given", "used", "sent", "under_way", "discarded"];

/** Pattern of goods that are swapped. */
const DOTS = {
  symbol: "circle",
  dashArrayX: [
    [6, 6],
    [0, 6, 6, 0],
  ],
  dashArrayY: [6, 0],
  symbolSize: 0.6,
};

/** Patterns of the bars, so that flows differ without colours, on greyscale prints and for colour-blind readers.
 * @type {Record<string, Record<string, any>>} */
const PATTERNS = {
  made: { rotation: Math.PI / 4, dashArrayX: [1, 0], dashArrayY: [2, 5] },
  taken: DOTS,
  drawn: { rotation: 0, dashArrayX: [1, 0], dashArrayY: [1, 5] },
  arrived: { rotation: Math.PI / 2, dashArrayX: [1, 0], dashArrayY: [1, 5] },
  reached: { rotation: Math.PI / 2, dashArrayX: [1, 0], dashArrayY: [1, 7] },
  stored: { rotation: 0, dashArrayX: [1, 0], dashArrayY: [1, 5] },
  given: DOTS,
  sent: { rotation: Math.PI / 2, dashArrayX: [1, 0], dashArrayY: [1, 5] },
  under_way: { rotation: Math.PI / 2, dashArrayX: [1, 0], dashArrayY: [1, 7] },
  discarded: { rotation: -Math.PI / 4, dashArrayX: [1, 0], dashArrayY: [1, 6] },
};

/** Position of 15 April within its month. */
const MID_APRIL = 14 / 30;

/** Flows that are in every month a smaller share of the largest flow are left out: nobody could see them. */
const MIN_SHOWN_SHARE = 0.0005;

/** @typedef {Record<string, number>} MonthSum */

/**
 * Show the part.
 * @param {HTMLElement} body element of the part
 * @param {YearView} year the view
 * @returns {Promise<(() => unknown)|null>} paints the changes again; null without them, because charts follow the theme themselves
 */
export async function showPart(body, year) {
  const { context, problemIndex } = year;
  const county = year.getSelected("county", problemIndex.counties);
  const item = year.getSelected("item", problemIndex.items);
  /** @type {Record<string, string>} */
  const query = { columns: ["item", "period", ...FLOW_COLUMNS].join(",") };
  if (county) query.county = county;
  if (item) query.item = item;
  const [{ columns }, compared] = await Promise.all([
    context.api.fetchTable(context.plan.id, "supply", query),
    year.loadComparedPlan(),
  ]);
  const selection = { county, item };
  const sums = sumSources(columns, problemIndex, selection);
  const chart = createChart(buildFigure(sums, problemIndex, selection), context.signal);
  const card = h("section", { class: "card" }, chart.element);
  if (!compared) {
    fill(body, card);
    return null;
  }
  const changes = await prepareChanges(compared, problemIndex, sums, query, selection);
  const paint = () => fill(body, card, changes());
  paint();
  return paint;
}

/**
 * @param {import("../../lib/compared-plan.js").ComparedPlan} compared @param {ProblemIndex} problemIndex @param {MonthSum[]} sums
 * @param {Record<string, string>} query @param {{county: string|null, item: string|null}} selection
 * @returns {Promise<() => HTMLElement>} renders the change of each flow by month
 */
async function prepareChanges(compared, problemIndex, sums, query, selection) {
  const title = t("year.compare.sources");
  const reason = explainIncomparable(problemIndex, compared, selection);
  if (reason) return () => renderComparisonNote(title, reason);
  const columns = await compared.fetchTable("supply", query);
  const values = mergeValues(problemIndex, compared.problemIndex);
  const before = sumSources(columns, values, selection);
  const { periods } = problemIndex;
  const shared = periods.flatMap((period, k) =>
    compared.problemIndex.periods.includes(period) ? [k] : [],
  );
  const withTotal = (/** @type {MonthSum[]} */ all, /** @type {string} */ name) => {
    const amounts = shared.map((k) => all[k][name]);
    return [...amounts, amounts.reduce((sum, amount) => sum + amount, 0)];
  };
  const names = ["demand", "served", ...Object.keys(INFLOWS), ...OUTFLOWS];
  const table = {
    title,
    corner: t("year.flow"),
    columns: [
      ...shared.map((k) => ({ id: periods[k], title: formatPeriod(periods[k]) })),
      { id: "plan", title: t("year.compare.all-months") },
    ],
    rows: names.map((name) => ({
      id: name,
      title: describeFlow(name),
      now: withTotal(sums, name),
      before: withTotal(before, name),
    })),
    format: createFormat(problemIndex, selection.item),
  };
  return () => renderChangeTable(table, compared);
}

/** @param {string} name @returns {string} */
function describeFlow(name) {
  if (name === "demand") return t("year.need");
  return name === "served" ? t("year.measure.served") : t(`year.flow.${name}`);
}

/** @param {ProblemIndex} problemIndex @param {string|null} item @returns {(value: number) => string} */
const createFormat = (problemIndex, item) => (value) =>
  item ? formatQuantity(value, problemIndex.getUnit(item)) : formatWon(value);

/**
 * Sum inflows and outflows by month: of an item in its unit, of all goods in won.
 * The change of stock balances each row: `drawn` if more goes out than comes in, otherwise `stored`.
 * Over all places, what is sent arrives in the province: what arrives in another month is `under_way` or `reached`.
 * @param {Columns} columns columns of the table `supply`
 * @param {Pick<ProblemIndex, "periods"|"isGood"|"getValue">} problemIndex the problem
 * @param {{county: string|null, item: string|null}} selection county and item; null for all
 * @returns {MonthSum[]} one sum for each month
 */
export function sumSources(columns, problemIndex, { county, item }) {
  const names = [...Object.keys(INFLOWS), ...OUTFLOWS, "demand", "served"];
  /** @type {Map<string, MonthSum>} */
  const sums = new Map(
    problemIndex.periods.map((period) => [
      period,
      Object.fromEntries(names.map((name) => [name, 0])),
    ]),
  );
  columns.item.forEach((id, row) => {
    const sum = sums.get(columns.period[row]);
    if (!sum || (!item && !problemIndex.isGood(id))) return;
    const value = item ? 1 : problemIndex.getValue(id);
    /** @param {string} name @returns {number} */
    const get = (name) => columns[name][row];
    for (const name of FLOW_COLUMNS) sum[name] += value * get(name);
    const outflow = get("served") + get("used") + get("sent") + get("given") + get("discarded");
    const inflow = get("made") + get("central") + get("arrived") + get("taken");
    sum[outflow > inflow ? "drawn" : "stored"] += value * Math.abs(outflow - inflow);
  });
  if (!county) for (const sum of sums.values()) sumMoves(sum);
  return [...sums.values()];
}

/** Replace what is sent and arrives by what changes the amount on the way. @param {MonthSum} sum */
function sumMoves(sum) {
  const change = sum.sent - sum.arrived;
  const isRounding = Math.abs(change) <= 1e-9 * (sum.sent + sum.arrived);
  const [under_way, reached] = isRounding ? [0, 0] : [Math.max(change, 0), Math.max(-change, 0)];
  Object.assign(sum, { arrived: 0, sent: 0, under_way, reached });
}

/** @param {MonthSum[]} sums @param {ProblemIndex} problemIndex @param {{county: string|null, item: string|null}} selection @returns {import("../../lib/chart.js").Figure} */
function buildFigure(sums, problemIndex, { county, item }) {
  const format = createFormat(problemIndex, item);
  const months = problemIndex.periods.map((id) => formatPeriod(id));
  const all = [...Object.keys(INFLOWS), ...OUTFLOWS];
  const least = MIN_SHOWN_SHARE * Math.max(...sums.flatMap((sum) => all.map((name) => sum[name])));
  const names = all.filter((name) => sums.some((sum) => sum[name] > least));
  return {
    title: t("year.sources-of", {
      goods: item ? problemIndex.getName(item) : t("year.all-goods"),
      place: county ? problemIndex.getName(county) : t("year.all-counties"),
    }),
    note: t("year.sources-note"),
    height: 480,
    option: () => buildOption(sums, names, problemIndex, item),
    rows: () => ({
      head: [
        t("year.month"),
        ...names.map((name) => t(`year.flow.${name}`)),
        t("year.need"),
        t("year.measure.served"),
      ],
      body: sums.map((sum, k) => [
        months[k],
        ...names.map((name) => format(sum[name])),
        format(sum.demand),
        format(sum.served),
      ]),
    }),
  };
}

/** @param {MonthSum[]} sums @param {string[]} names @param {ProblemIndex} problemIndex @param {string|null} item @returns {Record<string, any>} */
function buildOption(sums, names, problemIndex, item) {
  const { periods } = problemIndex;
  const months = periods.map((id) => formatPeriod(id));
  const labels = names.map((name) => t(`year.flow.${name}`));
  const [need, served] = [t("year.need"), t("year.measure.served")];
  const { legend, height } = buildLegend([...labels, need, served]);
  return {
    legend,
    tooltip: {
      trigger: "axis",
      axisPointer: { type: "shadow" },
      valueFormatter: (/** @type {number} */ value) => formatNumber(Math.abs(value)),
    },
    grid: { left: 70, right: 20, top: height + 60, bottom: 30 },
    xAxis: [
      buildAxis({ type: "category", data: months }),
      { type: "value", min: 0, max: months.length, show: false },
    ],
    yAxis: buildAxis({
      type: "value",
      nameGap: 30,
      name: item ? formatUnit(problemIndex.getUnit(item)) : t("year.won"),
      axisLabel: { formatter: formatCompact },
    }),
    series: [
      ...names.map((name, k) => buildBars(labels[k], name, sums)),
      buildLine(need, "demand", sums),
      buildLine(served, "served", sums),
      buildMarks(periods),
    ],
  };
}

/** @param {string} label @param {string} name @param {MonthSum[]} sums @returns {Record<string, any>} outflows are negative */
function buildBars(label, name, sums) {
  const sign = name in INFLOWS ? 1 : -1;
  const color = getCssColour(INFLOWS[name] ?? "out");
  return {
    name: label,
    type: "bar",
    stack: "all",
    barMaxWidth: 46,
    itemStyle: {
      color,
      borderColor: getCssColour("surface"),
      borderWidth: 0.5,
      decal: PATTERNS[name] && { ...PATTERNS[name], color: getCssColour("surface") },
    },
    data: sums.map((sum) => sign * sum[name]),
  };
}

/** @param {string} label @param {"demand"|"served"} name @param {MonthSum[]} sums @returns {Record<string, any>} */
function buildLine(label, name, sums) {
  const isDashed = name === "demand";
  return {
    name: label,
    type: "line",
    symbol: isDashed ? "emptyCircle" : "circle",
    symbolSize: isDashed ? 7 : 5,
    lineStyle: { color: getCssColour("ink"), width: 2, type: isDashed ? "dashed" : "solid" },
    itemStyle: { color: getCssColour("ink") },
    data: sums.map((sum) => sum[name]),
  };
}

/**
 * Build marks at 1 April, the start of the school year, and at the holiday of 15 April.
 * The marks have an axis of their own, whose unit is a month.
 * @param {string[]} periods @returns {Record<string, any>}
 */
function buildMarks(periods) {
  /** @param {number} position @param {string} text @param {"left"|"right"} align */
  const buildMark = (position, text, align) => ({
    xAxis: position,
    label: { formatter: text, position: "end", color: getCssColour("soft"), align, distance: 6 },
  });
  const data = periods.flatMap((id, k) => {
    if (!/^\d{4}-04$/.test(id)) return [];
    return [
      buildMark(k, t("year.mark.school"), "right"),
      buildMark(k + MID_APRIL, t("year.mark.april-15"), "left"),
    ];
  });
  const lineStyle = { color: getCssColour("strong"), type: "dotted", width: 1.5 };
  return {
    type: "line",
    xAxisIndex: 1,
    data: [],
    silent: true,
    markLine: { silent: true, symbol: "none", lineStyle, data },
  };
}
