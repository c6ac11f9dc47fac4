/** The parts of the difference of two plans, computed on request: the service solves every step. */

import { renderCard, renderColumnHeading, renderScrollTable } from "../../lib/components.js";
import { fill, h } from "../../lib/dom.js";
import { renderFailure, renderLoading } from "../../lib/feedback.js";
import { t, textOr } from "../../lib/i18n.js";
import { getPlanTitle } from "../../lib/plans.js";
import { renderComparison } from "../shared/comparison.js";

const MAX_INPUTS = 25;
const MAX_LENGTH = 120;

/**
 * Render a card that explains the difference of two plans on request.
 * @param {ViewContext} context context of the view, with the first plan
 * @param {ProblemIndex} problemIndex problem of the first plan
 * @param {Plan} plan the other plan
 * @param {number} position number of the other plan, for the title
 * @returns {HTMLElement} the card
 */
export function renderDifferenceCard(context, problemIndex, plan, position) {
  const frame = h("div", {});
  const button = h(
    "button",
    { type: "button", class: "button main explain" },
    t("compare.explain"),
  );
  const path = `/v1/plans/${encodeURIComponent(context.plan.id)}/compare`;
  const explain = async () => {
    button.hidden = true;
    fill(frame, renderLoading(t("compare.solving")));
    try {
      const options = { signal: context.signal };
      /** @type {Comparison} */
      const comparison = await context.api.postJson(path, { plan: plan.id }, options);
      /** @param {string} name */
      const nameStep = (name) => textOr(`step.${name}`, name);
      fill(
        frame,
        renderComparison(comparison, problemIndex, { nameStep }),
        renderInputDifferences(comparison),
      );
    } catch (error) {
      button.hidden = false;
      if (!context.signal.aborted) fill(frame, renderFailure(error, explain));
    }
  };
  button.addEventListener("click", explain);
  return renderCard(
    t("compare.difference", { n: position, plan: getPlanTitle(plan) }),
    h("p", { class: "soft" }, t("compare.difference-text")),
    h("div", { class: "buttons explain-row" }, button),
    frame,
  );
}

/** @param {Comparison} comparison @returns {HTMLElement} */
function renderInputDifferences(comparison) {
  const count = comparison.input_difference_count;
  if (!count) return h("p", { class: "soft" }, t("compare.same-inputs"));
  const label = t("compare.inputs", { n: count });
  const rows = comparison.inputs
    .slice(0, MAX_INPUTS)
    .map(({ path, before, after }) =>
      h(
        "tr",
        {},
        h("td", {}, h("code", {}, path)),
        h("td", { class: "wrap" }, shorten(before)),
        h("td", { class: "wrap" }, shorten(after)),
      ),
    );
  const head = ["where", "before", "after"].map((name) =>
    renderColumnHeading(t(`compare.col-${name}`)),
  );
  return h("details", {}, h("summary", {}, label), renderScrollTable({ label, head, rows }));
}

/** @param {string} text @returns {string} */
const shorten = (text) =>
  text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)} …` : text || "–";
