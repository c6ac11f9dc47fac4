/** Studies and backtests: how the plan fares under many draws of what is not known, and which way of planning fares best. */

import { ViewHead, showContent } from "../lib/elements.js";
import { t } from "../lib/i18n.js";
import { chooseStudyPart } from "../lib/view-headings.js";
import { html } from "../vendor/preact/preact.js";
import { AnalysisList } from "./study/analysis-list.js";
import { OpenBacktest } from "./study/backtest.js";
import { NewBacktest } from "./study/backtest-form.js";
import { OpenStudy } from "./study/open-study.js";
import { NewStudy } from "./study/study-form.js";

export default {
  id: "study",
  title: "nav.study",
  /** @param {HTMLElement} root @param {ViewContext} context */
  async show(root, context) {
    const problemIndex = await context.loadProblemIndex();
    if (context.signal.aborted) return undefined;
    return showContent(root, html`<${StudyView} ...${{ context, problemIndex }} />`);
  },
};

/** @param {{context: ViewContext, problemIndex: ProblemIndex}} props */
function StudyView({ context, problemIndex }) {
  const study = context.params.get("study");
  const backtest = context.params.get("backtest");
  if (study) return html`<${OpenStudy} ...${{ context, problemIndex, id: study }} />`;
  if (backtest) return html`<${OpenBacktest} ...${{ context, problemIndex, id: backtest }} />`;
  const part = chooseStudyPart(context.params);
  return html`
    <${ViewHead} title=${t(`study.title.${part}`)} lead=${t(`study.lead.${part}`)}>
      <${Parts} ...${{ context, part }} />
    <//>
    <${AnalysisList} ...${{ context, part }} />
    <section class="card" aria-label=${t(`study.new.${part}`)}>
      <h2>${t(`study.new.${part}`)}</h2>
      ${
        part === "studies"
          ? html`<${NewStudy} ...${{ context, problemIndex }} />`
          : html`<${NewBacktest} ...${{ context, problemIndex }} />`
      }
    </section>
  `;
}

/** @param {{context: ViewContext, part: string}} props */
function Parts({ context, part }) {
  const open = (/** @type {any} */ event) =>
    context.navigate("study", { part: event.currentTarget.value });
  return html`<fieldset>
    <legend class="visually-hidden">${t("study.parts")}</legend>
    <div class="segments">
      ${["studies", "backtests"].map(
        (name) =>
          html`<label key=${name}>
            <input
              type="radio"
              name="part"
              value=${name}
              checked=${name === part}
              onChange=${open}
            />
            ${t(`study.title.${name}`)}
          </label>`,
      )}
    </div>
  </fieldset>`;
}
