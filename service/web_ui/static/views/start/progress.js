/** Progress of a plan: stage, share done, iterations, and a button to cancel. */

import { ApiError } from "../../lib/api.js";
import { renderCard } from "../../lib/components.js";
import { fill, h } from "../../lib/dom.js";
import { announce } from "../../lib/feedback.js";
import { formatNumber, formatShare } from "../../lib/format.js";
import { t, textOr } from "../../lib/i18n.js";

const CONFLICT = 409;

/** Follows one plan by its events. */
export class Progress {
  /**
   * @param {ViewContext} context context of the view
   * @param {Plan} plan the plan
   */
  constructor(context, plan) {
    this.context = context;
    this.plan = plan;
    this.abortController = new AbortController();
    context.signal.addEventListener("abort", () => this.stop());
    /** @type {PlanEvent["data"]} */
    this.lastProgress = {};
    this.stageText = t("start.stage.queued");
    this.stage = h("p", { class: "stage", role: "status" }, this.stageText);
    this.detail = h("p", { class: "soft small progress-detail" });
    this.share = h("span");
    this.meter = h(
      "div",
      {
        class: "meter endless",
        role: "progressbar",
        "aria-label": t("start.progress"),
        "aria-valuemin": 0,
        "aria-valuemax": 100,
      },
      this.share,
    );
    const cancel = () => this.cancel();
    this.cancelButton = h(
      "button",
      { type: "button", class: "button small", on: { click: cancel } },
      t("start.cancel"),
    );
    const foot = h("div", { class: "figure-head" }, this.detail, this.cancelButton);
    this.estimate = h("div", {});
    this.element = renderCard(t("start.progress"), this.stage, this.meter, this.estimate, foot);
    this.element.classList.add("progress");
  }

  /**
   * Follow the plan.
   * @returns {Promise<Plan|null>} the plan after it ended; null if the user left the view
   */
  async run() {
    const { api } = this.context;
    const { signal } = this.abortController;
    const timer = setInterval(() => this.updateDetail(), 1000);
    try {
      await api.followPlanEvents(
        this.plan.id,
        (event) => this.handleEvent(event),
        signal,
        (isConnected) => this.handleConnection(isConnected),
      );
    } finally {
      clearInterval(timer);
    }
    return signal.aborted ? null : api.fetchJson(`/v1/plans/${this.plan.id}`);
  }

  /** @param {boolean} isConnected whether the service answers again */
  handleConnection(isConnected) {
    if (isConnected) fill(this.stage, this.stageText);
    else if (this.stage.textContent !== t("start.lost")) fill(this.stage, t("start.lost"));
    this.cancelButton.disabled = !isConnected;
  }

  /** Stop following the plan. */
  stop() {
    this.abortController.abort();
  }

  /** @param {PlanEvent} event */
  handleEvent({ kind, data }) {
    if (kind === "finished") return;
    if (kind === "estimate") {
      this.showEstimate(/** @type {any} */ (data));
      return;
    }
    const stage = kind === "progress" ? (data.stage ?? kind) : kind;
    const text =
      kind === "cancelling" ? t("start.cancelling") : textOr(`start.stage.${stage}`, stage);
    this.stageText = text;
    if (this.stage.textContent !== text) fill(this.stage, text);
    this.lastProgress = data;
    this.updateDetail();
  }

  /** @param {PlanEstimate} estimate figures by year, until the card gives way to the result */
  async showEstimate(estimate) {
    const { renderPlanEstimate } = await import("./plan-estimate.js");
    const element = await renderPlanEstimate(estimate);
    if (this.abortController.signal.aborted) return;
    fill(this.estimate, element);
    announce(element.textContent);
  }

  updateDetail() {
    const { iteration, share_done: share } = this.lastProgress;
    const elapsed = (Date.now() - Date.parse(this.plan.created)) / 1000;
    const seconds = Math.max(0, Math.round(elapsed));
    const parts = [t("start.elapsed", { n: formatNumber(seconds) })];
    if (iteration) parts.push(t("start.iteration", { n: formatNumber(iteration) }));
    if (typeof share === "number") parts.push(t("start.done", { share: formatShare(share) }));
    fill(this.detail, parts.join(" · "));
    this.meter.classList.toggle("endless", typeof share !== "number");
    if (typeof share !== "number") return;
    this.share.style.width = `${share * 100}%`;
    this.meter.setAttribute("aria-valuenow", String(Math.round(share * 100)));
  }

  async cancel() {
    this.cancelButton.disabled = true;
    announce(t("start.cancelling"));
    try {
      await this.context.api.deleteResource(`/v1/plans/${this.plan.id}`);
    } catch (error) {
      const hasEnded = error instanceof ApiError && error.status === CONFLICT;
      if (!hasEnded) throw error;
    }
  }
}
