/** What the difference of two plans is made of: asked for, since every step is solved. */

import { fill, h } from "../../lib/dom.js";
import { or, t } from "../../lib/i18n.js";
import { title } from "../../lib/plans.js";
import { failure, loading } from "../../lib/feedback.js";
import { whole } from "../shared/comparison.js";

const INPUTS = 25;

/**
 * A card that takes the difference apart when asked to.
 * @param {object} context the view's
 * @param {import("../../lib/problem-index.js").Atlas} atlas the first plan's problem
 * @param {object} plan the other plan
 * @param {number} position its place among those compared, for its heading
 * @returns {HTMLElement} the card
 */
export function difference(context, atlas, plan, position) {
  const place = h("div", {});
  const button = h(
    "button",
    { type: "button", class: "button main explain" },
    t("compare.explain"),
  );
  const explain = async () => {
    button.hidden = true;
    fill(place, loading(t("compare.solving")));
    try {
      const answer = await context.api.post(
        `/v1/plans/${encodeURIComponent(context.plan.id)}/compare`,
        { plan: plan.id },
        { signal: context.signal },
      );
      fill(
        place,
        whole(answer, atlas, { say: (name) => or(`step.${name}`, name) }),
        inputs(answer),
      );
    } catch (error) {
      button.hidden = false;
      if (!context.signal.aborted) fill(place, failure(error, explain));
    }
  };
  button.addEventListener("click", explain);
  return h(
    "section",
    { class: "card" },
    h("h2", {}, t("compare.difference", { n: position, plan: title(plan) })),
    h("p", { class: "soft" }, t("compare.difference-text")),
    h("div", { class: "buttons explain-row" }, button),
    place,
  );
}

function inputs(answer) {
  if (!answer.inputs_differing) return h("p", { class: "soft" }, t("compare.same-inputs"));
  const cut = (text) => (text.length > 120 ? `${text.slice(0, 120)} …` : text || "–");
  return h(
    "details",
    {},
    h("summary", {}, t("compare.inputs", { n: answer.inputs_differing })),
    h(
      "div",
      {
        class: "scroll",
        tabindex: "0",
        role: "region",
        "aria-label": t("compare.inputs", { n: answer.inputs_differing }),
      },
      h(
        "table",
        { class: "rows" },
        h(
          "thead",
          {},
          h(
            "tr",
            {},
            ["where", "before", "after"].map((name) =>
              h("th", { scope: "col" }, t(`compare.col-${name}`)),
            ),
          ),
        ),
        h(
          "tbody",
          {},
          answer.inputs
            .slice(0, INPUTS)
            .map((one) =>
              h(
                "tr",
                {},
                h("td", {}, h("code", {}, one.path)),
                h("td", { class: "wrap" }, cut(one.before)),
                h("td", { class: "wrap" }, cut(one.after)),
              ),
            ),
        ),
      ),
    ),
  );
}
