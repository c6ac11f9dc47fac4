/** What stands in the margin of every printed page: the view, the plan, its months and its state. */

import { formatPeriod } from "./format.js";
import { getDisplayName, t } from "./i18n.js";
import { getPlanTitle } from "./plans.js";

/**
 * Describe the months of a problem.
 * @param {string[]} periods periods in order
 * @returns {string} the first and the last month with their years, such as `January 2002 – December 2002`
 */
export function describeSpan(periods) {
  const ends = [periods[0], periods.at(-1) ?? ""];
  return [...new Set(ends)].map((period) => formatPeriod(period, "long")).join(" – ");
}

/**
 * Describe the state of a plan on paper.
 * @param {Plan} plan the plan
 * @returns {string} draft, ratified, in force and so on
 */
export const describeState = (plan) => t(`approval.state.${plan.approval_state}`);

/**
 * Set the margin texts of printed pages. The style sheet `print.css` places them.
 * @param {string} title title of the view
 * @param {Plan|null} plan the plan; null if the view shows none
 * @param {string[]} periods periods of the plan; none if they are not known
 */
export function setPrintHeader(title, plan, periods) {
  const parts = plan ? [getPlanTitle(plan), periods.length && describeSpan(periods)] : [];
  setMarginText("--print-title", [title, ...parts].filter(Boolean).join(" · "));
  setMarginText("--print-state", plan ? describeState(plan) : "");
  setMarginText("--print-number", plan ? plan.id : "");
}

/** @param {string} property @param {string} text */
function setMarginText(property, text) {
  const escaped = text.replace(/["\\]/g, (sign) => `\\${sign}`).replace(/\s+/g, " ");
  document.documentElement.style.setProperty(property, `"${escaped}"`);
}

/**
 * List the names of a thing for paper, in the language of the page first.
 * @param {Named|undefined} thing the thing
 * @param {string} id identifier, for things without a name
 * @returns {{first: string, second: {text: string, language: string}|null}} the name in the language of the page, and the other one
 */
export function listNames(thing, id) {
  const first = thing ? getDisplayName(thing) : id;
  const other = [
    { text: thing?.local_name ?? "", language: "ko" },
    { text: thing?.name ?? "", language: "en" },
  ].find(({ text }) => text && text !== first);
  return { first, second: other ?? null };
}
