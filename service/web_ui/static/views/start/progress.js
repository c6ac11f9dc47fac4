/** A plan being made: stage, share, iterations, and an end to it. */

import { fill, h } from "../../lib/dom.js";
import { announce } from "../../lib/feedback.js";

/** Follows one plan by its events. */
export class Progress {
  /**
   * @param {import("../../lib/router.js").Context} context of the view
   * @param {object} plan the plan's view
   */
  constructor(context, plan) {
    this.context = context;
    this.plan = plan;
    this.ending = new AbortController();
    context.signal.addEventListener("abort", () => this.end());
    const { t } = context;
    this.stage = h("p", { class: "stage", role: "status" }, t("start.stage.queued"));
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
    this.stop = h(
      "button",
      { type: "button", class: "button small", on: { click: () => this.cancel() } },
      t("start.cancel"),
    );
    this.element = h(
      "section",
      { class: "card progress" },
      h("h2", {}, t("start.progress")),
      this.stage,
      this.meter,
      h("div", { class: "figure-head" }, this.detail, this.stop),
    );
  }

  /** Follow it. @returns {Promise<object|null>} the plan's view when it has ended; null if the view was left */
  async run() {
    const { api } = this.context;
    const ticking = setInterval(() => this.tick(), 1000);
    try {
      await api.follow(this.plan.id, (event) => this.told(event), this.ending.signal);
    } finally {
      clearInterval(ticking);
    }
    return this.ending.signal.aborted ? null : api.get(`/v1/plans/${this.plan.id}`);
  }

  /** Follow it no more. */
  end() {
    this.ending.abort();
  }

  told({ kind, data }) {
    const { or, t } = this.context;
    if (kind === "finished") return;
    const stage = kind === "progress" ? data.stage : kind;
    const text = kind === "cancelling" ? t("start.cancelling") : or(`start.stage.${stage}`, stage);
    if (this.stage.textContent !== text) fill(this.stage, text);
    this.last = data;
    this.tick();
  }

  tick() {
    const { t, format } = this.context;
    const told = this.last ?? {};
    const seconds = Math.max(0, Math.round((Date.now() - new Date(this.plan.created)) / 1000));
    const parts = [t("start.since", { n: format.number(seconds) })];
    if (told.iteration) parts.push(t("start.iteration", { n: format.number(told.iteration) }));
    if (typeof told.share_done === "number")
      parts.push(t("start.done", { share: format.share(told.share_done) }));
    fill(this.detail, parts.join(" · "));
    const known = typeof told.share_done === "number";
    this.meter.classList.toggle("endless", !known);
    if (!known) return;
    this.share.style.width = `${told.share_done * 100}%`;
    this.meter.setAttribute("aria-valuenow", String(Math.round(told.share_done * 100)));
  }

  async cancel() {
    this.stop.disabled = true;
    announce(this.context.t("start.cancelling"));
    try {
      await this.context.api.remove(`/v1/plans/${this.plan.id}`);
    } catch (error) {
      if (error.status !== 409) throw error; // it has just ended by itself
    }
  }
}
