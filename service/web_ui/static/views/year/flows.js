/** Flows from the centre, factories, neighbours and stock to the people of the counties, as a Sankey diagram. */

import { createChart } from "../../lib/chart.js";
import { fill, h } from "../../lib/dom.js";
import { renderEmpty } from "../../lib/feedback.js";
import { formatQuantity, formatWon } from "../../lib/format.js";
import { t } from "../../lib/i18n.js";
import { getCssColour } from "../../lib/theme.js";
import { sumOrigins } from "./origins.js";

/** @type {Record<string, string>} */
const ORIGIN_COLOURS = {
  centre: "central",
  factories: "local",
  partner: "swap",
  stock: "stock",
  before: "stock",
};

/** Flows below this share of the total are left out of the drawing. */
const MIN_SHARE = 0.0005;

/** Below this width of the window the labels have less room. */
const SMALL_WINDOW = 640;

/** @typedef {import("./origins.js").Flow} Flow */

/**
 * Show the part.
 * @param {HTMLElement} body element of the part
 * @param {YearView} year the view
 * @returns {Promise<null>} null: charts follow the theme themselves
 */
export async function showPart(body, year) {
  const flows = await loadFlows(year);
  const content = flows.length
    ? createChart(buildFigure(flows, year), year.context.signal).element
    : renderEmpty(t("year.no-flows"));
  fill(body, h("section", { class: "card" }, content));
  return null;
}

/** @param {YearView} year @returns {Promise<Flow[]>} */
async function loadFlows(year) {
  const { context, problemIndex } = year;
  const { api, plan, params } = context;
  if (!plan.tables?.deliveries) return [];
  const item = year.getSelected("item", problemIndex.items);
  const period = params.get("month");
  const { columns } = await api.fetchTable(plan.id, "deliveries", {
    use: "people",
    ...(item && { item }),
    ...(period && { period }),
    columns: "item,source,from,to,quantity",
  });
  return sumOrigins(problemIndex, columns, item);
}

/** @param {string} origin @param {ProblemIndex} problemIndex @returns {string} */
function describeOrigin(origin, problemIndex) {
  const [kind, id] = origin.split(/:(.*)/s);
  if (kind === "stock") return t("year.origin.stock");
  return t(`year.origin.${kind}`, { name: problemIndex.getName(id) });
}

/** @param {Flow[]} flows @param {YearView} year @returns {import("../../lib/chart.js").Figure} */
function buildFigure(flows, year) {
  const { problemIndex } = year;
  const item = year.getSelected("item", problemIndex.items);
  /** @param {number} value */
  const format = (value) =>
    item ? formatQuantity(value, problemIndex.getUnit(item)) : formatWon(value);
  const origins = [...new Set(flows.map((flow) => flow.origin))];
  const served = new Set(flows.map((flow) => flow.county));
  const counties = [...problemIndex.counties.keys()].filter((id) => served.has(id));
  const amounts = new Map(flows.map((flow) => [`${flow.origin} ${flow.county}`, flow.amount]));
  const total = flows.reduce((sum, flow) => sum + flow.amount, 0);
  return {
    title: t("year.flows-of", {
      goods: item ? problemIndex.getName(item) : t("year.all-goods"),
      amount: format(total),
    }),
    note: t("year.flows-note"),
    height: Math.max(420, 34 * Math.max(origins.length, counties.length)),
    option: () => {
      const drawn = flows.filter((flow) => flow.amount >= MIN_SHARE * total);
      return buildOption(drawn, problemIndex, format);
    },
    rows: () => ({
      head: [
        t("year.county"),
        ...origins.map((origin) => describeOrigin(origin, problemIndex)),
        t("year.total"),
      ],
      body: counties.map((county) => {
        const values = origins.map((origin) => amounts.get(`${origin} ${county}`) ?? 0);
        const sum = values.reduce((all, value) => all + value, 0);
        return [problemIndex.getName(county), ...values.map(format), format(sum)];
      }),
    }),
  };
}

/** @param {Flow[]} flows @param {ProblemIndex} problemIndex @param {(value: number) => string} format @returns {Record<string, any>} */
function buildOption(flows, problemIndex, format) {
  const isSmall = document.documentElement.clientWidth < SMALL_WINDOW;
  const origins = [...new Set(flows.map((flow) => flow.origin))];
  const counties = [...new Set(flows.map((flow) => flow.county))];
  const names = new Map([
    ...origins.map(
      (origin) => /** @type {const} */ ([origin, describeOrigin(origin, problemIndex)]),
    ),
    ...counties.map((id) => /** @type {const} */ ([id, problemIndex.getName(id)])),
  ]);
  const originNodes = origins.map((origin) => ({
    name: origin,
    depth: 0,
    itemStyle: { color: getCssColour(ORIGIN_COLOURS[origin.split(":")[0]]) },
    label: { position: "right" },
  }));
  const countyNodes = counties.map((id) => ({
    name: id,
    depth: 1,
    itemStyle: { color: getCssColour("road") },
    label: { position: "left" },
  }));
  /** @param {any} point */
  const formatTooltip = ({ dataType, data, name, value }) => {
    const title =
      dataType === "edge"
        ? `${names.get(data.source)} → ${names.get(data.target)}`
        : names.get(name);
    return `${title}\n${format(value)}`;
  };
  const series = {
    type: "sankey",
    left: 4,
    right: 4,
    top: 8,
    bottom: 8,
    nodeGap: 15,
    nodeWidth: 12,
    draggable: false,
    layoutIterations: 48,
    emphasis: { focus: "adjacency" },
    label: {
      color: getCssColour("ink"),
      fontSize: 12,
      formatter: (/** @type {any} */ node) => names.get(node.name),
      ...(isSmall && { width: 150, overflow: "break", lineHeight: 13 }),
    },
    lineStyle: { color: "source", opacity: 0.28, curveness: 0.5 },
    data: [...originNodes, ...countyNodes],
    links: flows.map(({ origin, county, amount }) => ({
      source: origin,
      target: county,
      value: amount,
    })),
  };
  return { tooltip: { trigger: "item", formatter: formatTooltip }, series: [series] };
}
