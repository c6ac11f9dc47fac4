/** Year: served shares and shortages, electricity, sources of goods, flows from origins to counties, and quality. */

import { renderField, renderSegments, renderViewHead } from "../lib/components.js";
import { fill, h } from "../lib/dom.js";
import { renderFailure, renderLoading } from "../lib/feedback.js";
import { loadComparedPlan } from "../lib/compared-plan.js";
import { t } from "../lib/i18n.js";
import { chooseYearPart } from "../lib/view-list.js";
import { watchTheme } from "../lib/theme.js";

/** @typedef {() => unknown} Repaint paints a part again after the theme changed */
/** @typedef {{showPart: (body: HTMLElement, year: YearView) => Promise<Repaint|null>}} PartModule */

/** @type {Record<string, () => Promise<PartModule>>} */
const PARTS = {
  goods: () => import("./year/goods.js"),
  power: () => import("./year/power.js"),
  sources: () => import("./year/sources.js"),
  flows: () => import("./year/flows.js"),
  quality: () => import("./year/quality.js"),
};

export default {
  id: "year",
  title: "nav.year",
  /** @param {HTMLElement} root @param {ViewContext} context */
  async show(root, context) {
    const problemIndex = await context.loadProblemIndex();
    const view = new YearView(root, context, problemIndex);
    await view.show();
    return watchTheme(() => view.repaint?.());
  },
};

/** What the parts share: the selection of county, goods and month in the URL. */
export class YearView {
  /** @param {HTMLElement} root @param {ViewContext} context @param {ProblemIndex} problemIndex */
  constructor(root, context, problemIndex) {
    this.root = root;
    this.context = context;
    this.problemIndex = problemIndex;
    this.part = chooseYearPart(context.params);
    this.body = h("div", { class: "year-body" });
    this.lead = h("span");
    /** @type {Repaint|null} */
    this.repaint = null;
    /** @type {Promise<import("../lib/compared-plan.js").ComparedPlan|null>|null} */
    this.compared = null;
  }

  /** @returns {Promise<import("../lib/compared-plan.js").ComparedPlan|null>} the plan that the view is compared with; null without one */
  loadComparedPlan() {
    this.compared ??= loadComparedPlan(this.context);
    return this.compared;
  }

  /**
   * Get a selection from the URL.
   * @param {string} name parameter
   * @param {{has: (value: string) => boolean}} values valid values
   * @returns {string|null} the value; null if the parameter is absent or invalid
   */
  getSelected(name, values) {
    const value = this.context.params.get(name);
    return value !== null && values.has(value) ? value : null;
  }

  async show() {
    const parts = renderSegments({
      name: "part",
      legend: t("year.parts"),
      isLegendHidden: true,
      choices: Object.keys(PARTS).map((name) => [name, t(`year.part.${name}`)]),
      selected: this.part,
      onChange: (part) => this.openPart(part),
    });
    fill(this.root, renderViewHead(t("year.title"), this.lead, parts), this.body);
    await this.loadPart();
  }

  /** @param {string} part */
  openPart(part) {
    this.part = part;
    this.context.updateParams({ part }, true);
    return this.loadPart();
  }

  async loadPart() {
    const { part } = this;
    fill(this.lead, t(`year.lead.${part}`));
    fill(this.body, renderLoading());
    this.repaint = null;
    const body = h("div", { class: "year-part" });
    try {
      const module = await PARTS[part]();
      const repaint = await module.showPart(body, this);
      if (part !== this.part) return;
      this.repaint = repaint;
      fill(this.body, body);
    } catch (error) {
      if (this.context.signal.aborted) return;
      const retry = () => this.loadPart();
      fill(this.body, renderFailure(error, retry));
    }
  }

  /**
   * Render a select whose value is in the URL.
   * @param {string} name parameter
   * @param {string} label label
   * @param {Child} options options of the select
   * @param {() => void} onChange called after a change
   * @returns {HTMLElement} the field
   */
  renderSelect(name, label, options, onChange) {
    const select = h("select", { name }, options);
    select.value = this.context.params.get(name) ?? "";
    if (select.selectedIndex < 0) select.selectedIndex = 0;
    select.addEventListener("change", () => {
      this.context.updateParams({ [name]: select.value || null });
      onChange();
    });
    return renderField(label, select);
  }

  /**
   * Render a choice among few values, which is in the URL.
   * @param {string} name parameter
   * @param {string} legend legend
   * @param {[string, string][]} choices values and texts; the first is the default
   * @param {() => void} onChange called after a change
   * @returns {HTMLElement} the field set
   */
  renderSegments(name, legend, choices, onChange) {
    const selected = this.context.params.get(name) ?? choices[0][0];
    return renderSegments({
      name,
      legend,
      choices,
      selected,
      onChange: (value) => {
        this.context.updateParams({ [name]: value });
        onChange();
      },
    });
  }
}
