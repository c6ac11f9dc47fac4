/** Asking what if: what prices foretell at once, then solved again; one question at a time, answers kept. */

import { fill, h } from "../../lib/dom.js";
import { number } from "../../lib/format.js";
import { t } from "../../lib/i18n.js";
import { announce, failure } from "../../lib/feedback.js";
import { whole } from "../shared/comparison.js";
import { changeName } from "../shared/descriptions.js";
import { foretold, why } from "./estimate.js";

const MOMENT = 80;
const PAUSE = 300;

const pause = (milliseconds) => new Promise((wake) => setTimeout(wake, milliseconds));

/** Questions about one plan. */
export class Asking {
  /**
   * @param {object} context the view's
   * @param {import("../../lib/problem-index.js").Atlas} atlas the problem
   * @param {HTMLElement} place where answers are shown
   */
  constructor(context, atlas, place) {
    this.context = context;
    this.atlas = atlas;
    this.place = place;
    this.known = new Map();
    this.running = null;
    this.path = `/v1/plans/${encodeURIComponent(context.plan.id)}`;
  }

  /** Ask after a moment; a question before it is given up, here and in the service. @param {object[]} changes the changes @param {boolean} [atOnce] without waiting for more */
  ask(changes, atOnce = false) {
    this.stop();
    const key = JSON.stringify(changes);
    if (this.known.has(key)) {
      this.show(changes, this.known.get(key));
      return;
    }
    this.running = new AbortController();
    this.send(changes, key, this.running.signal, atOnce ? 0 : 1);
  }

  /** Have the plan held open before the first question comes; nothing is said where that does not succeed. */
  prepare() {
    if (this.context.plan.outcome !== "optimal") return;
    this.context.api
      .get(`${this.path}/prices?leading=0&limit=1`, this.context.signal)
      .catch(() => {});
  }

  /** Give up what is being asked. */
  stop() {
    this.running?.abort();
    clearInterval(this.clock);
    this.place.removeAttribute("aria-busy");
  }

  async send(changes, key, signal, waits) {
    const begun = performance.now();
    try {
      await pause(waits * MOMENT);
      if (signal.aborted) return;
      this.wait();
      const found = await this.context.api.post(`${this.path}/estimate`, { changes }, { signal });
      if (signal.aborted) return;
      this.tell(found);
      await pause(waits * Math.max(0, PAUSE - (performance.now() - begun)));
      if (signal.aborted) return;
      const answer = await this.context.api.post(
        `${this.path}/${changes.length > 1 ? "compare" : "what-if"}`,
        { changes },
        { signal },
      );
      if (signal.aborted) return;
      const told = { answer, found, seconds: (performance.now() - begun) / 1000 };
      this.known.set(key, told);
      this.stop();
      this.show(changes, told);
    } catch (error) {
      if (signal.aborted) return;
      this.stop();
      fill(
        this.place,
        failure(error, () => this.ask(changes, true)),
      );
    }
  }

  wait() {
    const begun = Date.now();
    const said = h("p", { class: "soft" }, t("what-if.solving"));
    this.bar = h(
      "div",
      { class: "asking" },
      h("div", {}),
      said,
      h("div", { class: "meter endless", "aria-hidden": "true" }, h("span", {})),
    );
    for (const old of this.place.querySelectorAll(".asking, .state")) old.remove();
    this.place.prepend(this.bar);
    this.place.setAttribute("aria-busy", "true");
    this.clock = setInterval(() => {
      said.textContent = t("what-if.since", { n: Math.round((Date.now() - begun) / 1000) });
    }, 1000);
  }

  tell(found) {
    const shown = foretold(found);
    this.place.querySelector(".answer")?.remove();
    this.place.querySelector(".answer-head")?.remove();
    fill(this.bar.firstElementChild, shown);
    announce(shown.textContent);
  }

  show(changes, { answer, found, seconds }) {
    const say = (name, k) => (changes[k] ? changeName(this.atlas, changes[k]) : name);
    const head = h(
      "div",
      { class: "answer-head" },
      h("h2", {}, t("what-if.beside")),
      h("span", { class: "tag good" }, t("what-if.verified", { n: number(seconds) })),
    );
    fill(
      this.place,
      head,
      h(
        "ul",
        { class: "asked" },
        changes.map((change) => h("li", {}, h("strong", {}, changeName(this.atlas, change)))),
      ),
      whole(answer, this.atlas, { say, why: why(found, answer, this.atlas) }),
    );
    announce(`${head.textContent}: ${this.place.querySelector(".beside").textContent}`);
  }
}
