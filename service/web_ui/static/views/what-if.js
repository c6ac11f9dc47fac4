/** What-if: sliders that change the problem, and the result beside the plan. */

import { renderCard, renderViewHead } from "../lib/components.js";
import { createId, fill, h } from "../lib/dom.js";
import { renderEmpty } from "../lib/feedback.js";
import { formatPercent } from "../lib/format.js";
import { t } from "../lib/i18n.js";
import { renderPlanInfeasibility } from "../lib/infeasibility.js";
import { describeChange } from "./shared/descriptions.js";
import { createSaveControl } from "./shared/save.js";
import { createScenarioForm } from "./shared/scenario-form.js";
import { createCurveCard } from "./what-if/curve.js";
import { createGridCard } from "./what-if/grid.js";
import { WhatIfQuery } from "./what-if/query.js";
import {
  buildChanges,
  buildSliders,
  readActiveFactors,
  readExtraChanges,
} from "./what-if/sliders.js";

export default {
  id: "what-if",
  title: "nav.what-if",
  /** @param {HTMLElement} root @param {ViewContext} context @returns {Promise<(() => void)|void>} */
  async show(root, context) {
    const problemIndex = await context.loadProblemIndex();
    if (context.signal.aborted) return undefined;
    const panel = new WhatIfPanel(context, problemIndex);
    fill(root, panel.renderElements());
    if (!panel.runQuery(true)) panel.query.warmUp();
    return () => panel.query.cancel();
  },
};

/** The sliders and their result. */
class WhatIfPanel {
  /** @param {ViewContext} context @param {ProblemIndex} problemIndex */
  constructor(context, problemIndex) {
    this.context = context;
    this.problemIndex = problemIndex;
    this.sliders = buildSliders(problemIndex.problem);
    this.activeFactors = readActiveFactors(context.params, this.sliders);
    this.extraChanges = readExtraChanges(context.params);
    const label = t("what-if.result");
    this.resultFrame = h("section", { class: "card result-card", "aria-label": label });
    this.extraChangesFrame = h("div", {});
    this.saveCard = this.renderSaveCard();
    this.curveCard = createCurveCard(context, problemIndex, this.sliders);
    this.gridCard = createGridCard(context, problemIndex, this.sliders);
    this.query = new WhatIfQuery(context, problemIndex, this.resultFrame);
    /** @type {Map<string, {input: HTMLInputElement, output: HTMLOutputElement}>} */
    this.controls = new Map();
  }

  renderElements() {
    const form = this.renderForm();
    const left = h("div", {}, form, this.saveCard);
    return [
      renderViewHead(t("nav.what-if"), t("what-if.lead")),
      h(
        "div",
        { class: "what-if" },
        left,
        h("div", {}, this.resultFrame, this.curveCard, this.gridCard),
      ),
    ];
  }

  renderForm() {
    const general = this.sliders.filter((slider) => !slider.where);
    const byArea = this.sliders.filter((slider) => slider.where);
    const reset = () => this.reset();
    this.renderExtraChanges();
    return h(
      "form",
      {
        class: "card sliders",
        "aria-label": t("what-if.sliders"),
        on: { submit: (/** @type {Event} */ event) => event.preventDefault() },
      },
      this.extraChangesFrame,
      general.map((slider) => this.renderSlider(slider, t(`slider.${slider.id}`))),
      byArea.length > 0 &&
        h(
          "details",
          { open: byArea.some(({ id }) => this.activeFactors.has(id)) },
          h("summary", {}, t("what-if.by-area")),
          byArea.map((slider) =>
            this.renderSlider(slider, this.problemIndex.getName(slider.where ?? "")),
          ),
        ),
      h(
        "div",
        { class: "buttons" },
        h(
          "button",
          { type: "button", class: "button small", on: { click: reset } },
          t("what-if.reset"),
        ),
      ),
    );
  }

  /** @param {Slider} slider @param {string} label @returns {HTMLElement} */
  renderSlider(slider, label) {
    const factor = this.activeFactors.get(slider.id) ?? 1;
    const id = createId("slider");
    const output = h("output", { class: "number", for: id }, formatPercent(factor));
    const input = h("input", {
      id,
      type: "range",
      min: "0",
      max: String(Math.round(slider.max * 100)),
      step: "1",
      value: String(Math.round(factor * 100)),
      name: slider.id,
      "aria-valuetext": formatPercent(factor),
    });
    input.addEventListener("input", () => this.handleSlider(slider.id));
    this.controls.set(slider.id, { input, output });
    return h("div", { class: "slider" }, h("label", { for: id }, label), output, input);
  }

  /** @param {string} id */
  handleSlider(id) {
    const control = this.controls.get(id);
    if (!control) return;
    const factor = Number(control.input.value) / 100;
    this.showFactor(id, factor);
    if (factor === 1) this.activeFactors.delete(id);
    else this.activeFactors.set(id, factor);
    this.context.updateParams({ [id]: factor === 1 ? null : factor });
    this.runQuery();
  }

  /** @param {string} id @param {number} factor */
  showFactor(id, factor) {
    const control = this.controls.get(id);
    if (!control) return;
    control.input.value = String(Math.round(factor * 100));
    control.input.setAttribute("aria-valuetext", formatPercent(factor));
    control.output.textContent = formatPercent(factor);
  }

  /** @returns {Change[]} */
  collectChanges() {
    return [...this.extraChanges, ...buildChanges(this.activeFactors, this.sliders)];
  }

  /** @param {boolean} [isImmediate] @returns {boolean} whether there is anything to query */
  runQuery(isImmediate = false) {
    const changes = this.collectChanges();
    this.saveCard.hidden = changes.length === 0;
    if (changes.length) this.query.run(changes, isImmediate);
    else {
      this.query.cancel();
      fill(
        this.resultFrame,
        renderPlanInfeasibility(this.context.plan),
        renderEmpty(t("what-if.no-changes"), t("what-if.no-changes-text")),
      );
    }
    return changes.length > 0;
  }

  renderSaveCard() {
    const getChanges = () => this.collectChanges();
    const card = renderCard(
      t("save.title"),
      h("p", { class: "soft small" }, t("save.text")),
      createSaveControl(this.context, getChanges),
      createScenarioForm(this.context, getChanges),
    );
    card.hidden = true;
    return card;
  }

  renderExtraChanges() {
    const label = t("what-if.extra-changes");
    const items = this.extraChanges.map((change, k) => {
      const name = describeChange(this.problemIndex, change);
      const button = {
        type: "button",
        class: "button small",
        "aria-label": t("what-if.remove", { change: name }),
        on: { click: () => this.removeExtraChange(k) },
      };
      return h("li", {}, h("span", {}, name), h("button", button, "×"));
    });
    const list = h("ul", { class: "extra-changes", "aria-label": label }, items);
    fill(this.extraChangesFrame, items.length > 0 && list);
  }

  /** @param {number} position */
  removeExtraChange(position) {
    this.extraChanges.splice(position, 1);
    const changes = this.extraChanges.length ? JSON.stringify(this.extraChanges) : null;
    this.context.updateParams({ changes });
    this.renderExtraChanges();
    this.runQuery();
  }

  reset() {
    this.activeFactors.clear();
    this.extraChanges = [];
    /** @type {Record<string, null>} */
    const cleared = { changes: null };
    for (const id of this.controls.keys()) {
      this.showFactor(id, 1);
      cleared[id] = null;
    }
    this.context.updateParams(cleared);
    this.renderExtraChanges();
    this.runQuery();
  }
}
