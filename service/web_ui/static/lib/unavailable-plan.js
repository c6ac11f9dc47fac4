/** What a view shows for a plan without the figures that it needs: why, and where to go on. */

import { followPlanEvents } from "./api.js";
import { h } from "./dom.js";
import { renderEmpty } from "./feedback.js";
import { buildHash } from "./hash.js";
import { isEnglish, loadViewTexts, t } from "./i18n.js";
import { renderPlanInfeasibility } from "./infeasibility.js";

/**
 * Render why there is nothing to show. A plan that is being solved is followed.
 * @param {Plan|null} plan the plan; null if there is none
 * @param {AbortSignal} signal stops following the plan
 * @param {() => void} reload shows the view again, once the plan has ended
 * @returns {Promise<HTMLElement>} the reason, with a link
 */
export async function renderUnavailablePlan(plan, signal, reload) {
  await loadViewTexts("unavailable");
  const href = buildHash("start", plan ? { plan: plan.id } : {});
  const start = h("a", { class: "button", href }, t("nav.start"));
  if (!plan) return renderEmpty(t("state.no-plan"), t("state.no-plan-text"), start);
  if (plan.status === "cancelled") {
    return renderEmpty(t("status.cancelled"), t("unavailable.cancelled"), start);
  }
  if (plan.status !== "finished") {
    const waitForEnd = async () => {
      await followPlanEvents(plan.id, () => {}, signal);
      if (!signal.aborted) reload();
    };
    waitForEnd().catch(() => {}); // the link leads to the progress, which tells the error
    const progress = h("a", { class: "button", href }, t("unavailable.progress"));
    return renderEmpty(t(`status.${plan.status}`), t("unavailable.unfinished"), progress);
  }
  if (plan.outcome === "infeasible") return renderInfeasiblePlan(plan);
  return renderEmpty(t(`outcome.${plan.outcome}`), describeFailure(plan), start);
}

/** @param {Plan} plan @returns {HTMLElement} the conflict, and where changes can be tried */
function renderInfeasiblePlan(plan) {
  const href = buildHash("what-if", { plan: plan.id });
  return h(
    "section",
    { class: "card" },
    h("h2", {}, t("outcome.infeasible")),
    renderPlanInfeasibility(plan),
    h("p", { class: "buttons" }, h("a", { class: "button", href }, t("infeasibility.try"))),
  );
}

/**
 * Describe why there is no plan and no proof that there is none. Needs the texts `unavailable`.
 * @param {Plan} plan a failed plan
 * @returns {string} the reason, and what can be done
 */
export function describeFailure({ termination }) {
  if (!termination) return t("unavailable.failed");
  const { reason, limit, detail } = termination;
  if (reason === "limit" && limit) return t(`unavailable.${limit}`);
  return [t("unavailable.failed"), isEnglish() ? detail : ""].filter(Boolean).join(" ");
}
