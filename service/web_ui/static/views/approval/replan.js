/** Replanning the remaining periods from the reported outputs. */

import { sendRequest } from "../../lib/api.js";
import { renderCard, renderField } from "../../lib/components.js";
import { fill, h } from "../../lib/dom.js";
import { renderFailure } from "../../lib/feedback.js";
import { formatPeriod } from "../../lib/format.js";
import { t } from "../../lib/i18n.js";
import { followSavedPlan } from "../shared/save.js";

/**
 * Create the form that replans from a period on.
 * @param {ViewContext} context context of the view
 * @param {ProblemIndex} problemIndex the problem
 * @param {() => void} onAccepted called when the service accepted the new plan
 * @returns {HTMLElement} the card
 */
export function createReplanForm(context, problemIndex, onAccepted) {
  const path = `/v1/plans/${encodeURIComponent(context.plan.id)}/replan`;
  const periods = problemIndex.periods
    .slice(1)
    .map((id) => h("option", { value: id }, formatPeriod(id, "long")));
  const from = h("select", { name: "from" }, periods);
  const keepsClose = h("input", { type: "checkbox", name: "keep", checked: true });
  const unreported = h(
    "select",
    { name: "unreported" },
    ["quota", "zero"].map((value) => h("option", { value }, t(`replan.unreported-${value}`))),
  );
  const status = h("div", { class: "save-status", role: "status" });
  const button = h("button", { type: "submit", class: "button main" }, t("replan.button"));
  /** @param {Event} event */
  const submit = async (event) => {
    event.preventDefault();
    button.disabled = true;
    fill(status, h("p", {}, t("save.sending")));
    try {
      const body = {
        from: from.value,
        keep_quotas_close: keepsClose.checked,
        unreported: unreported.value,
      };
      const options = { method: "POST", body, signal: context.signal };
      const plan = await (await sendRequest(path, options)).json();
      onAccepted();
      await followSavedPlan(context, status, plan);
    } catch (error) {
      if (!context.signal.aborted) fill(status, renderFailure(error));
    }
    button.disabled = false;
  };
  const form = h(
    "form",
    { class: "controls", on: { submit } },
    renderField(t("replan.from"), from),
    renderField(t("replan.unreported"), unreported),
    h("label", { class: "check" }, keepsClose, t("replan.keep-close")),
    button,
  );
  const text = h("p", { class: "soft" }, t("replan.text"));
  const card = renderCard(t("replan.title"), text, form, status);
  card.classList.add("replan");
  return card;
}
