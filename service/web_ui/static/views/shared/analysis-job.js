/** Analyses that the service works on: following one until it ends, its progress, and cancelling it. */

import { ApiError } from "../../lib/api.js";
import { renderFailure } from "../../lib/feedback.js";
import { formatNumber, formatPercent } from "../../lib/format.js";
import { t } from "../../lib/i18n.js";
import { html, useEffect, useState } from "../../vendor/preact/preact.js";
import { ShowElement } from "../../lib/elements.js";

const RETRY_MS = 1000;
const CONFLICT = 409;
const TOO_MANY_REQUESTS = 429;

/** @typedef {{id: string, status: string, progress: {done: number, total: number}, [name: string]: any}} Job an analysis as the service shows it */

/** @param {Job} job @returns {boolean} whether nothing more happens to the analysis */
export const hasEnded = ({ status }) => status !== "queued" && status !== "running";

/**
 * Read an analysis, and follow it by its events until it has ended.
 * @param {ViewContext} context context of the view
 * @param {string|null} path path of the analysis; null for none
 * @returns {{job: Job|null, failure: HTMLElement|null}} the analysis as it is now, and why it cannot be read
 */
export function useJob(context, path) {
  const [job, setJob] = useState(/** @type {Job|null} */ (null));
  const [failure, setFailure] = useState(/** @type {HTMLElement|null} */ (null));
  useEffect(() => {
    setJob(null);
    setFailure(null);
    if (!path) return undefined;
    const stop = new AbortController();
    followJob(context, path, stop.signal, setJob).catch((error) => {
      if (!stop.signal.aborted) setFailure(renderFailure(error));
    });
    return () => stop.abort();
  }, [path]);
  return { job, failure };
}

/**
 * Follow an analysis by its events until it has ended.
 * @param {ViewContext} context context of the view
 * @param {string} path path of the analysis
 * @param {AbortSignal} signal stops following
 * @param {(job: Job) => void} onJob called whenever there is news of the analysis
 * @returns {Promise<void>} settles when it has ended; rejects if the service refuses
 */
export async function followJob(context, path, signal, onJob) {
  for (;;) {
    const job = await readJob(context, path, signal);
    if (signal.aborted) return;
    if (job) {
      onJob(job);
      if (hasEnded(job)) return;
    }
    const isFollowed = job !== null && (await followProgress(context, path, job, signal, onJob));
    if (!isFollowed) await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    if (signal.aborted) return;
  }
}

/**
 * @param {ViewContext} context @param {string} path @param {Job} job the analysis as it was read
 * @param {AbortSignal} signal @param {(job: Job) => void} onJob called with every progress
 * @returns {Promise<boolean>} false if the caller follows as much as one may: read the analysis again instead
 */
async function followProgress({ api }, path, job, signal, onJob) {
  let { progress } = job;
  /** @param {PlanEvent} event */
  const onEvent = ({ kind, data }) => {
    const isNews = kind === "progress" && Number(data.done) >= progress.done;
    if (isNews) progress = { done: Number(data.done), total: Number(data.total) };
    // the first events are older than the analysis as it was read
    if (isNews || kind === "started") onJob({ ...job, status: "running", progress });
  };
  try {
    await api.followEvents(`${path}/events`, onEvent, signal);
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.status === TOO_MANY_REQUESTS) return false;
    throw error;
  }
}

/** @param {ViewContext} context @param {string} path @param {AbortSignal} signal @returns {Promise<Job|null>} null while the service cannot be reached */
async function readJob(context, path, signal) {
  try {
    return await context.api.fetchJson(path, signal);
  } catch (error) {
    const isAway = error instanceof ApiError && (error.status === 0 || error.status >= 502);
    if (signal.aborted || isAway) return null;
    throw error;
  }
}

/**
 * Read how much of an analysis is done.
 * @param {Job} job the analysis
 * @returns {{done: number, all: number}|null} rows; null if the service does not know yet
 */
export const readProgress = ({ progress: { done, total } }) =>
  total > 0 ? { done, all: total } : null;

/**
 * The progress of an analysis with a button that cancels it.
 * @param {{context: ViewContext, path: string, job: Job}} props
 */
export function JobProgress({ context, path, job }) {
  const [isCancelling, setCancelling] = useState(false);
  const [failure, setFailure] = useState(/** @type {HTMLElement|null} */ (null));
  if (hasEnded(job)) return null;
  const cancel = async () => {
    setCancelling(true);
    try {
      await context.api.deleteResource(path);
    } catch (error) {
      const isOver = error instanceof ApiError && error.status === CONFLICT;
      if (!isOver) setFailure(renderFailure(error));
    }
  };
  const rows = readProgress(job);
  const share = rows ? rows.done / rows.all : null;
  const text = rows
    ? t("analysis.done", { n: formatNumber(rows.done), all: formatNumber(rows.all) })
    : t(`status.${job.status}`);
  return html`<div class="study-progress">
    <p role="status">${t(isCancelling ? "analysis.cancelling" : "analysis.running")} ${text}</p>
    <div
      class=${share === null ? "meter endless" : "meter"}
      role="progressbar"
      aria-label=${t("analysis.progress")}
      aria-valuemin="0"
      aria-valuemax="100"
      aria-valuenow=${share === null ? null : Math.round(100 * share)}
      aria-valuetext=${share === null ? null : formatPercent(share)}
    >
      <span style=${share === null ? {} : { width: `${100 * share}%` }}></span>
    </div>
    <div class="buttons">
      <button type="button" class="button small" disabled=${isCancelling} onClick=${cancel}>
        ${t("analysis.cancel")}
      </button>
    </div>
    ${failure && html`<${ShowElement} element=${failure} />`}
  </div>`;
}

/**
 * Read all pages of a table of an analysis that has ended.
 * @param {ViewContext} context context of the view
 * @param {string} path path of the analysis
 * @param {string} name name of the table
 * @returns {Promise<Columns>} one list for each column
 */
export async function fetchJobTable({ api }, path, name) {
  let page = await api.fetchCached(`${path}/tables/${name}?layout=columns&limit=50000`);
  /** @type {Columns} */
  const columns = { ...page.columns };
  while (page.next) {
    page = await api.fetchCached(page.next);
    for (const column of Object.keys(columns)) {
      columns[column] = columns[column].concat(page.columns[column]);
    }
  }
  return columns;
}
