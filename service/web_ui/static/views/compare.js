/** Compare: two or more plans side by side, and the parts of their difference. */

import {
  renderCard,
  renderColumnHeading,
  renderScrollTable,
  renderSegments,
  renderViewHead,
} from "../lib/components.js";
import { fill, h } from "../lib/dom.js";
import { renderEmpty } from "../lib/feedback.js";
import { formatNumber, formatShare, formatWeightedWon, formatWon } from "../lib/format.js";
import { t } from "../lib/i18n.js";
import { fetchPlan, fetchRecentPlans, getPlanTitle } from "../lib/plans.js";
import { renderDifferenceCard } from "./compare/difference.js";
import { describeChange } from "./shared/descriptions.js";

const MAX_OTHERS = 4;
const MAX_CHANGES = 8;

/** @typedef {"county"|"category"} Grouping */

export default {
  id: "compare",
  title: "nav.compare",
  /** @param {HTMLElement} root @param {ViewContext} context */
  async show(root, context) {
    const otherIds = context.params
      .getAll("with")
      .flatMap((ids) => ids.split(","))
      .filter(Boolean);
    const [problemIndex, list, others] = await Promise.all([
      context.loadProblemIndex(),
      fetchRecentPlans(100),
      Promise.all(otherIds.map(fetchPlan)),
    ]);
    if (context.signal.aborted) return;
    const compared = [context.plan, ...others].filter(
      (plan) => plan.summary || plan.outcome === "infeasible",
    );
    const plans = /** @type {PlanWithFigures[]} */ (compared.filter((plan) => plan.summary));
    fill(
      root,
      renderViewHead(t("nav.compare"), t("compare.lead")),
      renderPicker(context, list, otherIds),
      compared.length < 2 && renderEmpty(t("compare.none"), t("compare.none-text")),
      plans.length > 1 && renderSections(context, problemIndex, plans),
      compared.slice(1).map((plan, k) => renderDifferenceCard(context, problemIndex, plan, k + 2)),
    );
  },
};

/** @param {ViewContext} context @param {PlanListEntry[]} list @param {string[]} otherIds @returns {HTMLElement} */
function renderPicker(context, list, otherIds) {
  const shownIds = new Set([context.plan.id, ...otherIds]);
  const candidates = list.filter(
    (plan) =>
      (plan.served_share !== null || plan.outcome === "infeasible") && !shownIds.has(plan.id),
  );
  const select = h(
    "select",
    { id: "compare-with" },
    h("option", { value: "" }, t("compare.choose")),
    candidates.map((plan) => h("option", { value: plan.id }, getPlanTitle(plan))),
  );
  select.addEventListener("change", () => {
    if (select.value) context.navigate("compare", { with: [...otherIds, select.value].join(",") });
  });
  return h(
    "div",
    { class: "controls" },
    h(
      "div",
      { class: "field" },
      h("label", { for: "compare-with" }, t("compare.with")),
      otherIds.length < MAX_OTHERS ? select : h("p", {}, t("compare.most")),
    ),
  );
}

/** @param {ViewContext} context @param {ProblemIndex} problemIndex @param {PlanWithFigures[]} plans @returns {HTMLElement[]} */
function renderSections(context, problemIndex, plans) {
  const selected = context.params.get("by") === "category" ? "category" : "county";
  const frame = h("div", {}, renderShares(problemIndex, plans, selected));
  const choice = renderSegments({
    name: "compare-by",
    legend: t("compare.shares"),
    isLegendHidden: true,
    className: "choice-row",
    choices: [
      ["county", t("comparison.by-county")],
      ["category", t("comparison.by-category")],
    ],
    selected,
    onChange: (value) => {
      context.updateParams({ by: value });
      fill(frame, renderShares(problemIndex, plans, value === "category" ? value : "county"));
    },
  });
  return [
    renderCard(t("compare.figures"), renderFigures(context, problemIndex, plans)),
    renderCard(t("compare.shares"), choice, frame),
  ];
}

/** @type {Array<[string, (plan: PlanWithFigures) => number|null, (value: number|null) => string]>} */
const FIGURES = [
  ["served_share", (plan) => plan.summary.served_share, formatShare],
  ["gini", (plan) => plan.summary.gini, formatNumber],
  ["objective", (plan) => plan.objective.value, formatWeightedWon],
  ["shortage", (plan) => plan.objective.parts.shortage, formatWeightedWon],
  ["making", (plan) => plan.objective.parts.making, formatWon],
  ["haulage", (plan) => plan.objective.parts.haulage, formatWon],
  ["rate_changes", (plan) => plan.objective.parts.rate_changes, formatWeightedWon],
  ["left_over", (plan) => plan.objective.parts.left_over, formatWeightedWon],
  ["local_share", (plan) => plan.summary.local_share, formatShare],
  ["central_share", (plan) => plan.summary.central_share, formatShare],
  ["power", (plan) => plan.summary.power_used_kwh, (value) => `${formatNumber(value)}\u00a0kWh`],
  ["tonnes", (plan) => plan.summary.tonnes, (value) => `${formatNumber(value)}\u00a0t`],
];

/** @param {ViewContext} context @param {Plan[]} plans @param {Plan} plan @returns {HTMLElement} */
function renderRemoveLink(context, plans, plan) {
  const others = plans.slice(1).filter((one) => one !== plan);
  const href = context.buildHref("compare", { with: others.map((one) => one.id).join(",") });
  const label = t("compare.remove", { plan: getPlanTitle(plan) });
  return h("a", { href, "aria-label": label }, "×");
}

/** @param {ViewContext} context @param {ProblemIndex} problemIndex @param {PlanWithFigures[]} plans @returns {HTMLElement} */
function renderFigures(context, problemIndex, plans) {
  const label = t("compare.figures");
  const headings = plans.map((plan, k) =>
    renderColumnHeading(
      k ? [getPlanTitle(plan), " ", renderRemoveLink(context, plans, plan)] : getPlanTitle(plan),
      true,
    ),
  );
  const corner = h("th", {}, h("span", { class: "visually-hidden" }, t("compare.figure")));
  const rows = FIGURES.map(([name, getValue, format]) => {
    const cells = plans.map((plan) =>
      h("td", { class: "number", data: { figure: name } }, format(getValue(plan))),
    );
    return h("tr", {}, h("th", { scope: "row" }, t(`compare.${name}`)), cells);
  });
  const changes = plans.map((plan) => renderChanges(problemIndex, plan.source.changes));
  rows.push(h("tr", {}, h("th", { scope: "row" }, t("compare.changes")), changes));
  const head = [corner, ...headings];
  return renderScrollTable({ label, caption: label, className: "plan-columns", head, rows });
}

/** @param {ProblemIndex} problemIndex @param {Change[]} changes @returns {HTMLElement} */
function renderChanges(problemIndex, changes) {
  if (!changes.length) return h("td", { class: "number" }, "–");
  const items = changes
    .slice(0, MAX_CHANGES)
    .map((change) => h("li", {}, describeChange(problemIndex, change)));
  return h("td", { class: "wrap" }, h("ul", { class: "sentences small" }, items));
}

/** @param {ProblemIndex} problemIndex @param {PlanWithFigures[]} plans @param {Grouping} grouping @returns {HTMLElement} */
function renderShares(problemIndex, plans, grouping) {
  const label = t(`comparison.by-${grouping}`);
  const rows = rankShares(plans.map((plan) => plan.summary[`by_${grouping}`]));
  return renderScrollTable({
    label,
    caption: label,
    className: "plan-columns",
    head: [
      renderColumnHeading(t(`comparison.col-${grouping}`)),
      ...plans.map((plan) => renderColumnHeading(getPlanTitle(plan), true)),
    ],
    rows: rows.map(({ key, shares }) => {
      const cells = shares.map((share) => h("td", { class: "number" }, formatShare(share)));
      return h(
        "tr",
        { data: { key } },
        h("th", { scope: "row" }, problemIndex.getName(key)),
        cells,
      );
    }),
  });
}

/**
 * Arrange the served shares of several plans in rows.
 * @param {{key: string, share: number}[][]} plans served shares of each plan
 * @returns {{key: string, shares: (number|null)[]}[]} one row for each key, the greatest range first; a share that a plan lacks is null
 */
export function rankShares(plans) {
  const byKey = plans.map((rows) => new Map(rows.map((row) => [row.key, row.share])));
  const keys = [...new Set(byKey.flatMap((shares) => [...shares.keys()]))];
  const rows = keys.map((key) => ({ key, shares: byKey.map((map) => map.get(key) ?? null) }));
  /** @param {(number|null)[]} shares */
  const computeRange = (shares) => {
    const values = shares.map((share) => share ?? 1);
    return Math.max(...values) - Math.min(...values);
  };
  return rows.sort((a, b) => computeRange(b.shares) - computeRange(a.shares));
}
