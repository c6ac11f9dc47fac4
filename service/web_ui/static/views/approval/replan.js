/** Planning the rest of the year again, with what was made. */

import { ask } from "../../lib/api.js";
import { fill, h } from "../../lib/dom.js";
import { period as month } from "../../lib/format.js";
import { t } from "../../lib/i18n.js";
import { failure } from "../../lib/feedback.js";
import { kept } from "../shared/save.js";

/**
 * A form that plans again from a period on.
 * @param {object} context the view's
 * @param {import("../../lib/problem-index.js").Atlas} atlas the problem
 * @param {() => void} done called when it is accepted
 * @returns {HTMLElement} the card
 */
export function replan(context, atlas, done) {
  const from = h(
    "select",
    { name: "from" },
    atlas.periods.slice(1).map((id) => h("option", { value: id }, month(id, "long"))),
  );
  const close = h("input", { type: "checkbox", name: "keep", checked: true });
  const silent = h(
    "select",
    { name: "unreported" },
    ["quota", "zero"].map((value) => h("option", { value }, t(`replan.unreported-${value}`))),
  );
  const place = h("div", { class: "keep-said", role: "status" });
  const button = h("button", { type: "submit", class: "button main" }, t("replan.button"));
  const send = async (event) => {
    event.preventDefault();
    button.disabled = true;
    fill(place, h("p", {}, t("keep.sending")));
    try {
      const body = { from: from.value, keep_quotas_close: close.checked, unreported: silent.value };
      const plan = await (
        await ask(`/v1/plans/${encodeURIComponent(context.plan.id)}/replan`, {
          method: "POST",
          body,
          signal: context.signal,
        })
      ).json();
      done();
      await kept(context, place, plan);
    } catch (error) {
      if (!context.signal.aborted) fill(place, failure(error));
    }
    button.disabled = false;
  };
  return h(
    "section",
    { class: "card replan" },
    h("h2", {}, t("replan.title")),
    h("p", { class: "soft" }, t("replan.text")),
    h(
      "form",
      { class: "controls", on: { submit: send } },
      h("label", { class: "field" }, h("span", {}, t("replan.from")), from),
      h("label", { class: "field" }, h("span", {}, t("replan.unreported")), silent),
      h("label", { class: "check" }, close, t("replan.close")),
      button,
    ),
    place,
  );
}
