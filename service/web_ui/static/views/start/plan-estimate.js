/** The estimate by year of a plan that is being solved. */

import { h } from "../../lib/dom.js";
import { formatPercent, formatWeightedWon } from "../../lib/format.js";
import { loadViewTexts, t } from "../../lib/i18n.js";
import { loadStylesheet } from "../../lib/stylesheets.js";

const SHOWN_DIGITS = 3;

/**
 * Round a lower bound to three digits, never up: the bound is proved, and greater numbers are not.
 * @param {number} bound the bound
 * @returns {number} a bound that is not greater
 */
export function roundDown(bound) {
  if (bound <= 0) return bound;
  const step = 10 ** (Math.floor(Math.log10(bound)) - SHOWN_DIGITS + 1);
  return step < 1 ? Math.floor(bound / step) / (1 / step) : Math.floor(bound / step) * step;
}

/** @param {number} share @returns {string} the share in whole per cent: no estimate is nearer than that */
const formatAbout = (share) => formatPercent(Math.round(share * 100) / 100);

/**
 * Render the estimate of a plan, after its texts are loaded.
 * @param {PlanEstimate} estimate the estimate
 * @returns {Promise<HTMLElement>} the figures, and what they are worth
 */
export async function renderPlanEstimate(estimate) {
  await Promise.all([loadViewTexts("plan-estimate"), loadStylesheet("shared")]);
  const { served_share: served, by_priority: priorities, lower_bound: bound } = estimate;
  const won = formatWeightedWon(roundDown(bound));
  const shares = priorities.map(({ key, share }) =>
    t("plan-estimate.priority", { n: key, share: formatAbout(share) }),
  );
  return h(
    "div",
    { class: "estimate" },
    h("p", {}, h("span", { class: "tag" }, t("plan-estimate.tag"))),
    h(
      "p",
      { class: "estimate-figure" },
      h("span", { class: "soft" }, t("plan-estimate.served")),
      " ",
      h(
        "strong",
        { data: { figure: "estimate" } },
        t("plan-estimate.about", { share: formatAbout(served) }),
      ),
    ),
    shares.length > 1 && h("p", { class: "small" }, shares.join(" · ")),
    bound > 0 && h("p", { class: "small" }, t("plan-estimate.bound", { won })),
    h("p", { class: "soft small" }, t("plan-estimate.text")),
  );
}
