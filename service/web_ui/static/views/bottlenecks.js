/** Bottlenecks: the limits that cause a shortage, and remedies for it. */

import {
  renderCard,
  renderColumnHeading,
  renderFigure,
  renderScrollTable,
  renderSegments,
  renderViewHead,
} from "../lib/components.js";
import { fill, h } from "../lib/dom.js";
import { renderEmpty, renderFailure, renderLoading } from "../lib/feedback.js";
import {
  formatNumber,
  formatPeriod,
  formatQuantity,
  formatShortage,
  formatWeightedWon,
  formatWon,
} from "../lib/format.js";
import { loadViewTexts, t } from "../lib/i18n.js";
import { isRelevantShortage } from "../lib/relevance.js";
import { readNeed } from "../lib/supply.js";
import { renderBindingLimits } from "./bottlenecks/binding-limits.js";
import { renderEquityCard } from "./bottlenecks/equity.js";
import { renderRemedies } from "./bottlenecks/remedies.js";
import { loadStylesheet } from "../lib/stylesheets.js";

const MAX_ROWS = 60;
const MAX_GROUPS = 12;
const MAX_LIMITS_IN_GROUP = 6;
const GROUPINGS = ["county", "category", "item", "period"];

/** @typedef {{county: string, item: string, period: string}} ShortageKey */

export default {
  id: "bottlenecks",
  title: "nav.bottlenecks",
  /** @param {HTMLElement} root @param {ViewContext} context */
  async show(root, context) {
    const [problemIndex] = await Promise.all([
      context.loadProblemIndex(),
      loadViewTexts("shared"),
      loadStylesheet("shared"),
    ]);
    if (context.signal.aborted) return;
    const key = readShortageKey(context.params);
    const content = key
      ? await renderShortage(context, problemIndex, key)
      : await renderOverview(context, problemIndex);
    const head = renderViewHead(t("nav.bottlenecks"), t("bottlenecks.lead"));
    fill(root, head, h("div", { class: "bottlenecks" }, content));
  },
};

/** @param {URLSearchParams} params @returns {ShortageKey|null} null if the URL names no single shortage */
function readShortageKey(params) {
  const [county, item, period] = ["county", "item", "period"].map((name) => params.get(name));
  return county && item && period ? { county, item, period } : null;
}

/** @param {string} title @param {string} text @returns {[HTMLElement, HTMLElement]} a card, and the frame of its content */
function createSection(title, text) {
  const frame = h("div", {}, renderLoading());
  return [renderCard(title, h("p", { class: "soft" }, text), frame), frame];
}

/**
 * Show the result of a query in a frame, or its failure with a button to retry.
 * @param {ViewContext} context @param {HTMLElement} frame @param {() => Promise<Child>} load
 */
async function loadInto(context, frame, load) {
  try {
    const content = await load();
    if (!context.signal.aborted) fill(frame, content);
  } catch (error) {
    if (context.signal.aborted || (error instanceof Error && error.name === "AbortError")) return;
    const retry = () => {
      fill(frame, renderLoading());
      loadInto(context, frame, load);
    };
    fill(frame, renderFailure(error, retry));
  }
}

/** @param {ViewContext} context @param {ProblemIndex} problemIndex @param {ShortageKey} key @returns {Promise<Child>} */
async function renderShortage(context, problemIndex, key) {
  const { api, plan } = context;
  const query = { ...key, columns: "demand,backlog,served,shortage,price" };
  const { columns } = await api.fetchTable(plan.id, "supply", query);
  const [demand, backlog, price] = ["demand", "backlog", "price"].map(
    (name) => columns[name][0] ?? 0,
  );
  const { demand: need, shortage } = readNeed(columns, 0, false);
  const [unit, isWhole] = [problemIndex.getUnit(key.item), problemIndex.isWhole(key.item)];
  const names = {
    item: problemIndex.getName(key.item),
    county: problemIndex.getName(key.county),
    period: formatPeriod(key.period, "long"),
  };
  const head = h(
    "section",
    { class: "card shortage-head" },
    h("p", {}, h("a", { href: context.buildHref("bottlenecks") }, t("bottlenecks.all"))),
    h("h2", { class: "shortage-title" }, t("bottlenecks.shortage-of", names)),
    h(
      "dl",
      { class: "figures" },
      renderFigure(
        "shortage",
        t("bottlenecks.shortage"),
        formatShortage(shortage, need, { unit, isWhole }),
      ),
      renderFigure("demand", t("bottlenecks.demand"), formatQuantity(demand, unit)),
      backlog > 0 &&
        renderFigure("backlog", t("bottlenecks.backlog"), formatQuantity(backlog, unit)),
      renderFigure("price", t("bottlenecks.price"), formatWeightedWon(price)),
    ),
  );
  if (!isRelevantShortage(shortage, need, isWhole)) {
    return [head, renderEmpty(t("bottlenecks.served"), t("bottlenecks.served-text"))];
  }
  return [
    head,
    createLimitsSection(context, problemIndex, key),
    createRemediesSection(context, problemIndex, key),
  ];
}

/** @param {ViewContext} context @param {ProblemIndex} problemIndex @param {ShortageKey} key @returns {HTMLElement} */
function createLimitsSection(context, problemIndex, key) {
  const title = t("bottlenecks.limits");
  const [section, frame] = createSection(title, t("bottlenecks.limits-text"));
  const query = new URLSearchParams({ group_by: "all", ...key });
  const path = `/v1/plans/${encodeURIComponent(context.plan.id)}/bottlenecks?${query}`;
  loadInto(context, frame, async () => {
    const { groups } = await context.api.fetchCached(path, context.signal);
    return renderBindingLimits(problemIndex, groups[0]);
  });
  return section;
}

/** @param {ViewContext} context @param {ProblemIndex} problemIndex @param {ShortageKey} key @returns {HTMLElement} */
function createRemediesSection(context, problemIndex, key) {
  const title = t("bottlenecks.remedies");
  const [section, frame] = createSection(title, t("bottlenecks.remedies-text"));
  const path = `/v1/plans/${encodeURIComponent(context.plan.id)}/remedies`;
  let abortController = new AbortController();
  context.signal.addEventListener("abort", () => abortController.abort());
  /** @param {string} targetShare */
  const load = (targetShare) => {
    abortController.abort();
    abortController = new AbortController();
    const { signal } = abortController;
    const query = new URLSearchParams({ ...key, target_share: targetShare });
    fill(frame, renderLoading(t("bottlenecks.solving")));
    loadInto(context, frame, async () => {
      const remedies = await context.api.fetchCached(`${path}?${query}`, signal);
      return renderRemedies(context, problemIndex, remedies, key.item);
    });
  };
  const selected = context.params.get("target_share") === "0" ? "0" : "0.5";
  const choice = renderSegments({
    name: "target-share",
    legend: t("bottlenecks.target"),
    className: "choice-row",
    choices: [
      ["0.5", t("bottlenecks.target-half")],
      ["0", t("bottlenecks.target-none")],
    ],
    selected,
    onChange: (value) => {
      context.updateParams({ target_share: value === "0.5" ? null : value });
      load(value);
    },
  });
  section.insertBefore(choice, frame);
  load(selected);
  return section;
}

/** @param {ViewContext} context @param {ProblemIndex} problemIndex @returns {Promise<Child>} */
async function renderOverview(context, problemIndex) {
  const query = { columns: "county,item,period,demand,served,shortage" };
  const { columns } = await context.api.fetchTable(context.plan.id, "supply", query);
  const equity = renderEquityCard(context, problemIndex);
  const shortages = rankShortages(columns, problemIndex);
  if (!shortages.length) {
    return [renderEmpty(t("bottlenecks.none"), t("bottlenecks.none-text")), equity];
  }
  const list = renderShortageList(context, problemIndex, shortages);
  return [
    renderCard(t("bottlenecks.shortages"), list),
    createGroupsSection(context, problemIndex),
    equity,
  ];
}

/** @param {ViewContext} context @param {ProblemIndex} problemIndex @returns {HTMLElement} */
function createGroupsSection(context, problemIndex) {
  const title = t("bottlenecks.groups");
  const [section, frame] = createSection(title, t("bottlenecks.groups-text"));
  const base = `/v1/plans/${encodeURIComponent(context.plan.id)}/bottlenecks`;
  /** @param {string} groupBy */
  const load = (groupBy) =>
    loadInto(context, frame, async () => {
      const path = `${base}?group_by=${groupBy}&max_results=${MAX_GROUPS}`;
      const { groups } = await context.api.fetchCached(path, context.signal);
      return renderGroups(problemIndex, groups, groupBy);
    });
  const wanted = context.params.get("by") ?? "";
  const selected = GROUPINGS.includes(wanted) ? wanted : "county";
  const choice = renderSegments({
    name: "by",
    legend: t("bottlenecks.group-by"),
    isLegendHidden: true,
    className: "choice-row",
    choices: GROUPINGS.map((name) => [name, t(`bottlenecks.by-${name}`)]),
    selected,
    onChange: (value) => {
      context.updateParams({ by: value });
      fill(frame, renderLoading());
      load(value);
    },
  });
  section.insertBefore(choice, frame);
  load(selected);
  return section;
}

/** @param {ProblemIndex} problemIndex @param {AttributionGroup[]} groups @param {string} groupBy @returns {Child} */
function renderGroups(problemIndex, groups, groupBy) {
  if (!groups.length) return h("p", { class: "soft" }, t("bottlenecks.only-rounding"));
  return groups.map((group) => {
    const name =
      groupBy === "period" ? formatPeriod(group.key, "long") : problemIndex.getName(group.key);
    const shown = {
      ...group,
      binding_limits: group.binding_limits.slice(0, MAX_LIMITS_IN_GROUP),
    };
    return h(
      "details",
      { class: "bottleneck-group" },
      h("summary", {}, `${name}: ${formatWeightedWon(group.value)}`),
      renderBindingLimits(problemIndex, shown),
    );
  });
}

/**
 * Rank the shortages of a plan by their value.
 * @param {Columns} columns the table `supply`
 * @param {Pick<ProblemIndex, "getValue"|"isWhole">} problemIndex the problem
 * @returns {Array<ShortageKey & {shortage: number, value: number}>} shortages that are worth telling, the greatest value first
 */
export function rankShortages(columns, problemIndex) {
  return columns.county
    .map((county, row) => {
      const [item, period] = [columns.item[row], columns.period[row]];
      const { demand, shortage } = readNeed(columns, row, false);
      const value = shortage * problemIndex.getValue(item);
      return { county, item, period, demand, shortage, value };
    })
    .filter(({ item, demand, shortage }) =>
      isRelevantShortage(shortage, demand, problemIndex.isWhole(item)),
    )
    .sort((a, b) => b.value - a.value);
}

/**
 * @param {ViewContext} context @param {ProblemIndex} problemIndex
 * @param {Array<ShortageKey & {shortage: number, value: number}>} shortages @returns {Child}
 */
function renderShortageList(context, problemIndex, shortages) {
  const counts = {
    n: formatNumber(shortages.length),
    shown: formatNumber(Math.min(MAX_ROWS, shortages.length)),
  };
  const table = renderScrollTable({
    label: t("bottlenecks.shortages"),
    className: "shortages",
    head: ["county", "item", "period", "shortage", "value"].map((name) =>
      renderColumnHeading(t(`bottlenecks.col-${name}`), name === "shortage" || name === "value"),
    ),
    rows: shortages.slice(0, MAX_ROWS).map(({ county, item, period, shortage, value }) => {
      const href = context.buildHref("bottlenecks", { county, item, period });
      return h(
        "tr",
        {},
        h("td", {}, problemIndex.getName(county)),
        h("td", {}, h("a", { href }, problemIndex.getName(item))),
        h("td", {}, formatPeriod(period, "long")),
        h("td", { class: "number" }, formatQuantity(shortage, problemIndex.getUnit(item))),
        h("td", { class: "number" }, formatWon(value)),
      );
    }),
  });
  return [h("p", { class: "soft small" }, t("bottlenecks.shortages-text", counts)), table];
}
