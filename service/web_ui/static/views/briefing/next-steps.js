/** What to do next with a plan. */

import { Card } from "../../lib/elements.js";
import { formatNumber, formatPeriod, formatShare } from "../../lib/format.js";
import { t } from "../../lib/i18n.js";
import { html } from "../../vendor/preact/preact.js";

/** @param {{context: ViewContext, briefing: Briefing, problemIndex: ProblemIndex}} props */
export function NextSteps({ context, briefing, problemIndex }) {
  const steps = briefing.next_steps;
  return html`<${Card} name="next-steps" title=${t("briefing.next")}>
    ${
      steps.length
        ? html`<ul class="steps-list">
            ${steps.map((step) => html`<${Step} key=${step.kind} ...${{ context, problemIndex, step }} />`)}
          </ul>`
        : html`<p class="soft">${t("briefing.next-none")}</p>`
    }
  <//>`;
}

/** @param {{context: ViewContext, problemIndex: ProblemIndex, step: NextStep}} props */
function Step({ context, problemIndex, step }) {
  const { kind, count, period, factories } = step;
  const values = {
    n: formatNumber(count),
    period: period ? formatPeriod(period, "long") : "",
  };
  const isOne = count === 1;
  const text = t(`briefing.step.${kind}${isOne ? "-one" : ""}`, values);
  const params = kind === "behind" ? { through: period ?? "", by: "factory" } : {};
  const view = kind === "resolve" ? "what-if" : "approval";
  return html`<li data-step=${kind}>
    <a href=${context.buildHref(view, params)}>${text}</a>
    ${
      factories.length > 0 &&
      html`<ul class="soft small">
        ${factories.map(
          ({ factory, fulfilment }) =>
            html`<li key=${factory}>
              <a href=${context.buildHref("factories", { sheet: factory })}>
                ${problemIndex.getName(factory)}
              </a>
              ${" "}${formatShare(fulfilment)}
            </li>`,
        )}
      </ul>`
    }
  </li>`;
}
