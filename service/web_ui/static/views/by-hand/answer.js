/** What edits come to: the estimate at once, the verified answer when it is asked for. */

import { renderFailure } from "../../lib/feedback.js";
import { formatNumber } from "../../lib/format.js";
import { t } from "../../lib/i18n.js";
import { useEffect, useRef, useState } from "../../vendor/preact/preact.js";
import { renderComparison } from "../shared/comparison.js";
import { needsCoarseEstimate, renderEstimate } from "../what-if/estimate.js";
import { buildChanges } from "./edits.js";

/** Time between the last edit and its estimate. */
const DEBOUNCE_MS = 150;

/**
 * @typedef {object} Answer
 * @property {HTMLElement|null} estimate the estimate of the present edits, or why there is none
 * @property {HTMLElement|null} verified the verified answer, or why there is none
 * @property {boolean} isVerifying whether the problem is being solved
 * @property {() => void} verify solves the problem with the edits
 * @property {() => void} stop ends that
 */

/**
 * Ask for the estimate of the edits whenever they change.
 * @param {ViewContext} context context of the view
 * @param {ProblemIndex} problemIndex the problem
 * @param {import("./edits.js").Edit[]} edits the edits
 * @returns {Answer} the answer so far
 */
export function useAnswer(context, problemIndex, edits) {
  const [estimate, setEstimate] = useState(/** @type {HTMLElement|null} */ (null));
  const [verified, setVerified] = useState(/** @type {HTMLElement|null} */ (null));
  const [isVerifying, setVerifying] = useState(false);
  const running = useRef(new AbortController());
  const changes = buildChanges(edits);

  const restart = () => {
    running.current.abort();
    running.current = new AbortController();
    setVerifying(false);
    return running.current.signal;
  };
  /**
   * @param {string} name @param {AbortSignal} signal
   * @param {(found: any) => HTMLElement} draw @param {(element: HTMLElement) => void} show
   * @param {{coarse?: boolean}} [options]
   * @returns {Promise<any>} what was found; null after a failure
   */
  const ask = async (name, signal, draw, show, options = {}) => {
    const path = `/v1/plans/${encodeURIComponent(context.plan.id)}/${name}`;
    try {
      const found = await context.api.postJson(path, { changes, ...options }, { signal });
      if (!signal.aborted) show(draw(found));
      return found;
    } catch (error) {
      if (!signal.aborted) show(renderFailure(error));
      return null;
    }
  };
  useEffect(() => {
    setVerified(null);
    setEstimate(null);
    const signal = restart();
    if (!changes.length) return undefined;
    const askEstimate = async () => {
      const found = await ask("estimate", signal, renderFirstEstimate, setEstimate);
      if (!found || signal.aborted || !needsCoarseEstimate(context.plan, found)) return;
      await ask("estimate", signal, renderFirstEstimate, setEstimate, { coarse: true });
    };
    const timer = setTimeout(askEstimate, DEBOUNCE_MS);
    return () => {
      clearTimeout(timer);
      running.current.abort();
    };
  }, [JSON.stringify(changes)]);

  const verify = async () => {
    const signal = restart();
    setVerifying(true);
    const began = performance.now();
    /** @param {Comparison} comparison */
    const draw = (comparison) =>
      renderVerified(comparison, problemIndex, context.plan, performance.now() - began);
    await ask("what-if", signal, draw, setVerified);
    if (!signal.aborted) setVerifying(false);
  };
  return { estimate, verified, isVerifying, verify, stop: restart };
}

/** @param {ObjectiveEstimate} estimate @returns {HTMLElement} */
const renderFirstEstimate = (estimate) =>
  renderEstimate(estimate, { tag: t("by-hand.estimate"), large: t("by-hand.estimate-large") });

/** @param {Comparison} comparison @param {ProblemIndex} problemIndex @param {Plan} plan @param {number} milliseconds @returns {HTMLElement} */
function renderVerified(comparison, problemIndex, plan, milliseconds) {
  const element = renderComparison(comparison, problemIndex, {
    plan,
    nameStep: () => t("by-hand.edits"),
    explanation: null,
  });
  const tag = document.createElement("p");
  const mark = document.createElement("span");
  mark.className = "tag good";
  mark.textContent = t("by-hand.verified", { n: formatNumber(milliseconds / 1000) });
  tag.append(mark);
  element.prepend(tag);
  return element;
}
