/** Saving changes as a new plan, and following that plan until it is finished. */

import { sendRequest } from "../../lib/api.js";
import { fill, h } from "../../lib/dom.js";
import { announce, renderFailure } from "../../lib/feedback.js";
import { t, textOr } from "../../lib/i18n.js";

/**
 * Create a button that saves changes as a new plan, with its status.
 * @param {ViewContext} context context of the view
 * @param {() => Change[]} getChanges gives the changes
 * @returns {HTMLElement} button and status
 */
export function createSaveControl(context, getChanges) {
  const status = h("div", { class: "save-status", role: "status" });
  const button = h("button", { type: "button", class: "button main" }, t("save.button"));
  button.addEventListener("click", async () => {
    button.disabled = true;
    fill(status, h("p", {}, t("save.sending")));
    try {
      const body = { base_plan: context.plan.id, changes: getChanges() };
      const options = { method: "POST", body, signal: context.signal };
      const response = await sendRequest("/v1/plans", options);
      await followSavedPlan(context, status, await response.json());
    } catch (error) {
      if (!context.signal.aborted) fill(status, renderFailure(error));
    } finally {
      button.disabled = false;
    }
  });
  return h("div", { class: "save" }, h("div", { class: "buttons" }, button), status);
}

/**
 * Follow a plan that the service accepted, then link to it.
 * @param {ViewContext} context context of the view
 * @param {HTMLElement} status element that shows the status
 * @param {Plan} plan the accepted plan
 * @returns {Promise<void>} settles when the plan is finished
 */
export async function followSavedPlan(context, status, plan) {
  let finished = plan;
  if (plan.status !== "finished") {
    const meter = h("div", { class: "meter endless", "aria-hidden": "true" }, h("span", {}));
    const stage = h("p", {}, t("save.solving"));
    fill(status, stage, meter);
    /** @param {PlanEvent} event */
    const onEvent = (event) => {
      const name = event.data.stage ?? event.kind;
      stage.textContent = textOr(`start.stage.${name}`, t("save.solving"));
    };
    await context.api.followPlanEvents(plan.id, onEvent, context.signal);
    finished = await context.api.fetchJson(`/v1/plans/${plan.id}`, context.signal);
  }
  const message = t("save.done", { outcome: t(`outcome.${finished.outcome}`) });
  fill(status, h("p", {}, message), renderLinks(context, finished));
  announce(message);
}

/** @param {ViewContext} context @param {Plan} plan @returns {HTMLElement} */
function renderLinks(context, plan) {
  const hasTables = Boolean(plan.tables?.supply);
  const isComparable = hasTables || plan.outcome === "infeasible";
  const compare = context.buildHref("compare", { with: plan.id });
  const open = context.buildHref(hasTables ? "briefing" : "start", { plan: plan.id });
  return h(
    "p",
    { class: "buttons" },
    isComparable &&
      h("a", { class: "button small open-comparison", href: compare }, t("save.compare")),
    h("a", { class: "button small open-plan", href: open }, t("save.open")),
  );
}
