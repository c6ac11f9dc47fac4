/** One study: its progress while the service works on it, and its result. */

import { ShowElement, ViewHead } from "../../lib/elements.js";
import { formatDateTime, formatPercent } from "../../lib/format.js";
import { t } from "../../lib/i18n.js";
import { html } from "../../vendor/preact/preact.js";
import { JobProgress, hasEnded, useJob } from "../shared/analysis-job.js";
import { describeFactor } from "./outcome-names.js";
import { StudyResult } from "./study-result.js";

/** @param {{context: ViewContext, problemIndex: ProblemIndex, id: string}} props */
export function OpenStudy({ context, problemIndex, id }) {
  const path = `/v1/studies/${encodeURIComponent(id)}`;
  const { job, failure } = useJob(context, path);
  const study = /** @type {Study|null} */ (job);
  const lead = study ? describeStudy(problemIndex, study) : "";
  return html`
    <${ViewHead} title=${t("study.one")} lead=${lead}>
      <div class="buttons">
        <a class="button small" href=${context.buildHref("study")} data-back="study backtest"
          >${t("study.all")}</a
        >
      </div>
    <//>
    ${failure && html`<${ShowElement} element=${failure} />`}
    ${study && html`<${JobProgress} ...${{ context, path, job: study }} />`}
    ${study && hasEnded(study) && html`<${EndedStudy} ...${{ context, problemIndex, path, study }} />`}
  `;
}

/** @param {{context: ViewContext, problemIndex: ProblemIndex, path: string, study: Study}} props */
function EndedStudy(props) {
  const { study } = props;
  if (study.status === "finished" && study.quantiles) return html`<${StudyResult} ...${props} />`;
  return html`<${EndedJob} job=${study} />`;
}

/**
 * What is told of an analysis that ended without a result.
 * @param {{job: import("../shared/analysis-job.js").Job}} props
 */
export function EndedJob({ job }) {
  return html`<div class="state">
    <p class="state-title">${t(`status.${job.status}`)}</p>
    ${job.reason && html`<p lang="en">${job.reason}</p>`}
  </div>`;
}

/**
 * Describe what a study varies.
 * @param {ProblemIndex} problemIndex names of places
 * @param {Study} study the study
 * @returns {string} such as `Electricity 75 % – 125 %; … · 128 draws · 29 Nov 2026, 14:02`
 */
export function describeStudy(problemIndex, { request, created }) {
  const factors = (request?.factors ?? []).map(({ name, distribution }) => {
    const { low, high } = distribution;
    const range = typeof low === "number" ? ` ${formatPercent(low)} – ${formatPercent(high)}` : "";
    return `${describeFactor(problemIndex, name)}${range}`;
  });
  return [factors.join("; "), formatDateTime(created ?? null)].filter(Boolean).join(" · ");
}
