/** The result of a plan: outcome, main figures, or the reason of a failure. */

import { renderFigure } from "../../lib/components.js";
import { fill, h } from "../../lib/dom.js";
import { createWorkbookLink } from "../../lib/file-links.js";
import { formatDuration, formatNumber, formatShare } from "../../lib/format.js";
import { loadViewTexts, t } from "../../lib/i18n.js";
import { renderPlanInfeasibility } from "../../lib/infeasibility.js";
import { describePlanSource } from "../../lib/plans.js";
import { describeFailure } from "../../lib/unavailable-plan.js";

/**
 * Render the card of a finished or cancelled plan.
 * @param {Plan} plan the plan
 * @param {ViewContext} context context of the view
 * @returns {HTMLElement} the card
 */
export function renderPlanResult(plan, context) {
  const isSolved = plan.outcome === "optimal" || plan.outcome === "feasible";
  const state = plan.status === "cancelled" ? "status.cancelled" : `outcome.${plan.outcome}`;
  const briefing = context.buildHref("briefing", { plan: plan.id });
  const map = context.buildHref("map", { plan: plan.id });
  const whatIf = context.buildHref("what-if", { plan: plan.id });
  const year = context.buildHref("year", { plan: plan.id });
  return h(
    "section",
    { class: "card result", "aria-label": t("start.result") },
    h(
      "div",
      { class: "figure-head" },
      h("h2", {}, describePlanSource(plan)),
      h("span", { class: isSolved ? "tag good" : "tag bad" }, t(state)),
    ),
    plan.summary ? renderFigures(plan, plan.summary) : renderFailureReason(plan),
    plan.outcome === "infeasible" &&
      h(
        "div",
        { class: "buttons" },
        h("a", { class: "button", href: whatIf }, t("infeasibility.try")),
      ),
    plan.summary &&
      h(
        "div",
        { class: "buttons" },
        h("a", { class: "button main", href: briefing }, t("start.open-briefing")),
        h("a", { class: "button", href: map }, t("start.open-map")),
        h("a", { class: "button", href: year }, t("start.open-year")),
        createWorkbookLink(plan),
      ),
  );
}

/** @param {Plan} plan @param {PlanSummary} summary @returns {HTMLElement} */
function renderFigures(plan, summary) {
  /** @param {string} name @param {string} value */
  const figure = (name, value) => renderFigure(name, t(`start.${name}`), value);
  const { power_used_kwh: used, power_limit_kwh: limit } = summary;
  return h(
    "dl",
    { class: "figures" },
    figure("served", formatShare(summary.served_share)),
    summary.in_time_share !== null && figure("in-time", formatShare(summary.in_time_share)),
    figure("gini", formatNumber(summary.gini)),
    figure("local", formatShare(summary.local_share)),
    figure("central", formatShare(summary.central_share)),
    limit ? figure("power", formatShare(used / limit)) : null,
    plan.objective?.rounding_gap
      ? figure("rounding-gap", formatShare(plan.objective.rounding_gap))
      : null,
    plan.started &&
      plan.finished &&
      figure("duration", formatDuration(plan.started, plan.finished)),
  );
}

/** @param {Plan} plan @returns {HTMLElement|null} */
function renderFailureReason(plan) {
  if (plan.status === "cancelled") return null;
  if (plan.infeasibility) return renderPlanInfeasibility(plan);
  const reason = h("p", {});
  loadViewTexts("unavailable").then(() => fill(reason, describeFailure(plan)));
  return reason;
}
