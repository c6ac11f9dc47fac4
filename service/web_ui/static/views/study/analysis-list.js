/** The studies or backtests of the service, the newest first. */

import { renderFailure } from "../../lib/feedback.js";
import { formatDateTime } from "../../lib/format.js";
import { t } from "../../lib/i18n.js";
import { html, useEffect, useState } from "../../vendor/preact/preact.js";
import { ShowElement } from "../../lib/elements.js";
import { hasEnded, readProgress } from "../shared/analysis-job.js";

/** @typedef {import("../shared/analysis-job.js").Job} Job */

const MAX_ENTRIES = 50;

/** @param {{context: ViewContext, part: string}} props `studies` or `backtests` */
export function AnalysisList({ context, part }) {
  const [entries, setEntries] = useState(/** @type {Job[]|null} */ (null));
  const [failure, setFailure] = useState(/** @type {HTMLElement|null} */ (null));
  const [isOwn, setOwn] = useState(context.params.get("of") !== "all");
  const { plan } = context;
  useEffect(() => {
    const query = new URLSearchParams({ limit: String(MAX_ENTRIES) });
    if (isOwn) query.set("base_plan", plan.id);
    context.api.fetchJson(`/v1/${part}?${query}`, context.signal).then(
      (answer) => setEntries(answer.analyses),
      (error) => {
        if (!context.signal.aborted) setFailure(renderFailure(error));
      },
    );
  }, [part, isOwn]);
  const toggle = (/** @type {any} */ event) => {
    setOwn(!event.currentTarget.checked);
    context.updateParams({ of: event.currentTarget.checked ? "all" : "" });
  };
  return html`<section class="card analysis-list" aria-label=${t(`study.list.${part}`)}>
    <h2>${t(`study.list.${part}`)}</h2>
    <label class="check">
      <input type="checkbox" checked=${!isOwn} onChange=${toggle} />
      <span>${t("study.of-all-plans")}</span>
    </label>
    ${failure && html`<${ShowElement} element=${failure} />`}
    ${entries && !entries.length && html`<p class="soft">${t(`study.none.${part}`)}</p>`}
    ${
      entries &&
      entries.length > 0 &&
      html`<ul class="analyses">
        ${entries.map((entry) => html`<${Entry} key=${entry.id} ...${{ context, part, entry }} />`)}
      </ul>`
    }
  </section>`;
}

/** @param {{context: ViewContext, part: string, entry: Job}} props */
function Entry({ context, part, entry }) {
  const name = part === "studies" ? "study" : "backtest";
  const base = entry.base_plan;
  const rows = hasEnded(entry) ? null : readProgress(entry);
  return html`<li>
    <a href=${context.buildHref("study", { plan: base, [name]: entry.id })}>
      ${formatDateTime(entry.created)}
    </a>
    <span class="tag">${t(`status.${entry.status}`)}</span>
    ${rows && html`<span class="soft small">${t("analysis.done", { n: rows.done, all: rows.all })}</span>`}
    ${base !== context.plan.id && html`<span class="soft small">${t("study.other-plan")}</span>`}
  </li>`;
}
