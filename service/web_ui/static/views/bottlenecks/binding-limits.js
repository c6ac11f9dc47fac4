/** The binding limits behind a shortage. */

import { h } from "../../lib/dom.js";
import { formatShare, formatWeightedWon } from "../../lib/format.js";
import { t } from "../../lib/i18n.js";
import { describeLimit, formatShadowPrice } from "../shared/descriptions.js";

/**
 * Parts of the value of a shortage that no listed limit accounts for.
 * @type {Array<"unreachable"|"costs"|"other_limits"|"above_shortage_cost">}
 */
const REMAINDERS = ["unreachable", "costs", "other_limits", "above_shortage_cost"];

/** Remainders below this share of the value are left out. */
const MIN_REMAINDER = 0.0005;

/**
 * Render binding limits with the share of the shortage that each accounts for.
 * @param {ProblemIndex} problemIndex the problem
 * @param {AttributionGroup|undefined} group a group of `/bottlenecks`
 * @returns {Child} a list of limits and the remainder
 */
export function renderBindingLimits(problemIndex, group) {
  if (!group || (!group.binding_limits.length && !group.unreachable)) {
    return h("p", { class: "soft" }, t("bottlenecks.only-rounding"));
  }
  const items = group.binding_limits.map((limit) => renderLimit(problemIndex, limit));
  return [h("ol", { class: "binding-limits" }, items), renderRemainders(group)];
}

/** @param {ProblemIndex} problemIndex @param {BindingLimit} limit @returns {HTMLElement} */
function renderLimit(problemIndex, limit) {
  const width = { "--from": "0%", "--to": `${Math.min(100, 100 * limit.share)}%` };
  const shadowPrice = formatShadowPrice(limit.shadow_price, limit.unit);
  return h(
    "li",
    { data: { rule: limit.rule, id: limit.id } },
    h(
      "div",
      { class: "binding-limit" },
      h("span", {}, describeLimit(problemIndex, limit)),
      h("strong", { class: "number" }, formatShare(limit.share)),
    ),
    h(
      "span",
      { class: "track", "aria-hidden": "true" },
      h("span", { class: "changed", style: width }),
    ),
    h("p", { class: "soft small" }, t("bottlenecks.shadow-price", { price: shadowPrice })),
    limit.only_together_with.length > 0 && renderTiedLimits(problemIndex, limit),
  );
}

/** @param {ProblemIndex} problemIndex @param {BindingLimit} limit @returns {HTMLElement} */
function renderTiedLimits(problemIndex, limit) {
  const limits = limit.only_together_with.map((other) => describeLimit(problemIndex, other));
  return h(
    "p",
    { class: "small tied-limits" },
    t("bottlenecks.only-together", { limits: limits.join("; ") }),
  );
}

/** @param {AttributionGroup} group @returns {HTMLElement|null} */
function renderRemainders(group) {
  // Costs below zero are saved by serving the need; without them the shares of limits would add up to more than all.
  const parts = [
    ...REMAINDERS.map((name) => ({ name, value: group[name] })),
    { name: "savings", value: -group.costs },
  ].filter(({ value }) => value > MIN_REMAINDER * group.value);
  if (!parts.length) return null;
  const items = parts.map(({ name, value }) => {
    const values = { won: formatWeightedWon(value), share: formatShare(value / group.value) };
    return h("li", { data: { part: name } }, t(`bottlenecks.part.${name}`, values));
  });
  return h("ul", { class: "sentences small remainders" }, items);
}
