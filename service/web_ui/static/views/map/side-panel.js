/** The panel beside the map: the province, or the selected county. */

import { renderColumnHeading, renderFigure } from "../../lib/components.js";
import { fill, h } from "../../lib/dom.js";
import { renderFailure, renderLoading } from "../../lib/feedback.js";
import {
  formatNumber,
  formatPeriod,
  formatQuantity,
  formatShare,
  formatUnit,
  formatWeightedWon,
  formatWon,
} from "../../lib/format.js";
import { t, textOr } from "../../lib/i18n.js";
import { isRelevantShortage } from "../../lib/relevance.js";
import { fetchNeeds, readNeed } from "../../lib/supply.js";
import { getCountyColour } from "./drawing.js";

const MAX_SHORTAGES = 8;
const MAX_LIMITS = 5;

const SHORTAGE_COLUMNS = ["county", "item", "period", "demand", "served", "shortage"];

/** @typedef {MapState & {county: string}} CountyState */

/**
 * Update the panel.
 * @param {HTMLElement} panel the panel
 * @param {MapData} data the figures
 * @param {MapState} state what is shown
 * @param {ViewContext} context context of the view
 * @param {(county: string|null) => void} onPick called with the county that the user picks; null closes the county or link
 */
export async function updateSidePanel(panel, data, state, context, onPick) {
  const { county, link } = state;
  const request = JSON.stringify(state);
  panel.dataset.request = request;
  if (link && !county) {
    const frame = h("div", {}, renderLoading());
    const figures = h("div");
    fill(panel, renderHead(data, link, onPick), figures, frame);
    // The panels of links and baskets are loaded when they are opened: the map is drawn without them.
    const panels = import("./link-panel.js");
    const items = panels.then(({ renderLinkFigures, renderLinkItems }) => {
      fill(figures, renderLinkFigures(data, link, state.month));
      return renderLinkItems(data, link, state.month, context);
    });
    await fillWhenLoaded(panel, frame, request, items);
    return;
  }
  if (!county) {
    fill(panel, renderProvince(data, state, onPick));
    return;
  }
  const shown = { ...state, county };
  const frame = h("div", {}, renderLoading());
  fill(
    panel,
    renderHead(data, county, onPick),
    h(
      "p",
      { class: "small" },
      h("a", { href: context.buildHref("factories", { "county-sheet": county }) }, t("map.sheet")),
    ),
    renderFigures(data, shown, context),
    frame,
  );
  const parts = Promise.all([
    renderShortages(data, shown, context),
    import("./basket-panel.js").then(({ renderBasket }) => renderBasket(data, shown, context)),
    renderBottlenecks(data, shown, context),
    renderFactories(data, shown, context),
  ]);
  await fillWhenLoaded(panel, frame, request, parts);
}

/** @param {HTMLElement} panel @param {HTMLElement} frame @param {string} request @param {Promise<Child>} parts */
async function fillWhenLoaded(panel, frame, request, parts) {
  try {
    const loaded = await parts;
    if (panel.dataset.request === request) fill(frame, loaded);
  } catch (error) {
    if (panel.dataset.request === request) fill(frame, renderFailure(error));
  }
}

/** @param {Child[]} head @param {Child[]} rows @returns {HTMLElement} */
function renderTable(head, rows) {
  return h(
    "table",
    { class: "rows side-rows" },
    head.length > 0 && h("thead", {}, h("tr", {}, head)),
    h("tbody", {}, rows),
  );
}

/** @param {MapData} data @param {MapState} state @param {(county: string) => void} onPick @returns {Child} */
function renderProvince(data, state, onPick) {
  const { problemIndex } = data;
  const order = ["served", "change"].includes(state.measure) ? 1 : -1;
  const counties = [...problemIndex.counties.keys()]
    .map((id) => ({ id, figure: data.computeFigure(id, state) }))
    .sort((one, other) => order * ((one.figure ?? 2) - (other.figure ?? 2)));
  const rows = counties.map(({ id, figure }) => {
    const background = getCountyColour(data, id, state);
    const props = {
      type: "button",
      class: "plain",
      data: { key: id },
      on: { click: () => onPick(id) },
    };
    const text = data.formatFigure(figure, state);
    return h(
      "tr",
      {},
      h(
        "th",
        { scope: "row" },
        h("span", { class: "chip", style: { background } }),
        h("button", props, problemIndex.getName(id)),
      ),
      h("td", { class: "number soft" }, formatNumber(problemIndex.getPopulation(id))),
      h("td", { class: "number", data: { county: id } }, text),
    );
  });
  const head = [
    renderColumnHeading(t("map.county")),
    renderColumnHeading(t("map.people"), true),
    renderColumnHeading(t(`map.measure.${state.measure}`), true),
  ];
  return [
    h("h2", {}, t("map.counties")),
    h("p", { class: "soft small" }, t("map.pick")),
    renderTable(head, rows),
  ];
}

/** @param {MapData} data @param {string} county @param {(county: string|null) => void} onPick @returns {HTMLElement} */
function renderHead(data, county, onPick) {
  const props = { type: "button", class: "button small", on: { click: () => onPick(null) } };
  const name = h("h2", { tabindex: "-1" }, data.problemIndex.getName(county));
  return h("div", { class: "figure-head" }, name, h("button", props, t("action.close")));
}

/** @param {MapData} data @param {CountyState} state @param {ViewContext} context @returns {HTMLElement} */
function renderFigures(data, state, context) {
  const { county, month } = state;
  const sum = data.getSum(county, { item: null, month });
  const price = data.computeFigure(county, { ...state, measure: "price" });
  const change = data.computeChange([county], { item: null, month });
  const quality = context.plan.summary?.quality?.by_county.find(({ key }) => key === county);
  /** @param {string} name @param {string} value */
  const figure = (name, value) => renderFigure(name, t(`map.figure.${name}`), value);
  return h(
    "dl",
    { class: "figures small" },
    figure("people", formatNumber(data.problemIndex.getPopulation(county))),
    figure("served", formatShare(sum?.demand ? sum.served / sum.demand : null)),
    data.compared &&
      figure("change", data.formatFigure(change, { measure: "change", month, item: null })),
    figure("shortage", formatWon(sum?.shortage ?? 0)),
    quality && figure("quality", formatNumber(quality.quality)),
    price !== null && figure("price", formatWeightedWon(price)),
  );
}

/**
 * Rank the shortages of a county by value.
 * @param {Columns} supply table `supply`
 * @param {Pick<CountyState, "county"|"month">} state county and month
 * @param {Pick<ProblemIndex, "isGood"|"isWhole"|"getValue">} problemIndex the problem
 * @returns {{item: string, demand: number, shortage: number, worstPeriod: string}[]} items short, with the period of the greatest shortage
 */
export function rankCountyShortages(supply, { county, month }, problemIndex) {
  const sums = new Map();
  supply.item.forEach((item, row) => {
    const isOther = supply.county[row] !== county || (month && supply.period[row] !== month);
    if (isOther || !problemIndex.isGood(item)) return;
    const sum = sums.get(item) ?? { item, demand: 0, shortage: 0, worst: 0, worstPeriod: "" };
    const { demand, shortage } = readNeed(supply, row, !month);
    sum.demand += demand;
    sum.shortage += shortage;
    if (supply.shortage[row] > sum.worst) {
      Object.assign(sum, { worst: supply.shortage[row], worstPeriod: supply.period[row] });
    }
    sums.set(item, sum);
  });
  /** @param {{item: string, shortage: number}} sum */
  const computeValue = ({ item, shortage }) => shortage * problemIndex.getValue(item);
  return [...sums.values()]
    .filter(({ item, demand, shortage }) =>
      isRelevantShortage(shortage, demand, problemIndex.isWhole(item)),
    )
    .sort((one, other) => computeValue(other) - computeValue(one));
}

/** @param {MapData} data @param {CountyState} state @param {ViewContext} context @returns {Promise<Child>} */
async function renderShortages({ problemIndex }, state, context) {
  const needs = await fetchNeeds(context, SHORTAGE_COLUMNS, { county: state.county });
  const shortages = rankCountyShortages(needs, state, problemIndex);
  const title = h("h3", {}, t("map.shortages"));
  if (!shortages.length) return [title, h("p", { class: "soft" }, t("map.no-shortages"))];
  const rows = shortages.slice(0, MAX_SHORTAGES).map((sum) => {
    const { item, demand, shortage, worstPeriod } = sum;
    const href = context.buildHref("bottlenecks", {
      county: state.county,
      item,
      period: worstPeriod,
    });
    const link = h("a", { href, title: t("map.open-bottlenecks") }, problemIndex.getName(item));
    const amount = formatQuantity(shortage, problemIndex.getUnit(item));
    return h(
      "tr",
      { data: { item } },
      h("td", {}, link),
      h("td", { class: "number" }, amount),
      h("td", { class: "number soft" }, formatShare(shortage / demand)),
    );
  });
  const head = [
    renderColumnHeading(t("map.item")),
    renderColumnHeading(t("map.shortage"), true),
    renderColumnHeading(t("map.share-of-need"), true),
  ];
  const hidden = shortages.length - MAX_SHORTAGES;
  const more = h("p", { class: "soft small" }, t("map.more-shortages", { n: hidden }));
  return [title, renderTable(head, rows), hidden > 0 && more];
}

/** @param {MapData} data @param {CountyState} state @param {ViewContext} context @returns {Promise<Child>} */
async function renderBottlenecks({ problemIndex }, { county, month }, { api, plan }) {
  const query = new URLSearchParams({
    county,
    sort: "-gain",
    limit: "300",
    columns: "rule,id,part,limit_period,gain,unit",
  });
  if (month) query.append("period", month);
  const path = `/v1/plans/${encodeURIComponent(plan.id)}/tables/bottlenecks?${query}`;
  const { rows } = await api.fetchCached(path);
  const limits = new Map();
  for (const row of rows) {
    const key = `${row.rule} ${row.id}`;
    if (!limits.has(key)) limits.set(key, row);
  }
  if (!limits.size) return null;
  const items = [...limits.values()].slice(0, MAX_LIMITS).map((limit) => {
    const price = { price: formatWeightedWon(limit.gain), unit: formatUnit(limit.unit) };
    const period = formatPeriod(limit.limit_period, "long");
    return h(
      "li",
      {},
      h("span", {}, describeTableLimit(problemIndex, limit)),
      h("span", { class: "soft small" }, `${period} · ${t("map.shadow-price", price)}`),
    );
  });
  return h("div", {}, h("h3", {}, t("map.bottlenecks")), h("ul", { class: "lines" }, items));
}

/** @param {ProblemIndex} problemIndex @param {{rule: string, id: string, part: string}} limit @returns {string} */
function describeTableLimit(problemIndex, { rule, id, part }) {
  const name = problemIndex.getName(id);
  if (!part) return `${t(`rule.${rule}`)}: ${name}`;
  const partName = problemIndex.getName(part);
  const shown = rule === "link" ? `→ ${partName}` : textOr(`machine.${part}`, partName);
  return `${t(`rule.${rule}`)}: ${name} ${shown}`;
}

/** @param {MapData} data @param {CountyState} state @param {ViewContext} context @returns {Promise<Child>} */
async function renderFactories({ problemIndex }, { county, month }, { api, buildHref, plan }) {
  const ids = [...problemIndex.factories.values()]
    .filter((factory) => factory.place === county)
    .map(({ id }) => id);
  if (!ids.length) return null;
  /** @type {Record<string, string|string[]>} */
  const query = { factory: ids, columns: "factory,item,quantity" };
  if (month) query.period = month;
  const { columns } = await api.fetchTable(plan.id, "quotas", query);
  const values = new Map(ids.map((id) => [id, 0]));
  columns.factory.forEach((id, row) => {
    const value = columns.quantity[row] * problemIndex.getValue(columns.item[row]);
    values.set(id, (values.get(id) ?? 0) + value);
  });
  const rows = [...values]
    .sort((one, other) => other[1] - one[1])
    .map(([id, value]) => {
      const href = buildHref("factories", { factory: id });
      const link = h("a", { href }, problemIndex.getName(id));
      return h("tr", {}, h("td", {}, link), h("td", { class: "number" }, formatWon(value)));
    });
  const title = h("h3", {}, t("map.factories", { n: ids.length }));
  return h("details", { open: true }, h("summary", {}, title), renderTable([], rows));
}
