/** The ordered goals of a plan: the value of each, and what it gave up for the goals before it. */

import { ShowElement } from "../../lib/elements.js";
import { renderFailure, renderLoading } from "../../lib/feedback.js";
import { formatShare, formatWeightedWon, formatWon } from "../../lib/format.js";
import { t } from "../../lib/i18n.js";
import { MIN_WON, SHARE_NOISE } from "../../lib/relevance.js";
import { html, render, useState } from "../../vendor/preact/preact.js";

/** Goals that are counted in weighted won. Others are in won, but `worst_fulfilment`, which is a share. */
const WEIGHTED = new Set(["shortage", "cost", "level"]);

/**
 * Render the card of goals.
 * @param {ViewContext} context context of the view
 * @param {ProblemIndex} problemIndex the problem
 * @returns {HTMLElement|null} the card; null for a plan without ordered goals
 */
export function renderGoalsCard(context, problemIndex) {
  const results = context.plan.objective?.goals ?? [];
  if (!results.length) return null;
  const root = document.createElement("section");
  root.className = "card goals";
  render(html`<${Goals} ...${{ context, problemIndex, results }} />`, root);
  context.signal.addEventListener("abort", () => render(null, root));
  return root;
}

/** @param {{context: ViewContext, problemIndex: ProblemIndex, results: GoalResult[]}} props */
function Goals({ context, problemIndex, results }) {
  const [state, setState] = useState(/** @type {"asked"|"solving"|GoalTradeOff[]} */ ("asked"));
  const [failure, setFailure] = useState(/** @type {HTMLElement|null} */ (null));
  const ask = async () => {
    setState("solving");
    setFailure(null);
    const path = `/v1/plans/${encodeURIComponent(context.plan.id)}/goals`;
    try {
      const { goals } = await context.api.fetchCached(path, context.signal);
      setState(goals);
    } catch (error) {
      if (context.signal.aborted) return;
      setState("asked");
      setFailure(renderFailure(error, ask));
    }
  };
  const stated = problemIndex.problem.policy?.goals ?? [];
  const tradeOffs = Array.isArray(state) ? state : null;
  const headings = ["this-plan", ...(tradeOffs ? ["alone", "given-up"] : [])];
  return html`
    <h2>${t("goals.title")}</h2>
    <p class="soft">${t("goals.lead")}</p>
    <div class="scroll" tabindex="0" role="region" aria-label=${t("goals.title")}>
      <table class="rows">
        <thead>
          <tr>
            <th scope="col">${t("goals.goal")}</th>
            ${headings.map((name) => html`<th key=${name} scope="col" class="number">${t(`goals.${name}`)}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${results.map(
            (result, k) =>
              html`<tr key=${k} data-goal=${k}>
                <th scope="row">
                  ${k + 1}. ${describeGoal(problemIndex, stated[k] ?? result.goal)}
                </th>
                ${listFigures(result, tradeOffs?.[k]).map((text, column) => html`<td key=${column} class="number">${text}</td>`)}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    ${tradeOffs && html`<p class="soft small">${t("goals.note")}</p>`}
    ${state === "solving" && html`<${ShowElement} element=${renderLoading(t("goals.solving"))} />`}
    ${
      state === "asked" &&
      !failure &&
      html`<div class="buttons">
        <button type="button" class="button" onClick=${ask}>${t("goals.ask")}</button>
      </div>`
    }
    ${failure && html`<${ShowElement} element=${failure} />`}
  `;
}

/** @param {GoalResult} result @param {GoalTradeOff} [tradeOff] @returns {string[]} the value in the plan, the value without the goals before it, and what was given up */
function listFigures({ goal, final_value: value }, tradeOff) {
  const [kind] = goal.split(" ");
  const texts = [formatGoal(kind, value)];
  if (!tradeOff) return texts;
  const loss = tradeOff.loss_to_earlier_goals;
  const isNone = loss < (kind === "worst_fulfilment" ? SHARE_NOISE : MIN_WON);
  return [
    ...texts,
    formatGoal(kind, tradeOff.unconstrained_value),
    isNone ? t("format.nothing") : formatGoal(kind, loss),
  ];
}

/** @param {string} kind @param {number} value @returns {string} */
function formatGoal(kind, value) {
  if (kind === "worst_fulfilment") return formatShare(value);
  const told = Math.abs(value) < MIN_WON ? 0 : value;
  return WEIGHTED.has(kind) ? formatWeightedWon(told) : formatWon(told);
}

/**
 * Describe a goal.
 * @param {Pick<ProblemIndex, "getName">} problemIndex the problem
 * @param {GoalOfPolicy} stated the goal as the policy states it
 * @returns {string} the goal, with the names of what it selects
 */
export function describeGoal(problemIndex, stated) {
  const { goal, of: selection, over } = typeof stated === "string" ? { goal: stated } : stated;
  const name = t(
    goal === "worst_fulfilment" ? `goal.worst.${over ?? "county_item"}` : `goal.${goal}`,
  );
  const parts = Object.entries(selection ?? {}).map(([axis, values]) => {
    const names = (values ?? []).map((one) =>
      axis === "priority" ? String(one) : problemIndex.getName(String(one)),
    );
    return t(`goals.by-${axis}`, { names: names.join(", ") });
  });
  return parts.length ? `${name}: ${parts.join("; ")}` : name;
}
