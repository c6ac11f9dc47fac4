/** The estimate from shadow prices: shown first, and compared with the result after re-solving. */

import { h } from "../../lib/dom.js";
import {
  formatNumber,
  formatObjectiveChange,
  formatShare,
  formatSignedSum,
  formatWeightedWon,
} from "../../lib/format.js";
import { t, textOr } from "../../lib/i18n.js";
import { MIN_WON, isNearResult, isRelevantEstimate } from "../../lib/relevance.js";
import { describeLimit, formatPoints, formatShadowPrice } from "../shared/descriptions.js";

const MAX_CONTRIBUTIONS = 4;
const MAX_LIMITS = 4;

/** Time of a plan's own solve, in seconds, from which a solve in longer periods comes first. */
const LONG_SOLVE_SECONDS = 10;

/** @typedef {"infeasible"|"unavailable"|"large"|"exact"|"coarse"|"at-least"|"saves-at-most"} EstimateKind */

/**
 * Tell whether to ask for an estimate in longer periods, too.
 * @param {Plan} plan the plan
 * @param {ObjectiveEstimate} estimate the estimate from shadow prices
 * @returns {boolean} true if it is not exact and solving takes long
 */
export const needsCoarseEstimate = (plan, { exact, outcome }) =>
  !exact && outcome !== "infeasible" && (plan.timings?.solve ?? 0) >= LONG_SOLVE_SECONDS;

/**
 * Classify an estimate.
 * @param {Pick<ObjectiveEstimate, "outcome"|"objective_change"|"exact"|"valid_fraction"> & {coarse?: CoarseEstimate|null}} estimate what `/estimate` answers
 * @returns {EstimateKind} whether the figure is exact or a bound; `large` if it says nothing about the size of the effect
 */
export function classifyEstimate(estimate) {
  const { outcome, objective_change: change, exact } = estimate;
  if (outcome === "infeasible") return "infeasible";
  if (estimate.coarse) return "coarse";
  if (change === null) return "unavailable";
  if (exact) return "exact";
  if (!isRelevantEstimate(estimate) || Math.abs(change) < MIN_WON) return "large";
  return classifyBound(change);
}

/** @param {number} change @returns {"at-least"|"saves-at-most"} */
const classifyBound = (change) => (change < -MIN_WON ? "saves-at-most" : "at-least");

/**
 * Classify an estimate whose result is known.
 * @param {Pick<ObjectiveEstimate, "outcome"|"objective_change"|"exact"|"valid_fraction">} estimate what `/estimate` answers
 * @param {number} result change of the objective after re-solving
 * @returns {EstimateKind} `large` if the estimate is far from the result
 */
export function classifyWithResult(estimate, result) {
  const { objective_change: change, exact } = estimate;
  if (change === null || exact) return classifyEstimate(estimate);
  return isNearResult(change, result) ? classifyBound(change) : "large";
}

/** @param {number} change @returns {string} */
const formatChange = (change) =>
  Math.abs(change) < MIN_WON ? formatWeightedWon(0) : formatSignedSum(change, formatWeightedWon);

/** @param {Pick<ObjectiveEstimate, "objective_change">} estimate @param {EstimateKind} kind @returns {string} */
function formatEstimate({ objective_change: change }, kind) {
  const value = change ?? 0;
  return kind === "saves-at-most" ? formatWeightedWon(Math.abs(value)) : formatChange(value);
}

/**
 * Render an estimate before or while the problem is re-solved.
 * @param {ObjectiveEstimate} estimate what `/estimate` answers
 * @param {{tag: string, large: string}} [texts] what it is called, and the text of one that says nothing about the size
 * @returns {HTMLElement} the figure and its validity
 */
export function renderEstimate(
  estimate,
  texts = { tag: t("estimate.tag"), large: t("estimate.large") },
) {
  const kind = classifyEstimate(estimate);
  const name = kind === "coarse" ? t("estimate.coarse-tag") : texts.tag;
  const tag = h("p", {}, h("span", { class: "tag" }, name));
  const content =
    kind === "unavailable" || kind === "infeasible" || kind === "large"
      ? h("p", {}, kind === "large" ? texts.large : t(`estimate.${kind}`))
      : renderEstimateFigures(estimate, kind);
  return h("div", { class: "estimate", data: { kind } }, tag, content);
}

/** @param {ObjectiveEstimate} estimate @param {EstimateKind} kind @returns {Child} */
function renderEstimateFigures(estimate, kind) {
  const { coarse } = estimate;
  const served = coarse ? coarse.served_share : estimate.served_share;
  const figure = t(`estimate.${kind}`, { won: formatEstimate(coarse ?? estimate, kind) });
  return [
    h(
      "p",
      { class: "estimate-figure" },
      h("span", { class: "soft" }, t("comparison.objective")),
      " ",
      h("strong", { data: { figure: "estimate" } }, figure),
    ),
    served &&
      h(
        "p",
        { class: "small" },
        t(coarse ? "estimate.coarse-served" : "estimate.served", {
          before: formatShare(served[0]),
          after: formatShare(served[1]),
          points: formatPoints(served[0], served[1]),
        }),
      ),
    h("p", { class: "soft small" }, describeValidity(estimate, kind)),
  ];
}

/** @param {ObjectiveEstimate} estimate @param {EstimateKind} kind @returns {string} */
function describeValidity({ valid_fraction: fraction, objective, coarse }, kind) {
  if (coarse) {
    return t("estimate.coarse-text", { least: formatChange(coarse.lower_bound - objective) });
  }
  if (kind === "exact") return t("estimate.exact-text");
  const valid = t("estimate.valid-fraction", { share: formatShare(fraction) });
  return t(`estimate.${kind}-text`, { valid });
}

/**
 * Explain a result: the estimate beside the re-solved value, and the limits behind the estimate.
 * @param {ObjectiveEstimate} estimate what `/estimate` answers
 * @param {ComparisonWithFigures} comparison the result
 * @param {ProblemIndex} problemIndex the problem
 * @returns {HTMLElement} sentences and lists
 */
export function renderExplanation(estimate, comparison, problemIndex) {
  const change = comparison.objective[1] - comparison.objective[0];
  const kind = classifyWithResult(estimate, change);
  const sentence = describeEstimateAndResult(estimate, change, kind);
  if (kind === "unavailable" || kind === "large" || !estimate.contributions.length) {
    return h("div", { class: "explanation" }, h("p", {}, sentence));
  }
  const contributions = estimate.contributions.slice(0, MAX_CONTRIBUTIONS).map((part) => {
    const rule = textOr(`rule.${part.rule}`, part.rule);
    const values = {
      rule: textOr(`explanation.rule.${part.rule}`, rule),
      won: formatChange(part.objective_change),
      n: formatNumber(part.limit_count),
    };
    return h("li", { data: { rule: part.rule } }, t("explanation.contribution", values));
  });
  const limits = estimate.limits.slice(0, MAX_LIMITS).map((limit) => {
    const price = formatShadowPrice(limit.shadow_price, limit.unit);
    return h("li", {}, `${describeLimit(problemIndex, limit)}: ${price}`);
  });
  return h(
    "div",
    { class: "explanation" },
    h("p", { class: "estimate-and-result" }, sentence),
    h("ul", { class: "sentences" }, contributions),
    limits.length > 0 && [
      h("p", { class: "soft small" }, t("explanation.limits")),
      h("ul", { class: "sentences limits" }, limits),
    ],
  );
}

/** @param {ObjectiveEstimate} estimate @param {number} change @param {EstimateKind} kind @returns {string} */
function describeEstimateAndResult(estimate, change, kind) {
  if (kind === "unavailable" || kind === "infeasible") return t("explanation.unavailable");
  if (!estimate.contributions.length) {
    return t(estimate.exact ? "explanation.not-binding" : "explanation.not-binding-at-first");
  }
  return t(`explanation.${kind}`, {
    won: formatEstimate(estimate, kind),
    result: formatObjectiveChange(change),
  });
}
