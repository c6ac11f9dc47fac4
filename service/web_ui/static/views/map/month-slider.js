/** A slider for the months of a plan, with a button that plays them one after another. */

import { fill, h } from "../../lib/dom.js";
import { formatPeriod } from "../../lib/format.js";
import { t } from "../../lib/i18n.js";

const PLAY_INTERVAL_MS = 1100;

/** A slider whose first position is the whole plan. */
export class MonthSlider {
  /**
   * @param {AbortSignal} signal signal of the view: stops playing
   * @param {string[]} months periods of the plan
   * @param {string|null} month selected month; null for the whole plan
   * @param {(month: string|null) => void} onChange called with the selected month
   */
  constructor(signal, months, month, onChange) {
    /** @type {(string|null)[]} */
    this.positions = [null, ...months];
    this.onChange = onChange;
    /** @type {ReturnType<typeof setInterval>|null} */
    this.timer = null;
    this.input = h("input", {
      type: "range",
      min: 0,
      max: months.length,
      step: 1,
      value: this.positions.indexOf(month),
      "aria-label": t("map.month"),
      on: { input: () => this.handleInput() },
    });
    const togglePlay = () => this.togglePlay();
    const props = { type: "button", class: "button small map-play", on: { click: togglePlay } };
    this.button = h("button", props);
    this.output = h("output", { class: "map-month" });
    const ticks = this.positions.map((position) =>
      h("span", {}, position ? formatPeriod(position) : t("map.all")),
    );
    const track = h("div", { class: "map-ticks", "aria-hidden": "true" }, ticks);
    this.element = h(
      "div",
      { class: "map-slider" },
      this.button,
      h("div", { class: "map-track" }, this.input, track),
      this.output,
    );
    signal.addEventListener("abort", () => this.stop());
    this.updateLabel();
  }

  /** @returns {string|null} */
  getMonth() {
    return this.positions[Number(this.input.value)];
  }

  /** @param {string|null} month month to show; null for the whole plan */
  select(month) {
    this.input.value = String(this.positions.indexOf(month));
    this.updateLabel();
  }

  updateLabel() {
    const month = this.getMonth();
    const text = month ? formatPeriod(month, "long") : t("map.whole-plan");
    fill(this.output, text);
    this.input.setAttribute("aria-valuetext", text);
    fill(this.button, t(this.timer ? "map.pause" : "map.play"));
  }

  handleInput() {
    this.updateLabel();
    this.onChange(this.getMonth());
  }

  togglePlay() {
    if (this.timer) this.stop();
    else {
      this.timer = setInterval(() => this.advance(), PLAY_INTERVAL_MS);
      this.advance();
    }
    this.updateLabel();
  }

  stop() {
    if (this.timer) clearInterval(this.timer);
    this.timer = null;
  }

  advance() {
    const next = (Number(this.input.value) + 1) % this.positions.length;
    this.input.value = String(next);
    if (next === 0) this.stop();
    this.handleInput();
  }
}
