/** Why no plan satisfies every constraint: the limits in conflict, and the least change that permits a plan. */

import { fill, h } from "./dom.js";
import { formatNumber, formatPeriod, formatShare, formatUnit, formatWon } from "./format.js";
import { t, textOr } from "./i18n.js";
import { loadProblemIndex } from "./problem-index.js";

const MAX_RULES = 12;

/** Rules without a limit that a planner could set. */
const RULES_WITHOUT_LIMIT = new Set(["balance", "due", "shortage_width", "bands"]);

/** Labels that name a period, or a window of periods. */
const PERIOD_AXES = new Set(["period", "window"]);

/** Labels that add nothing for a planner. */
const HIDDEN_AXES = new Set(["band", "goal"]);

/**
 * Render why no plan satisfies every constraint.
 * @param {Infeasibility} infeasibility what the service answers
 * @param {ProblemIndex|null} problemIndex the problem; without it identifiers are shown
 * @returns {HTMLElement} both lists
 */
export function renderInfeasibility({ conflict, relaxations, verified }, problemIndex) {
  /** @param {ConflictingRule[]} rules @param {(rule: ConflictingRule) => string} describe */
  const list = (rules, describe) => {
    const items = rules
      .slice(0, MAX_RULES)
      .map((rule) => h("li", { data: { rule: rule.rule } }, describe(rule)));
    const rest = rules.length - items.length;
    return h(
      "ul",
      { class: "findings" },
      items,
      rest > 0 && h("li", {}, t("infeasibility.more", { n: formatNumber(rest) })),
    );
  };
  return h(
    "div",
    { class: "infeasibility" },
    h("p", {}, t("infeasibility.conflict")),
    list(conflict, (rule) => describeRule(rule, problemIndex)),
    relaxations.length > 0 && [
      h("p", {}, t(verified ? "infeasibility.relaxations" : "infeasibility.unverified")),
      list(relaxations, (rule) => describeRelaxation(rule, problemIndex)),
    ],
  );
}

/**
 * Render why a plan is infeasible, by names as soon as its problem is loaded.
 * @param {Plan} plan the plan
 * @returns {HTMLElement|null} both lists; null for a plan that is not infeasible
 */
export function renderPlanInfeasibility({ id, infeasibility }) {
  if (!infeasibility) return null;
  const frame = h("div", {}, renderInfeasibility(infeasibility, null));
  loadProblemIndex(id)
    .then((problemIndex) => fill(frame, renderInfeasibility(infeasibility, problemIndex)))
    .catch(() => {}); // identifiers stay where the problem cannot be read
  return frame;
}

/**
 * Describe a rule in conflict.
 * @param {ConflictingRule} rule the rule
 * @param {ProblemIndex|null} problemIndex the problem; without it identifiers are shown
 * @returns {string} such as `Store capacity, Hyesan City, January 2002: at most 0 t`
 */
export function describeRule(rule, problemIndex) {
  const what = describeSubject(rule, problemIndex);
  if (rule.side === null || rule.limit === null) return rule.text;
  if (RULES_WITHOUT_LIMIT.has(rule.rule)) return what;
  return t(`infeasibility.${rule.side}`, { what, amount: formatLimit(rule.limit, rule.unit) });
}

/**
 * Describe by how much a rule must be relaxed.
 * @param {ConflictingRule} rule the rule
 * @param {ProblemIndex|null} problemIndex the problem; without it identifiers are shown
 * @returns {string} such as `Store capacity, Hyesan City, January 2002: 0.25 t instead of 0 t`
 */
export function describeRelaxation(rule, problemIndex) {
  const what = describeSubject(rule, problemIndex);
  const amount = formatLimit(rule.relaxation, rule.unit);
  if (rule.side === null || rule.limit === null || RULES_WITHOUT_LIMIT.has(rule.rule)) {
    return t("infeasibility.by", { what, amount });
  }
  const relaxed = rule.limit + (rule.side === "at_most" ? 1 : -1) * rule.relaxation;
  return t("infeasibility.instead", {
    what,
    relaxed: formatLimit(relaxed, rule.unit),
    limit: formatLimit(rule.limit, rule.unit),
  });
}

/** @param {ConflictingRule} rule @param {ProblemIndex|null} problemIndex @returns {string} */
function describeSubject({ rule, where }, problemIndex) {
  /** @param {string} id */
  const getName = (id) => (problemIndex ? problemIndex.getName(id) : id);
  const names = Object.entries(where)
    .filter(([axis]) => !HIDDEN_AXES.has(axis))
    .map(([axis, label]) =>
      PERIOD_AXES.has(axis)
        ? label
            .split("..")
            .map((id) => formatPeriod(id, "long"))
            .join(" – ")
        : label.split("/").map(getName).join(", "),
    );
  return [textOr(`rule.${rule}`, rule), ...names].join(", ");
}

/** @param {number} amount @param {string} unit @returns {string} */
function formatLimit(amount, unit) {
  if (unit === "won") return formatWon(amount);
  if (unit === "share") return formatShare(amount);
  return `${formatNumber(amount)}\u00a0${formatUnit(unit)}`;
}
