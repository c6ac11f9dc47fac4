/** What is left open: how far the main figures can differ among plans that are nearly as good, and such plans. */

import { renderFailure } from "../../lib/feedback.js";
import {
  formatNumber,
  formatPercent,
  formatPeriod,
  formatShare,
  formatUnit,
} from "../../lib/format.js";
import { t } from "../../lib/i18n.js";
import { html, useEffect, useState } from "../../vendor/preact/preact.js";
import { ShowElement } from "../../lib/elements.js";
import { JobProgress, hasEnded, useJob } from "../shared/analysis-job.js";
import { Alternatives } from "./alternatives.js";
import { findEnds, groupRanges } from "./range-figures.js";

/** @typedef {import("./range-figures.js").RangeGroup} RangeGroup */

/** @param {{context: ViewContext, problemIndex: ProblemIndex}} props */
export function LeftOpen({ context, problemIndex }) {
  const ranges = useAnalysis(context, "ranges", () => ({}));
  const alternatives = useAnalysis(context, "alternatives", () => ({ slack: [0.01], count: 3 }));
  return html`<section class="card left-open" aria-label=${t("ranges.title")}>
    <h2>${t("ranges.title")}</h2>
    <p class="soft small">${t("ranges.note")}</p>
    <${AnalysisPart} ...${{ context, analysis: ranges, start: t("ranges.start") }} />
    ${ranges.job?.ranges && html`<${RangeBars} ...${{ context, problemIndex, ranges: ranges.job.ranges }} />`}
    <${AnalysisPart}
      ...${{ context, analysis: alternatives, start: t("ranges.start-alternatives") }}
    />
    ${
      alternatives.job?.alternatives &&
      html`<${Alternatives} ...${{ context, problemIndex, result: alternatives.job }} />`
    }
  </section>`;
}

/** @typedef {ReturnType<typeof useAnalysis>} PlanAnalysis */

/**
 * Follow an analysis of the plan: that of the URL, or the one that was asked for last.
 * @param {ViewContext} context context of the view
 * @param {"ranges"|"alternatives"} name kind of analysis
 * @param {() => Record<string, any>} build builds its request
 */
function useAnalysis(context, name, build) {
  const [id, setId] = useState(context.params.get(name));
  useEffect(() => {
    if (id) return;
    const query = new URLSearchParams({ base_plan: context.plan.id, limit: "1" });
    context.api.fetchJson(`/v1/${name}?${query}`, context.signal).then(
      ({ analyses }) => setId((known) => known ?? analyses[0]?.id ?? null),
      () => {}, // it can be asked for anew
    );
  }, []);
  const [isSending, setSending] = useState(false);
  const [refusal, setRefusal] = useState(/** @type {HTMLElement|null} */ (null));
  const path = id ? `/v1/${name}/${encodeURIComponent(id)}` : null;
  const { job, failure } = useJob(context, path);
  const ask = async () => {
    setSending(true);
    setRefusal(null);
    try {
      const plan = encodeURIComponent(context.plan.id);
      const answer = await context.api.postJson(`/v1/plans/${plan}/${name}`, build(), {
        signal: context.signal,
      });
      context.updateParams({ [name]: answer.id });
      setId(answer.id);
    } catch (error) {
      if (!context.signal.aborted) setRefusal(renderFailure(error));
    }
    setSending(false);
  };
  return { path, job, isSending, failure: refusal ?? failure, ask };
}

/** @param {{context: ViewContext, analysis: PlanAnalysis, start: string}} props */
function AnalysisPart({ context, analysis, start }) {
  const { path, job, failure, isSending, ask } = analysis;
  if (failure) return html`<${ShowElement} element=${failure} />`;
  if (!path) {
    return html`<div class="buttons">
      <button type="button" class="button" disabled=${isSending} onClick=${ask}>${start}</button>
    </div>`;
  }
  if (!job) return null;
  if (!hasEnded(job)) return html`<${JobProgress} ...${{ context, path, job }} />`;
  return job.status === "finished" ? null : html`<p>${t(`status.${job.status}`)}</p>`;
}

/** @param {{context: ViewContext, problemIndex: ProblemIndex, ranges: MeasureRange[]}} props */
function RangeBars({ context, problemIndex, ranges }) {
  const groups = groupRanges(ranges);
  const slacks = [...new Set(ranges.map(({ slack }) => slack))];
  const label = (/** @type {number} */ slack) => t("ranges.slack", { share: formatPercent(slack) });
  const isOpen = ranges.some(({ least, greatest }) => least === null || greatest === null);
  return html`${isOpen && html`<p class="soft small">${t("ranges.between")}</p>`}
    <table class="rows range-bars">
      <caption class="visually-hidden">
        ${t("ranges.title")}
      </caption>
      <thead>
        <tr>
          <th scope="col">${t("ranges.figure")}</th>
          <th scope="col" class="range-cell">${t("ranges.bar")}</th>
          ${slacks.map(
            (slack) => html`<th key=${slack} scope="col" class="number">${label(slack)}</th>`,
          )}
        </tr>
      </thead>
      <tbody>
        ${groups.map(
          (group) =>
            html`<tr key=${group.key} data-measure=${group.key}>
              <th scope="row">${nameMeasure(context, problemIndex, group)}</th>
              <td class="range-cell"><${RangeTrack} group=${group} /></td>
              ${group.ranges.map(
                (range) =>
                  html`<td key=${range.slack} class="number" data-label=${label(range.slack)}>
                    <span> ${formatRange(range)}</span>
                  </td>`,
              )}
            </tr>`,
        )}
      </tbody>
    </table>`;
}

/**
 * @param {MeasureRange} range a range
 * @returns {string} such as `44.0 % – 53.1 % – 65.2 %`, or `44.0 % … 46.1 % – 53.1 % – …` with an end between two figures
 */
function formatRange(range) {
  const format = range.unit ? formatNumber : formatShare;
  const [least, greatest] = findEnds(range).map((ends) =>
    ends.map((end) => (end === null ? "?" : format(end))).join(" … "),
  );
  const text = `${least} – ${format(range.here)} – ${greatest}`;
  return range.unit ? `${text}\u00a0${formatUnit(range.unit)}` : text;
}

/** @param {ViewContext} context @param {ProblemIndex} problemIndex @param {RangeGroup} group */
function nameMeasure(context, problemIndex, { measure, of }) {
  const stated = Object.entries(of ?? {}).filter(([, values]) => values !== null);
  const names = stated.flatMap(([kind, values]) =>
    values.map((/** @type {string|number} */ value) =>
      kind === "priority"
        ? t("ranges.priority", { n: value })
        : kind === "period"
          ? formatPeriod(String(value))
          : problemIndex.getName(String(value)),
    ),
  );
  const name = t(`ranges.measure.${measure}`);
  const text = names.length
    ? t("ranges.measure-of", { measure: name, what: names.join(", ") })
    : name;
  const isCounty = stated.length === 1 && stated[0][0] === "county" && names.length === 1;
  if (!isCounty) return text;
  return html`<a href=${context.buildHref("map", { county: stated[0][1][0] })}>${text}</a>`;
}

/**
 * The bars of one measure: the widest range behind, the narrowest before it, as far as plans were found, and a mark at the plan.
 * @param {{group: RangeGroup}} props
 */
function RangeTrack({ group }) {
  const { low, high, ranges, here } = group;
  const place = (/** @type {number} */ value) => 100 * ((value - low) / (high - low || 1));
  const bars = ranges.toSorted((one, other) => other.slack - one.slack);
  return html`<span class="range-track" aria-hidden="true">
    ${bars.map(({ slack, least_found, greatest_found }, k) => {
      const left = place(least_found);
      const width = Math.max(0.5, place(greatest_found) - left);
      const style = { left: `${left}%`, width: `${width}%` };
      return html`<span
        key=${slack}
        class=${k === bars.length - 1 ? "narrow" : "wide"}
        style=${style}
      ></span>`;
    })}
    <span class="here" style=${{ left: `${place(here)}%` }}></span>
  </span>`;
}
