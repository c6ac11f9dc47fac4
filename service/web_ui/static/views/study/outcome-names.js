/** Names and formats of the outcomes of studies, as in the columns of the table `runs`. */

import {
  formatCompact,
  formatNumber,
  formatPercent,
  formatQuantity,
  formatShare,
  formatWeightedWon,
} from "../../lib/format.js";
import { t } from "../../lib/i18n.js";
import { describeLimit } from "../shared/descriptions.js";

/** Outcomes of which less is better. */
const LESS_IS_BETTER = new Set(["objective", "periods_below", "shadow_price", "power_used"]);

/**
 * @typedef {object} OutcomeParts
 * @property {string} name name of the outcome, such as `served_share`
 * @property {number|null} below served share below which a period counts
 * @property {string} of what is selected, such as `priority 1, county kapsan or pochon`; empty for everything
 */

/**
 * Split the label of an outcome.
 * @param {string} label such as `periods_below 0.8 of county hyesan`
 * @returns {OutcomeParts} its parts
 */
export function splitOutcome(label) {
  const [head, of = ""] = label.split(/ of (.*)/s);
  const [name, below] = head.split(" ");
  return { name, below: below === undefined ? null : Number(below), of };
}

/**
 * Describe an outcome.
 * @param {ProblemIndex} problemIndex names of counties and goods
 * @param {string} label its column in the table `runs`
 * @returns {string} such as `Served share, priority 1`
 */
export function describeOutcome(problemIndex, label) {
  const { name, below, of } = splitOutcome(label);
  const text = t(`study.outcome.${name}`, { share: below === null ? "" : formatPercent(below) });
  if (!of) return name === "served_share" ? t("study.of-all", { outcome: text }) : text;
  const what =
    name === "shadow_price" ? describePrice(problemIndex, of) : describeSelection(problemIndex, of);
  return t("study.outcome-of", { outcome: text, what });
}

/** @param {ProblemIndex} problemIndex @param {string} limit such as `power/hyesan/2002-01` @returns {string} */
function describePrice(problemIndex, limit) {
  const [rule, id = "", ...rest] = limit.split("/");
  const isPeriod = problemIndex.periods.includes(rest.at(-1) ?? "");
  const period = isPeriod ? (rest.pop() ?? "") : "";
  return describeLimit(problemIndex, { rule, id, part: rest.join("/"), period });
}

/** @param {ProblemIndex} problemIndex @param {string} of @returns {string} */
const describeSelection = (problemIndex, of) =>
  of
    .split(", ")
    .map((list) => {
      const [name, values] = list.split(/ (.*)/s);
      const named = values.split(" or ").map((value) => problemIndex.getName(value));
      return name === "priority" ? t("study.priority", { n: named.join(", ") }) : named.join(", ");
    })
    .join(", ");

/** @param {string} label @returns {boolean} whether the outcome is a share */
export const isShare = (label) => splitOutcome(label).name === "served_share";

/** @param {string} label @returns {boolean} whether more of the outcome is better */
export const isMoreBetter = (label) => !LESS_IS_BETTER.has(splitOutcome(label).name);

/**
 * Format a value of an outcome.
 * @param {string} label the outcome
 * @param {number|null|undefined} value the value
 * @returns {string} the text; a dash if there is no value
 */
export function formatOutcome(label, value) {
  if (value === null || value === undefined) return "–";
  const { name } = splitOutcome(label);
  if (name === "served_share") return formatShare(value);
  if (name === "periods_below") return formatNumber(value);
  return name === "power_used" ? formatQuantity(value, "kWh") : formatWeightedWon(value);
}

/**
 * Format a value of an outcome for an axis.
 * @param {string} label the outcome
 * @returns {(value: number) => string} the format
 */
export const getAxisFormat = (label) => (isShare(label) ? formatPercent : formatCompact);

/**
 * Describe a threshold as the table `boxes` names it.
 * @param {ProblemIndex} problemIndex names of counties and goods
 * @param {string} threshold such as `served_share of priority 1 < 0.6`
 * @returns {string} such as `Served share, priority 1: below 60 %`
 */
export function describeThreshold(problemIndex, threshold) {
  const found = /^(.*) ([<>]) (\S+)$/.exec(threshold);
  if (!found) return threshold;
  const [, label, sign, bound] = found;
  return t(sign === "<" ? "study.fails-below" : "study.fails-above", {
    outcome: describeOutcome(problemIndex, label),
    bound: formatOutcome(label, Number(bound)),
  });
}

/**
 * Name a factor or lever that the form of the page named; others keep their names.
 * @param {ProblemIndex} problemIndex names of places
 * @param {string} name such as `power-hyesan`
 * @returns {string} the name
 */
export function describeFactor(problemIndex, name) {
  const [kind, where] = name.split(/-(.*)/s);
  return t(`study.kind.${kind}`) === `study.kind.${kind}`
    ? name
    : nameFactor(problemIndex, kind, where);
}

/**
 * Name a factor or lever by its kind and place.
 * @param {ProblemIndex} problemIndex names of places
 * @param {string} kind kind, such as `power`
 * @param {string} [where] what it selects; empty for everything
 * @returns {string} such as `Electricity, Hyesan`
 */
export function nameFactor(problemIndex, kind, where = "") {
  const text = t(`study.kind.${kind}`);
  return where ? t("study.kind-of", { kind: text, where: problemIndex.getName(where) }) : text;
}
