/** What-if queries: first an estimate, then the re-solved result. Only one query runs at a time. */

import { fill, h } from "../../lib/dom.js";
import { announce, renderFailure } from "../../lib/feedback.js";
import { formatNumber } from "../../lib/format.js";
import { t } from "../../lib/i18n.js";
import { hasFigures, renderComparison } from "../shared/comparison.js";
import { describeChange } from "../shared/descriptions.js";
import { needsCoarseEstimate, renderEstimate, renderExplanation } from "./estimate.js";

/** Time between a slider's last move and the estimate. */
const DEBOUNCE_MS = 80;

/** Shortest time between a slider's last move and re-solving. */
const SOLVE_DELAY_MS = 300;

/** @param {number} milliseconds @returns {Promise<void>} */
const delay = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/**
 * @typedef {object} WhatIfResult
 * @property {Comparison} comparison the re-solved result
 * @property {ObjectiveEstimate|null} estimate the estimate; null for a plan that ended infeasible
 * @property {number} seconds time from the query to the result
 */

/** What-if queries about one plan. */
export class WhatIfQuery {
  /**
   * @param {ViewContext} context context of the view
   * @param {ProblemIndex} problemIndex the problem
   * @param {HTMLElement} frame element that shows the results
   */
  constructor(context, problemIndex, frame) {
    this.context = context;
    this.problemIndex = problemIndex;
    this.frame = frame;
    this.path = `/v1/plans/${encodeURIComponent(context.plan.id)}`;
    /** @type {Map<string, WhatIfResult>} */
    this.results = new Map();
    /** @type {AbortController|null} */
    this.abortController = null;
    /** @type {ReturnType<typeof setInterval>|undefined} */
    this.clock = undefined;
    this.estimateFrame = h("div", {});
  }

  /**
   * Run a query. A query that is still running is cancelled, on the page and in the service.
   * @param {Change[]} changes the changes
   * @param {boolean} [isImmediate] whether to run without waiting for further changes
   */
  run(changes, isImmediate = false) {
    this.cancel();
    const key = JSON.stringify(changes);
    const known = this.results.get(key);
    if (known) {
      this.showResult(changes, known);
      return;
    }
    this.abortController = new AbortController();
    this.sendQuery(changes, key, this.abortController.signal, isImmediate);
  }

  /** Make the service load the plan before the first query. A failure has no effect. */
  warmUp() {
    if (this.context.plan.outcome !== "optimal") return;
    const path = `${this.path}/shadow-prices?with_ranges=0&max_results=1`;
    this.context.api.fetchJson(path, this.context.signal).catch(() => {});
  }

  /** Cancel the running query. */
  cancel() {
    this.abortController?.abort();
    clearInterval(this.clock);
    this.frame.removeAttribute("aria-busy");
  }

  /** @param {Change[]} changes @param {string} key @param {AbortSignal} signal @param {boolean} isImmediate */
  async sendQuery(changes, key, signal, isImmediate) {
    const start = performance.now();
    const waits = isImmediate ? 0 : 1;
    try {
      await delay(waits * DEBOUNCE_MS);
      if (signal.aborted) return;
      this.showProgress();
      const { api } = this.context;
      const isInfeasible = this.context.plan.outcome === "infeasible";
      /** @type {ObjectiveEstimate|null} */
      const estimate = isInfeasible
        ? null
        : await api.postJson(`${this.path}/estimate`, { changes }, { signal });
      if (signal.aborted) return;
      if (estimate) {
        this.showEstimate(estimate);
        await this.refineEstimate(estimate, changes, signal);
        if (signal.aborted) return;
      }
      await delay(waits * Math.max(0, SOLVE_DELAY_MS - (performance.now() - start)));
      if (signal.aborted) return;
      const path = `${this.path}/${changes.length > 1 ? "compare" : "what-if"}`;
      const comparison = await api.postJson(path, { changes }, { signal });
      if (signal.aborted) return;
      const result = { comparison, estimate, seconds: (performance.now() - start) / 1000 };
      this.results.set(key, result);
      this.cancel();
      this.showResult(changes, result);
    } catch (error) {
      if (signal.aborted) return;
      this.cancel();
      const retry = () => this.run(changes, true);
      fill(this.frame, renderFailure(error, retry));
    }
  }

  /**
   * Show an estimate in longer periods as well, where solving takes long.
   * @param {ObjectiveEstimate} estimate @param {Change[]} changes @param {AbortSignal} signal
   */
  async refineEstimate(estimate, changes, signal) {
    const { api, plan } = this.context;
    if (!needsCoarseEstimate(plan, estimate)) return;
    const body = { changes, coarse: true };
    const refined = await api.postJson(`${this.path}/estimate`, body, { signal });
    if (!signal.aborted && refined.coarse) this.showEstimate(refined);
  }

  showProgress() {
    const start = Date.now();
    const text = h("p", { class: "soft" }, t("what-if.solving"));
    const meter = h("div", { class: "meter endless", "aria-hidden": "true" }, h("span", {}));
    this.estimateFrame = h("div", {});
    for (const old of this.frame.querySelectorAll(".query-progress, .state")) old.remove();
    this.frame.prepend(h("div", { class: "query-progress" }, this.estimateFrame, text, meter));
    this.frame.setAttribute("aria-busy", "true");
    this.clock = setInterval(() => {
      const seconds = Math.round((Date.now() - start) / 1000);
      text.textContent = t("what-if.solving-since", { n: seconds });
    }, 1000);
  }

  /** @param {ObjectiveEstimate} estimate */
  showEstimate(estimate) {
    const element = renderEstimate(estimate);
    this.frame.querySelector(".comparison")?.remove();
    this.frame.querySelector(".result-head")?.remove();
    fill(this.estimateFrame, element);
    announce(element.textContent);
  }

  /** @param {Change[]} changes @param {WhatIfResult} result */
  showResult(changes, { comparison, estimate, seconds }) {
    const names = changes.map((change) => describeChange(this.problemIndex, change));
    const head = h(
      "div",
      { class: "result-head" },
      h("h2", {}, t("what-if.result")),
      h("span", { class: "tag good" }, t("what-if.verified", { n: formatNumber(seconds) })),
    );
    const list = h(
      "ul",
      { class: "applied-changes" },
      names.map((name) => h("li", {}, h("strong", {}, name))),
    );
    const explanation =
      estimate && hasFigures(comparison)
        ? renderExplanation(estimate, comparison, this.problemIndex)
        : null;
    /** @param {string} name @param {number} k */
    const nameStep = (name, k) => names[k] ?? name;
    const details = renderComparison(comparison, this.problemIndex, {
      plan: this.context.plan,
      nameStep,
      explanation,
    });
    fill(this.frame, head, list, details);
    const figures = details.querySelector(".before-after, .no-plan .outcome")?.textContent ?? "";
    announce(`${head.textContent}: ${figures}`);
  }
}
