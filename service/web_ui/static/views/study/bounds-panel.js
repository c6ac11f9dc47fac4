/** Bounds of the objective where no run was solved: sliders of the factors, and what the runs prove there. */

import { ShowElement } from "../../lib/elements.js";
import { renderFailure } from "../../lib/feedback.js";
import { formatPercent, formatWeightedWon } from "../../lib/format.js";
import { t } from "../../lib/i18n.js";
import { html, useEffect, useRef, useState } from "../../vendor/preact/preact.js";
import { describeFactor } from "./outcome-names.js";

/** @typedef {import("./figures.js").Row} Row */
/** @typedef {{lower_bound: number|null, upper_bound: number|null}} ObjectiveBounds */

/** Steps of a slider between the ends of its factor. */
const STEPS = 100;

/**
 * Find the least and the greatest draw of each factor.
 * @param {Row[]} runs runs of one lever
 * @param {string[]} factors names of the factors
 * @returns {{name: string, low: number, high: number}[]} the ranges; a factor that was drawn with one value only has equal ends
 */
export const listRanges = (runs, factors) =>
  factors.map((name) => {
    const values = runs.map((run) => run[name]);
    return { name, low: Math.min(...values), high: Math.max(...values) };
  });

/**
 * @param {{context: ViewContext, problemIndex: ProblemIndex, path: string, lever: string, runs: Row[], factors: string[]}} props
 *   path of the study; runs of the lever
 */
export function BoundsPanel({ context, problemIndex, path, lever, runs, factors }) {
  const ranges = listRanges(runs, factors);
  const [point, setPoint] = useState(() =>
    Object.fromEntries(
      ranges.map(({ name, low, high }) => [name, Math.min(high, Math.max(low, 1))]),
    ),
  );
  const { bounds, failure } = useBounds(context, path, lever, point);
  return html`<section class="card study-bounds" aria-label=${t("study.bounds")}>
    <h2>${t("study.bounds")}</h2>
    <p class="soft small">${t("study.bounds-note")}</p>
    <div class="study-sliders">
      ${ranges.map(({ name, low, high }) => {
        const text = formatPercent(point[name]);
        return html`<label key=${name} class="field">
          <span
            >${t("study.bounds-at", { factor: describeFactor(problemIndex, name), share: text })}</span
          >
          <input
            type="range"
            name=${`bounds-${name}`}
            min=${low}
            max=${high}
            step=${(high - low) / STEPS || "any"}
            value=${point[name]}
            disabled=${low === high}
            aria-valuetext=${text}
            onInput=${(/** @type {any} */ event) =>
              setPoint({ ...point, [name]: Number(event.currentTarget.value) })}
          />
        </label>`;
      })}
    </div>
    ${failure ? html`<${ShowElement} element=${failure} />` : html`<${Bounds} ...${{ bounds, runs }} />`}
  </section>`;
}

/**
 * Ask for the bounds at a point. While an answer is under way, only the latest point waits for its turn.
 * @param {ViewContext} context context of the view
 * @param {string} path path of the study
 * @param {string} lever the lever
 * @param {Record<string, number>} point value of each factor
 * @returns {{bounds: ObjectiveBounds|null, failure: HTMLElement|null}} the bounds at the latest point that was answered
 */
function useBounds(context, path, lever, point) {
  const [bounds, setBounds] = useState(/** @type {ObjectiveBounds|null} */ (null));
  const [failure, setFailure] = useState(/** @type {HTMLElement|null} */ (null));
  const wanted = useRef(point);
  const isAsking = useRef(false);
  wanted.current = point;
  const ask = async () => {
    if (isAsking.current) return;
    isAsking.current = true;
    try {
      for (let asked = null; asked !== wanted.current;) {
        asked = wanted.current;
        const body = { points: [asked], lever };
        const options = { signal: context.signal };
        const answer = await context.api.postJson(`${path}/bounds`, body, options);
        setBounds(answer.bounds[0]);
        setFailure(null);
      }
    } catch (error) {
      if (!context.signal.aborted) setFailure(renderFailure(error));
    }
    isAsking.current = false;
  };
  useEffect(() => {
    ask();
  }, [point]);
  return { bounds, failure };
}

/** @param {{bounds: ObjectiveBounds|null, runs: Row[]}} props */
function Bounds({ bounds, runs }) {
  if (!bounds) return html`<p class="soft" role="status">${t("state.loading")}</p>`;
  const { lower_bound: lower, upper_bound: upper } = bounds;
  const [least, most] = [lower, upper].map((one) => (one === null ? "" : formatWeightedWon(one)));
  const key = !least
    ? "study.bounds-none"
    : !most
      ? "study.bounds-lower"
      : least === most
        ? "study.bounds-same"
        : "study.bounds-between";
  const width = lower !== null && upper !== null && upper > 0 ? (upper - lower) / upper : null;
  return html`<p class="bounds-text" role="status" data-figure="bounds">
      ${t(key, { least, most })}
      ${" "}${least !== most && width !== null && html`<span class="soft small">${t("study.bounds-width", { share: formatPercent(width) })}</span>`}
    </p>
    ${lower !== null && html`<${BoundsBar} ...${{ lower, upper, runs }} />`}`;
}

/** @param {{lower: number, upper: number|null, runs: Row[]}} props */
function BoundsBar({ lower, upper, runs }) {
  const solved = runs.map((run) => run.objective).filter((one) => typeof one === "number");
  const most = Math.max(lower, upper ?? 0, ...solved);
  const least = Math.min(lower, ...solved);
  const place = (/** @type {number} */ value) => (100 * (value - least)) / (most - least || 1);
  const end = place(upper ?? most);
  const style = { left: `${place(lower)}%`, width: `${Math.max(0.6, end - place(lower))}%` };
  return html`<div class="bounds-bar" aria-hidden="true">
      <span class=${upper === null ? "open" : ""} style=${style}></span>
    </div>
    <p class="bounds-ends soft small" aria-hidden="true">
      <span>${formatWeightedWon(least)}</span><span>${formatWeightedWon(most)}</span>
    </p>`;
}
