/** One run of a study, and the button that opens it as a plan. */

import { renderFailure } from "../../lib/feedback.js";
import { t } from "../../lib/i18n.js";
import { html, useState } from "../../vendor/preact/preact.js";
import { ShowElement } from "../../lib/elements.js";

/** A run of a small problem is a plan within this time; others are followed while they are solved. */
const WAIT_SECONDS = 10;

/**
 * @typedef {object} RunProps
 * @property {ViewContext} context context of the view
 * @property {string} study identifier of the study
 * @property {import("./figures.js").Row} run the run
 * @property {string[]} names factors and outcomes
 * @property {(name: string) => string} describe names one of them
 * @property {(name: string, value: any) => string} format formats its value
 */

/** @param {RunProps} props */
export function RunPanel({ context, study, run, names, describe, format }) {
  const [isSending, setSending] = useState(false);
  const [failure, setFailure] = useState(/** @type {HTMLElement|null} */ (null));
  const open = async () => {
    setSending(true);
    setFailure(null);
    const path = `/v1/studies/${encodeURIComponent(study)}/runs/${run.run}/plan`;
    try {
      const plan = await context.api.postJson(path, undefined, {
        signal: context.signal,
        headers: { Prefer: `wait=${WAIT_SECONDS}` },
      });
      context.navigate(plan.status === "finished" ? "briefing" : "start", { plan: plan.id });
    } catch (error) {
      if (!context.signal.aborted) setFailure(renderFailure(error));
      setSending(false);
    }
  };
  return html`<section class="study-run" aria-label=${t("study.run-title", { n: run.run })}>
    <h3>${t("study.run-title", { n: run.run })}</h3>
    <dl class="figures small">
      ${names.map(
        (name) =>
          html`<div key=${name}>
            <dt>${describe(name)}</dt>
            <dd>${format(name, run[name])}</dd>
          </div>`,
      )}
    </dl>
    ${
      run.outcome !== "optimal" &&
      html`<p>
        ${t(`study.run-${run.outcome}`)}
        ${run.conflict && html`<span lang="en">${run.conflict}</span>`}
      </p>`
    }
    <div class="buttons">
      <button type="button" class="button" disabled=${isSending} onClick=${open}>
        ${t("study.open-run")}
      </button>
    </div>
    ${failure && html`<${ShowElement} element=${failure} />`}
  </section>`;
}
