/** Descriptions of limits, changes and differences. */

import {
  formatNumber,
  formatPercent,
  formatPeriod,
  formatQuantity,
  formatShare,
  formatUnit,
  formatWeightedWon,
  formatWon,
} from "../../lib/format.js";
import { isEnglish, t, textOr } from "../../lib/i18n.js";
import { MIN_SHARE_CHANGE, isShareChanged } from "../../lib/relevance.js";

/**
 * Describe a period, or a window of periods.
 * @param {string} id identifier in the tables; empty or `plan` for the whole plan
 * @returns {string} its name
 */
export const describePeriod = (id) =>
  !id || id === "plan" ? t("limit.whole-plan") : formatPeriod(id, "long");

/**
 * Describe a limit.
 * @param {ProblemIndex} problemIndex the problem
 * @param {{rule: string, id: string, part: string, period: string}} limit the limit
 * @returns {string} such as `Electricity of Hyesan City, January 2002`
 */
export function describeLimit(problemIndex, limit) {
  const what = describeLimitOfAllPeriods(problemIndex, limit);
  return t("limit.in-period", { what, period: describePeriod(limit.period) });
}

/**
 * Describe a limit without its period.
 * @param {ProblemIndex} problemIndex the problem
 * @param {{rule: string, id: string, part: string}} limit the limit
 * @returns {string} such as `Electricity of Hyesan City`
 */
export function describeLimitOfAllPeriods(problemIndex, { rule, id, part }) {
  const partName = part ? describePart(problemIndex, rule, part) : "";
  return textOr(`limit.${rule}`, rule)
    .replace("{id}", problemIndex.getName(id))
    .replace("{part}", partName)
    .replace(/\s*\(\)$/, "");
}

/** @param {ProblemIndex} problemIndex @param {string} rule @param {string} part @returns {string} */
function describePart(problemIndex, rule, part) {
  if (rule !== "machine") return problemIndex.getName(part);
  return textOr(`machine.${part}`, part.replaceAll("-", " "));
}

/**
 * Format a shadow price.
 * @param {number} shadowPrice weighted won a unit
 * @param {string} unit the unit
 * @returns {string} such as `30.8 weighted won per kWh`
 */
export function formatShadowPrice(shadowPrice, unit) {
  const fallback = isEnglish() ? unit : formatUnit(unit);
  return t("limit.shadow-price", {
    won: formatWeightedWon(shadowPrice),
    unit: textOr(`unit-one.${unit}`, fallback),
  });
}

/**
 * Describe a change of the problem.
 * @param {ProblemIndex|null} problemIndex the problem; without it identifiers are shown
 * @param {Change} change the change
 * @returns {string} such as `Electricity of Hyesan City: to 80 %`
 */
export function describeChange(problemIndex, change) {
  /** @param {string} id */
  const getName = (id) => (problemIndex ? problemIndex.getName(id) : id);
  const places = [change.where ?? []]
    .flat()
    .map((where) => where.split("/").map(getName).join(", "));
  const periods = (change.periods ?? []).map((period) => formatPeriod(period, "long"));
  return t("change.whole", {
    what: textOr(`change.${change.what}`, change.what),
    where: places.length ? t("change.where", { where: places.join(", ") }) : "",
    periods: periods.length ? t("change.periods", { periods: periods.join(", ") }) : "",
    amount: describeChangeAmount(change),
  });
}

/** @param {Change} change @returns {string} */
function describeChangeAmount({ factor, value }) {
  if (factor !== null && factor !== undefined) {
    return t("change.factor", { share: formatPercent(factor) });
  }
  return t("change.value", { value: [value ?? []].flat().map(formatNumber).join(", ") });
}

/**
 * Format a difference of shares in percentage points.
 * @param {number} before a share
 * @param {number} after a share
 * @returns {string} the difference with its sign
 */
export function formatPoints(before, after) {
  if (!isShareChanged(before, after)) return t("format.no-change");
  const difference = after - before;
  const isSmall = Math.abs(difference) < MIN_SHARE_CHANGE;
  const least = 100 * MIN_SHARE_CHANGE * Math.sign(difference);
  return t(isSmall ? "comparison.few-points" : "comparison.points", {
    n: formatSigned(isSmall ? least : 100 * difference),
  });
}

/**
 * Format a number with its sign.
 * @param {number} value the number
 * @returns {string} the text
 */
export const formatSigned = (value) =>
  value > 0 ? `+${formatNumber(value)}` : formatNumber(value).replace("-", "−");

/**
 * Format an amount of a limit.
 * @param {number} amount the amount
 * @param {string} unit its unit
 * @returns {string} the amount with its unit
 */
export function formatAmount(amount, unit) {
  if (unit === "won") return formatWon(amount);
  if (unit === "share of the promise") {
    return t("limit.share-of-promise", { share: formatShare(amount) });
  }
  if (unit.startsWith("share")) return t("limit.share-of-need", { share: formatShare(amount) });
  return formatQuantity(amount, unit);
}
