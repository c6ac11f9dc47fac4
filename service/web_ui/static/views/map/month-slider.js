/** The months of the plan: one at a time, all together, or played through. */

import { fill, h } from "../../lib/dom.js";

const PACE = 1100;

/** A slider whose first stop is the whole plan. */
export class MonthSlider {
  /**
   * @param {import("../../lib/router.js").Context} context of the view
   * @param {string[]} months the plan's periods
   * @param {string|null} month where it stands; null is the whole plan
   * @param {(month: string|null) => void} changed told where it is moved
   */
  constructor(context, months, month, changed) {
    this.context = context;
    this.stops = [null, ...months];
    this.changed = changed;
    const { t, signal } = context;
    this.input = h("input", {
      type: "range",
      min: 0,
      max: months.length,
      step: 1,
      value: this.stops.indexOf(month),
      "aria-label": t("map.month"),
      on: { input: () => this.moved() },
    });
    this.button = h("button", {
      type: "button",
      class: "button small map-play",
      on: { click: () => this.turn() },
    });
    this.output = h("output", { class: "map-when" });
    const ticks = h(
      "div",
      { class: "map-ticks", "aria-hidden": "true" },
      this.stops.map((stop) => h("span", {}, stop ? context.format.period(stop) : t("map.all"))),
    );
    this.element = h(
      "div",
      { class: "map-slider" },
      this.button,
      h("div", { class: "map-track" }, this.input, ticks),
      this.output,
    );
    signal.addEventListener("abort", () => clearInterval(this.playing));
    this.label();
  }

  label() {
    const { t, format } = this.context;
    const month = this.stops[Number(this.input.value)];
    const text = month ? format.period(month, "long") : t("map.whole-year");
    fill(this.output, text);
    this.input.setAttribute("aria-valuetext", text);
    fill(this.button, this.playing ? t("map.pause") : t("map.play"));
  }

  moved() {
    this.label();
    this.changed(this.stops[Number(this.input.value)]);
  }

  turn() {
    if (this.playing) {
      clearInterval(this.playing);
      this.playing = null;
    } else {
      this.playing = setInterval(() => this.step(), PACE);
      this.step();
    }
    this.label();
  }

  step() {
    this.input.value = String((Number(this.input.value) + 1) % this.stops.length);
    if (this.input.value === "0" && this.playing) this.turn();
    this.moved();
  }
}
