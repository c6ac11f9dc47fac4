/** Bottlenecks: the limits that cause a shortage, and remedies for it. */

import { renderCard, renderFigure, renderSegments, renderViewHead } from "../lib/components.js";
import { fill, h } from "../lib/dom.js";
import { FIRST_TABLES } from "../lib/view-list.js";
import { renderEmpty, renderFailure, renderLoading } from "../lib/feedback.js";
import {
  formatNumber,
  formatPeriod,
  formatQuantity,
  formatShortage,
  formatWeightedWon,
} from "../lib/format.js";
import { t } from "../lib/i18n.js";
import { readComparedPlan } from "../lib/plan-context.js";
import { isRelevantShortage } from "../lib/relevance.js";
import { fetchNeeds, readNeed } from "../lib/supply.js";
import { html, render } from "../vendor/preact/preact.js";
import { renderBindingLimits } from "./bottlenecks/binding-limits.js";
import { renderEquityCard } from "./bottlenecks/equity.js";
import { renderGoalsCard } from "./bottlenecks/goals.js";
import { renderRemedies } from "./bottlenecks/remedies.js";
import { getCellKey, groupShortages, mergeShortages } from "./bottlenecks/shortage-groups.js";
import { ShortageTree } from "./bottlenecks/shortage-tree.js";
import { describeLimitOfAllPeriods } from "./shared/descriptions.js";

const MAX_GROUPS = 12;
const MAX_LIMITS_IN_GROUP = 6;
const GROUPINGS = ["county", "category", "item", "period"];

/** @typedef {{county: string, item: string, period: string}} ShortageKey */

export default {
  id: "bottlenecks",
  title: "nav.bottlenecks",
  /** @param {HTMLElement} root @param {ViewContext} context */
  async show(root, context) {
    const problemIndex = await context.loadProblemIndex();
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
  const names = ["demand", "backlog", "served", "shortage", "price"];
  const columns = await fetchNeeds(context, names, { ...key });
  const [demand, backlog, price] = ["demand", "backlog", "price"].map(
    (name) => columns[name][0] ?? 0,
  );
  const { demand: need, shortage } = readNeed(columns, 0, false);
  const [unit, isWhole] = [problemIndex.getUnit(key.item), problemIndex.isWhole(key.item)];
  const title = {
    item: problemIndex.getName(key.item),
    county: problemIndex.getName(key.county),
    period: formatPeriod(key.period, "long"),
  };
  const head = h(
    "section",
    { class: "card shortage-head" },
    h("p", {}, renderBackLink(context)),
    h("h2", { class: "shortage-title" }, t("bottlenecks.shortage-of", title)),
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
    /** @param {Remedies} remedies */
    const show = (remedies) => renderRemedies(context, problemIndex, remedies, key.item);
    fill(frame, renderLoading(t("bottlenecks.solving")));
    loadInto(context, frame, async () => {
      const first = await context.api.fetchCached(`${path}?${query}&max_results=1`, signal);
      if (!first.remedies.length) return show(first);
      const stop = () => {
        abortController.abort();
        fill(frame, show(first), h("p", { class: "soft" }, t("bottlenecks.stopped")));
      };
      if (!signal.aborted) fill(frame, show(first), renderSearch(stop));
      return show(await context.api.fetchCached(`${path}?${query}`, signal));
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

/** @param {() => void} stop @returns {HTMLElement} that more remedies are searched, and a button that ends the search */
function renderSearch(stop) {
  const button = h(
    "button",
    { type: "button", class: "button small", on: { click: stop } },
    t("bottlenecks.stop"),
  );
  const props = { class: "remedy-search", role: "status" };
  const spinner = h("span", { class: "spinner", "aria-hidden": "true" });
  return h("div", props, spinner, h("span", {}, t("bottlenecks.more-remedies")), button);
}

/** @param {ViewContext} context @param {ProblemIndex} problemIndex @returns {Promise<Child>} */
async function renderOverview(context, problemIndex) {
  const names = FIRST_TABLES.bottlenecks[0].query.columns.split(",");
  const other = readComparedPlan(context.params);
  const [columns, before, held] = await Promise.all([
    fetchNeeds(context, names),
    other ? fetchNeeds(context, names, {}, other).catch(() => null) : null,
    fetchHeldCells(context),
  ]);
  /** @param {Columns} needs */
  const group = (needs) => groupShortages(needs, problemIndex, readFilter(context), held);
  const groups = before ? mergeShortages(group(columns), group(before)) : group(columns);
  const equity = [renderGoalsCard(context, problemIndex), renderEquityCard(context, problemIndex)];
  const heading = renderLimitHeading(context, problemIndex, held);
  if (!groups.length) {
    return [heading, renderEmpty(t("bottlenecks.none"), t("bottlenecks.none-text")), equity];
  }
  const tree = h("div", {});
  render(html`<${ShortageTree} ...${{ context, problemIndex, groups }} />`, tree);
  context.signal.addEventListener("abort", () => render(null, tree));
  const text = h("p", { class: "soft small" }, t("bottlenecks.shortages-text"));
  return [
    heading,
    renderCard(t("bottlenecks.shortages"), text, tree),
    createGroupsSection(context, problemIndex),
    equity,
  ];
}

/** @param {ViewContext} context @returns {import("./bottlenecks/shortage-groups.js").ShortageFilter} */
function readFilter({ params }) {
  const [county, item, period] = ["county", "item", "period"].map((name) => params.get(name));
  return { county, item, period };
}

/** @param {ViewContext} context @returns {{rule: string, id: string}|null} the limit that the URL names */
function readLimit({ params }) {
  const [rule, id] = [params.get("rule"), params.get("limit")];
  return rule && id ? { rule, id } : null;
}

/** @param {ViewContext} context @returns {Promise<Set<string>|null>} shortages that the limit of the URL causes; null without one */
async function fetchHeldCells(context) {
  const limit = readLimit(context);
  if (!limit) return null;
  const query = { ...limit, columns: "county,item,period" };
  const { columns } = await context.api.fetchTable(context.plan.id, "bottlenecks", query);
  const keys = columns.county.map((county, row) =>
    getCellKey({ county, item: columns.item[row], period: columns.period[row] }),
  );
  return new Set(keys);
}

/** @param {ViewContext} context @param {ProblemIndex} problemIndex @param {Set<string>|null} held @returns {Child} */
function renderLimitHeading(context, problemIndex, held) {
  const limit = readLimit(context);
  if (!limit || !held) return null;
  const name = describeLimitOfAllPeriods(problemIndex, { ...limit, part: "" });
  return h(
    "section",
    { class: "card limit-head" },
    h("p", {}, renderBackLink(context)),
    h("h2", {}, t("bottlenecks.held-by", { limit: name })),
    h("p", { class: "soft" }, t("bottlenecks.held-text", { n: formatNumber(held.size) })),
  );
}

/** @param {ViewContext} context @returns {HTMLElement} a link to all shortages */
function renderBackLink(context) {
  const href = context.buildHref("bottlenecks");
  return h("a", { href, "data-back": "period rule" }, t("bottlenecks.all"));
}

/** @param {ViewContext} context @param {ProblemIndex} problemIndex @returns {HTMLElement} */
function createGroupsSection(context, problemIndex) {
  const title = t("bottlenecks.groups");
  const [section, frame] = createSection(title, t("bottlenecks.groups-text"));
  const base = `/v1/plans/${encodeURIComponent(context.plan.id)}/bottlenecks`;
  /** @param {string} groupBy */
  const load = (groupBy) =>
    loadInto(context, frame, async () => {
      const { params } = context;
      const chosen = ["county", "item", "period", "rule", "limit"].flatMap((name) => {
        const value = params.get(name);
        return value ? [[name === "limit" ? "limit_id" : name, value]] : [];
      });
      const filters = new URLSearchParams([
        ["group_by", groupBy],
        ["max_results", String(MAX_GROUPS)],
        ...chosen,
      ]);
      const path = `${base}?${filters}`;
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
