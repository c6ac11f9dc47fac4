/** A comparison of two plans: figures, largest changes, and tables with bars. */

import { renderColumnHeading, renderScrollTable } from "../../lib/components.js";
import { h } from "../../lib/dom.js";
import {
  formatObjectiveChange,
  formatPeriod,
  formatQuantity,
  formatShare,
  formatSignedSum,
  formatWeightedWon,
  formatWon,
} from "../../lib/format.js";
import { t } from "../../lib/i18n.js";
import { renderInfeasibility } from "../../lib/infeasibility.js";
import { MIN_WON, isShareChanged } from "../../lib/relevance.js";
import { formatPoints } from "./descriptions.js";

/** Smaller differences of a factory's output are not worth a sentence, won. */
const MIN_FACTORY_CHANGE = 0.5;

const MAX_RESERVED = 20;

const MAX_ROWS = { county: 20, category: 20, factory: 12 };

/** @typedef {"county"|"category"|"factory"} Grouping */

/**
 * Render the shortage of the needs that the changes reserve, before and after.
 * @param {ComparisonWithFigures} comparison the comparison
 * @param {ProblemIndex} problemIndex the problem
 * @returns {HTMLElement|null} a list; null if no reservation changes
 */
export function renderReservedNeeds({ reserved }, problemIndex) {
  if (!reserved.length) return null;
  const items = reserved.slice(0, MAX_RESERVED).map((need) => {
    const unit = problemIndex.getUnit(need.item);
    const values = {
      item: problemIndex.getName(need.item),
      county: problemIndex.getName(need.county),
      period: formatPeriod(need.period, "long"),
      before: formatQuantity(need.before, unit),
      after: formatQuantity(need.after, unit),
    };
    return h("li", {}, t("comparison.reserved", values));
  });
  return h("ul", { class: "sentences reserved-needs" }, items);
}

/**
 * Render served share and objective of both plans.
 * @param {ComparisonWithFigures} comparison the comparison
 * @returns {HTMLElement} the figures
 */
export function renderHeadline({ served_share: served, objective }) {
  const objectiveChange = objective[1] - objective[0];
  return h(
    "dl",
    { class: "before-after" },
    renderFigurePair({
      id: "served",
      label: t("comparison.served"),
      before: formatShare(served[0]),
      after: formatShare(served[1]),
      change: formatPoints(served[0], served[1]),
      improvement: isShareChanged(...served) ? served[1] - served[0] : 0,
    }),
    renderFigurePair({
      id: "objective",
      label: t("comparison.objective"),
      before: formatWeightedWon(objective[0]),
      after: formatWeightedWon(objective[1]),
      change: formatObjectiveChange(objectiveChange),
      improvement: Math.abs(objectiveChange) < MIN_WON ? 0 : -objectiveChange,
    }),
  );
}

/** @param {number} change @returns {string} */
const formatWonChange = (change) =>
  Math.abs(change) < MIN_WON ? t("format.no-change") : formatSignedSum(change, formatWon);

/** @param {{id: string, label: string, before: string, after: string, change: string, improvement: number}} figure @returns {HTMLElement} */
function renderFigurePair({ id, label, before, after, change, improvement }) {
  const tone = improvement === 0 ? "" : improvement > 0 ? "good" : "bad";
  return h(
    "div",
    { data: { figure: id } },
    h("dt", {}, label),
    h(
      "dd",
      {},
      h("span", { class: "before" }, before),
      h("span", { "aria-hidden": "true", class: "arrow" }, "→"),
      h("span", { class: "visually-hidden" }, t("comparison.becomes")),
      h("strong", {}, after),
      h("span", { class: `tag ${tone}` }, change),
    ),
  );
}

/**
 * Describe the largest changes.
 * @param {ComparisonWithFigures} comparison the comparison
 * @param {ProblemIndex} problemIndex the problem
 * @returns {HTMLElement} a list; a sentence if nothing changes
 */
export function renderLargestChanges(comparison, problemIndex) {
  const sentences = [
    describeShareChange(comparison.by_county, problemIndex, "county"),
    describeShareChange(comparison.by_category, problemIndex, "category"),
    describeFactoryChange(comparison.by_factory, problemIndex),
  ].filter(Boolean);
  if (sentences.length) {
    const items = sentences.map((text) => h("li", {}, text));
    return h("ul", { class: "sentences" }, items);
  }
  const costChanges = Math.abs(comparison.objective[1] - comparison.objective[0]) >= MIN_WON;
  const text = t(costChanges ? "comparison.only-cost" : "comparison.nothing");
  return h("p", { class: "nothing-changed" }, text);
}

/**
 * Sort differences by their size.
 * @param {ResultDifference[]} rows the differences
 * @returns {ResultDifference[]} the largest first
 */
export function sortByChange(rows) {
  return [...rows].sort((a, b) => Math.abs(b.after - b.before) - Math.abs(a.after - a.before));
}

/** @param {ResultDifference[]} rows @param {ProblemIndex} problemIndex @param {"county"|"category"} grouping @returns {string|null} */
function describeShareChange(rows, problemIndex, grouping) {
  const [first] = sortByChange(rows);
  if (!first || !isShareChanged(first.before, first.after)) return null;
  const direction = first.after < first.before ? "loses" : "gains";
  return t(`comparison.${grouping}-${direction}`, {
    name: problemIndex.getName(first.key),
    before: formatShare(first.before),
    after: formatShare(first.after),
  });
}

/** @param {ResultDifference[]} rows @param {ProblemIndex} problemIndex @returns {string|null} */
function describeFactoryChange(rows, problemIndex) {
  const [first] = sortByChange(rows);
  if (!first || Math.abs(first.after - first.before) < MIN_FACTORY_CHANGE) return null;
  const direction = first.after < first.before ? "less" : "more";
  return t(`comparison.factory-${direction}`, {
    name: problemIndex.getName(first.key),
    won: formatWon(Math.abs(first.after - first.before)),
  });
}

/**
 * Render served shares, or the output of factories, before and after; the largest change first.
 * @param {ResultDifference[]} rows the differences
 * @param {ProblemIndex} problemIndex the problem
 * @param {Grouping} grouping what the rows are
 * @returns {HTMLElement} a table
 */
export function renderDifferenceTable(rows, problemIndex, grouping) {
  if (!rows.length) return h("p", { class: "soft" }, t("comparison.no-differences"));
  const isMoney = grouping === "factory";
  const format = isMoney ? formatWon : formatShare;
  const top = isMoney ? Math.max(1, ...rows.map((row) => Math.max(row.before, row.after))) : 1;
  const label = t(`comparison.by-${grouping}`);
  const headings = [grouping, "before", "after", "change"].map((name, column) =>
    renderColumnHeading(t(`comparison.col-${name}`), column > 0),
  );
  return renderScrollTable({
    label,
    caption: label,
    className: "differences",
    data: { by: grouping },
    head: [...headings, renderBarHeading()],
    rows: sortByChange(rows)
      .slice(0, MAX_ROWS[grouping])
      .map((row) =>
        h(
          "tr",
          { data: { key: row.key } },
          h("th", { scope: "row" }, problemIndex.getName(row.key)),
          h("td", { class: "number" }, format(row.before)),
          h("td", { class: "number" }, format(row.after)),
          h("td", { class: "number" }, formatDifference(row, isMoney)),
          h(
            "td",
            { class: "bars", "aria-hidden": "true" },
            renderBar(row.before / top, row.after / top),
          ),
        ),
      ),
  });
}

/** @returns {HTMLElement} */
const renderBarHeading = () =>
  h("th", { class: "bars" }, h("span", { class: "visually-hidden" }, t("comparison.col-bar")));

/** @param {ResultDifference} row @param {boolean} isMoney @returns {string} */
const formatDifference = (row, isMoney) =>
  isMoney ? formatWonChange(row.after - row.before) : formatPoints(row.before, row.after);

/** @param {number} before @param {number} after @returns {HTMLElement} */
function renderBar(before, after) {
  const [low, high] = [Math.min(before, after), Math.max(before, after)];
  const changed = { "--from": `${100 * low}%`, "--to": `${100 * (high - low)}%` };
  return h(
    "span",
    { class: `track ${after < before ? "fell" : "rose"}` },
    h("span", { class: "unchanged", style: { "--to": `${100 * low}%` } }),
    h("span", { class: "changed", style: changed }),
  );
}

/**
 * Render the steps from one plan to the other.
 * @param {Comparison} comparison the comparison
 * @param {(name: string, position: number) => string} nameStep names a step
 * @returns {HTMLElement|null} a table; null if there is a single step
 */
export function renderSteps(comparison, nameStep) {
  if (comparison.steps.length < 2) return null;
  const changes = comparison.steps.map((step) => Math.abs(step.objective_change ?? 0));
  const top = Math.max(1, ...changes);
  return renderScrollTable({
    label: t("comparison.steps"),
    caption: t("comparison.steps"),
    className: "steps",
    head: [
      renderColumnHeading(t("comparison.col-step")),
      renderColumnHeading(t("comparison.col-cost"), true),
      renderColumnHeading(t("comparison.served"), true),
      renderBarHeading(),
    ],
    rows: comparison.steps.map((step, k) => renderStepRow(step, nameStep(step.name, k), top)),
  });
}

/** @param {ComparisonStep} step @param {string} name @param {number} top @returns {HTMLElement} */
function renderStepRow(step, name, top) {
  const change = step.objective_change;
  if (change === null) {
    const text = t(step.objective === null ? "comparison.infeasible" : "comparison.first-plan");
    return h("tr", {}, h("th", { scope: "row" }, name), h("td", { colspan: "3" }, text));
  }
  const width = { "--from": "0%", "--to": `${(100 * Math.abs(change)) / top}%` };
  const bar = h(
    "span",
    { class: `track ${change > 0 ? "fell" : "rose"}` },
    h("span", { class: "changed", style: width }),
  );
  return h(
    "tr",
    {},
    h("th", { scope: "row" }, name),
    h("td", { class: "number" }, formatObjectiveChange(change)),
    h("td", { class: "number" }, formatPoints(0, step.served_share_change ?? 0)),
    h("td", { class: "bars", "aria-hidden": "true" }, bar),
  );
}

/**
 * Tell whether a comparison has the figures of two plans.
 * @param {Comparison} comparison the comparison
 * @returns {comparison is ComparisonWithFigures} false if one of the problems is infeasible
 */
export const hasFigures = (comparison) => comparison.objective !== null;

/**
 * Render that one of two problems has no plan, and why.
 * @param {Comparison} comparison a comparison without figures
 * @param {ProblemIndex} problemIndex the problem
 * @returns {HTMLElement} sentences, the conflict and the least relaxation
 */
export function renderInfeasibleComparison(comparison, problemIndex) {
  const { outcome, base_outcome: baseOutcome, infeasibility, steps } = comparison;
  const last = steps.at(-1);
  const values = {
    won: formatWeightedWon(last?.objective ?? 0),
    served: formatShare(last?.served_share ?? 0),
  };
  return h(
    "div",
    { class: "no-plan" },
    baseOutcome === "infeasible" && h("p", {}, t("comparison.no-first-plan")),
    h(
      "p",
      { class: "outcome" },
      h(
        "strong",
        {},
        outcome === "infeasible" ? t("comparison.no-plan") : t("comparison.resolved", values),
      ),
    ),
    infeasibility && renderInfeasibility(infeasibility, problemIndex),
  );
}

/**
 * Render a whole comparison.
 * @param {Comparison} comparison the comparison
 * @param {ProblemIndex} problemIndex the problem
 * @param {{nameStep?: (name: string, position: number) => string, explanation?: HTMLElement|null, plan?: Plan|null}} [options] names of the steps, an explanation, and the plan whose own figures may differ
 * @returns {HTMLElement} figures, sentences and tables; without two plans, why one is missing
 */
export function renderComparison(comparison, problemIndex, options = {}) {
  const { nameStep = (name) => name, explanation = null, plan = null } = options;
  const steps = renderSteps(comparison, nameStep);
  const stepSection =
    steps &&
    renderSection(
      t("comparison.steps"),
      h("p", { class: "soft small" }, t("comparison.steps-text")),
      steps,
    );
  if (!hasFigures(comparison)) {
    const reason = renderInfeasibleComparison(comparison, problemIndex);
    return h("div", { class: "comparison" }, reason, stepSection);
  }
  const { by_county: byCounty, by_category: byCategory, by_factory: byFactory } = comparison;
  return h(
    "div",
    { class: "comparison" },
    renderReservedNeeds(comparison, problemIndex),
    renderHeadline(comparison),
    comparison.relaxed && h("p", { class: "soft small relaxed" }, describeRelaxation(plan)),
    renderSection(t("comparison.largest-changes"), renderLargestChanges(comparison, problemIndex)),
    explanation && renderSection(t("comparison.explanation"), explanation),
    stepSection,
    renderSection(
      t("comparison.by-county"),
      renderDifferenceTable(byCounty, problemIndex, "county"),
    ),
    renderSection(
      t("comparison.by-category"),
      renderDifferenceTable(byCategory, problemIndex, "category"),
    ),
    renderSection(
      t("comparison.by-factory"),
      renderDifferenceTable(byFactory, problemIndex, "factory"),
    ),
  );
}

/** @param {Plan|null} plan @returns {string} that figures are before rounding, and those of the plan itself */
function describeRelaxation(plan) {
  if (!plan?.summary || !plan.objective) return t("comparison.relaxed");
  const values = {
    served: formatShare(plan.summary.served_share),
    objective: formatWeightedWon(plan.objective.value),
  };
  return `${t("comparison.relaxed")} ${t("comparison.own-figures", values)}`;
}

/** @param {string} title @param {...Child} content @returns {HTMLElement} */
const renderSection = (title, ...content) => h("section", {}, h("h3", {}, title), content);
