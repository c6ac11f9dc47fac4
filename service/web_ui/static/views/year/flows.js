/** Flows from the centre, factories, neighbours and stock to the people of the counties, as a Sankey diagram. */

import { createChart } from "../../lib/chart.js";
import { mergeValues } from "../../lib/compared-plan.js";
import { fill, h } from "../../lib/dom.js";
import { renderEmpty } from "../../lib/feedback.js";
import { formatQuantity, formatWon } from "../../lib/format.js";
import { t } from "../../lib/i18n.js";
import { getCssColour } from "../../lib/theme.js";
import { explainIncomparable, renderChangeTable, renderComparisonNote } from "./change-table.js";
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
 * @returns {Promise<(() => unknown)|null>} paints the changes again; null without them, because charts follow the theme themselves
 */
export async function showPart(body, year) {
  const [flows, compared] = await Promise.all([loadFlows(year), year.loadComparedPlan()]);
  const content = flows.length
    ? createChart(buildFigure(flows, year), year.context.signal).element
    : renderEmpty(t("year.no-flows"));
  const card = h("section", { class: "card" }, content);
  if (!compared) {
    fill(body, card);
    return null;
  }
  const changes = await prepareChanges(year, flows, compared);
  const paint = () => fill(body, card, changes());
  paint();
  return paint;
}

/**
 * @param {YearView} year @param {Flow[]} flows @param {import("../../lib/compared-plan.js").ComparedPlan} compared
 * @returns {Promise<() => HTMLElement>} renders the change of each flow by origin and county
 */
async function prepareChanges(year, flows, compared) {
  const { problemIndex, context } = year;
  const title = t("year.compare.flows");
  const item = year.getSelected("item", problemIndex.items);
  const month = context.params.get("month");
  const isOtherMonth = month && !compared.problemIndex.periods.includes(month);
  const reason = isOtherMonth
    ? t("year.compare.no-months")
    : explainIncomparable(problemIndex, compared, { item });
  if (reason) return () => renderComparisonNote(title, reason);
  if (!compared.plan.tables?.deliveries) {
    return () => renderComparisonNote(title, t("year.compare.no-deliveries"));
  }
  const columns = await compared.fetchTable("deliveries", buildQuery(year));
  const values = mergeValues(problemIndex, compared.problemIndex);
  const before = sumOrigins(values, columns, item);
  const amounts = [flows, before].map(
    (all) => new Map(all.map((flow) => [`${flow.origin} ${flow.county}`, flow.amount])),
  );
  const origins = [...new Set([...flows, ...before].map(({ origin }) => origin))];
  const counties = [...problemIndex.counties.keys()];
  const list = (/** @type {number} */ which, /** @type {string} */ origin) =>
    counties.map((county) => {
      const isKnown = which === 0 || compared.problemIndex.counties.has(county);
      return isKnown ? (amounts[which].get(`${origin} ${county}`) ?? 0) : null;
    });
  const getName = (/** @type {string} */ origin) => {
    const names = flows.some((flow) => flow.origin === origin)
      ? problemIndex
      : compared.problemIndex;
    return describeOrigin(origin, names);
  };
  const table = {
    title,
    corner: t("year.origin"),
    columns: counties.map((id) => ({ id, title: problemIndex.getName(id) })),
    rows: origins.map((id) => ({
      id,
      title: getName(id),
      now: list(0, id),
      before: list(1, id),
    })),
    format: createFormat(problemIndex, item),
  };
  return () => renderChangeTable(table, compared);
}

/** @param {YearView} year @returns {Record<string, string>} the deliveries that are shown */
function buildQuery(year) {
  const item = year.getSelected("item", year.problemIndex.items);
  const period = year.context.params.get("month");
  return {
    use: "people",
    ...(item && { item }),
    ...(period && { period }),
    columns: "item,source,from,to,quantity",
  };
}

/** @param {ProblemIndex} problemIndex @param {string|null} item @returns {(value: number) => string} */
const createFormat = (problemIndex, item) => (value) =>
  item ? formatQuantity(value, problemIndex.getUnit(item)) : formatWon(value);

/** @param {YearView} year @returns {Promise<Flow[]>} */
async function loadFlows(year) {
  const { context, problemIndex } = year;
  const { api, plan } = context;
  if (!plan.tables?.deliveries) return [];
  const item = year.getSelected("item", problemIndex.items);
  const { columns } = await api.fetchTable(plan.id, "deliveries", buildQuery(year));
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
  const format = createFormat(problemIndex, item);
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
    labelLayout: { hideOverlap: true },
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
