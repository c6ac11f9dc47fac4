/** Asking what if: after a pause, one question at a time, answers kept; and why it comes out so. */

import { fill, h } from "../../lib/dom.js";
import { number, won } from "../../lib/format.js";
import { t } from "../../lib/i18n.js";
import { failure } from "../../lib/states.js";
import { whole } from "../answer/show.js";
import { changeName, limitName, worth } from "../answer/words.js";
import { foretell } from "./knobs.js";

const PAUSE = 350;
const SHOWN = 4;

/** Questions about one plan. */
export class Asking {
  /**
   * @param {object} context the view's
   * @param {import("../../lib/problem.js").Atlas} atlas the problem
   * @param {HTMLElement} place where answers are shown
   */
  constructor(context, atlas, place) {
    this.context = context;
    this.atlas = atlas;
    this.place = place;
    this.known = new Map();
    this.running = null;
  }

  /** Ask after a pause; a question before it is given up. @param {object[]} changes the changes @param {number} [wait] milliseconds */
  ask(changes, wait = PAUSE) {
    this.stop();
    const key = JSON.stringify(changes);
    if (this.known.has(key)) {
      this.show(changes, this.known.get(key));
      return;
    }
    this.running = new AbortController();
    const { signal } = this.running;
    this.timer = setTimeout(() => this.send(changes, key, signal), wait);
  }

  /** Give up what is being asked. */
  stop() {
    this.running?.abort();
    clearTimeout(this.timer);
    clearInterval(this.clock);
    this.place.removeAttribute("aria-busy");
  }

  async send(changes, key, signal) {
    this.wait();
    const path = `/v1/plans/${encodeURIComponent(this.context.plan.id)}`;
    const several = changes.length > 1;
    try {
      const [answer, prices] = await Promise.all([
        this.context.api.post(`${path}/${several ? "compare" : "what-if"}`, { changes }, { signal }),
        this.context.api.once(`${path}/prices?leading=0&limit=10000`),
      ]);
      if (signal.aborted) return;
      this.known.set(key, { answer, prices });
      this.stop();
      this.show(changes, { answer, prices });
    } catch (error) {
      if (signal.aborted) return;
      this.stop();
      fill(this.place, failure(error, () => this.ask(changes, 0)));
    }
  }

  wait() {
    const begun = Date.now();
    const said = h("p", { class: "soft" }, t("what-if.solving"));
    const bar = h("div", { class: "asking" }, said, h("div", { class: "meter endless", "aria-hidden": "true" }, h("span", {})));
    this.place.querySelector(".asking, .state")?.remove();
    this.place.prepend(bar);
    this.place.setAttribute("aria-busy", "true");
    this.clock = setInterval(() => { said.textContent = t("what-if.since", { n: Math.round((Date.now() - begun) / 1000) }); }, 1000);
  }

  show(changes, { answer, prices }) {
    const say = (_name, k) => (changes[k] ? changeName(this.atlas, changes[k]) : _name);
    fill(this.place, h("h2", {}, t("what-if.beside")), whole(answer, this.atlas, { say, why: this.why(changes, answer, prices) }));
  }

  why(changes, answer, prices) {
    const told = changes.map((change) => [change, foretell(change, this.atlas, prices.limits)]);
    return h("div", { class: "why" }, told.map(([change, found]) => h("div", {}, h("p", {}, h("strong", {}, changeName(this.atlas, change))), this.reason(change, found, changes.length === 1 ? answer : null))));
  }

  reason(change, found, answer) {
    if (!found) return h("p", {}, t(change.what === "population" ? "why.people" : "why.untold"));
    if (!found.limits.length) return h("p", {}, t("why.no-price"));
    const truth = answer ? answer.objective[1] - answer.objective[0] : null;
    const tightens = truth !== null && Math.abs(truth) > Math.abs(found.foretold) * 1.02;
    return [
      h("p", {}, t(found.foretold >= 0 ? "why.costs" : "why.saves", { won: won(Math.abs(found.foretold)), n: number(found.limits.length) }), tightens ? ` ${t(found.foretold >= 0 ? "why.tighter" : "why.other", { won: won(Math.abs(truth)) })}` : ""),
      h("ul", { class: "said" }, found.limits.slice(0, SHOWN).map((limit) => h("li", {}, `${limitName(this.atlas, limit)}: ${worth(limit.price, limit.unit)}`))),
    ];
  }
}
