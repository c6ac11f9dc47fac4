/** The year at a glance: served and missing, power, where goods come from, and their ways. */

import { fill, h } from "../lib/dom.js";
import { failure, loading } from "../lib/feedback.js";
import { watch } from "../lib/theme.js";

const PARTS = {
  goods: () => import("./year/goods.js"),
  power: () => import("./year/power.js"),
  sources: () => import("./year/sources.js"),
  flows: () => import("./year/flows.js"),
};

export default {
  id: "year",
  title: "nav.year",
  async show(root, context) {
    const view = new Year(root, context, await context.atlas());
    await view.show();
    return watch(() => view.recolour());
  },
};

/** What the parts share: the choice of county, goods and month, kept in the URL. */
class Year {
  constructor(root, context, atlas) {
    this.root = root;
    this.context = context;
    this.atlas = atlas;
    const { params } = context;
    this.part = params.get("part") in PARTS ? params.get("part") : "goods";
  }

  /** A choice in the URL, if it is one of those there are. */
  chosen(name, there) {
    const value = this.context.params.get(name);
    return value !== null && there.has(value) ? value : null;
  }

  async show() {
    const { t } = this.context;
    const tab = (name) => {
      const radio = h("input", {
        type: "radio",
        name: "part",
        value: name,
        checked: name === this.part,
        on: { change: () => this.turn(name) },
      });
      return h("label", {}, radio, t(`year.part.${name}`));
    };
    this.body = h("div", { class: "year-body" });
    this.lead = h("p", { class: "lead" });
    const parts = h(
      "fieldset",
      {},
      h("legend", { class: "unseen" }, t("year.parts")),
      h("div", { class: "segments" }, Object.keys(PARTS).map(tab)),
    );
    fill(
      this.root,
      h(
        "header",
        { class: "head" },
        h("div", {}, h("h1", { tabindex: "-1" }, t("year.title")), this.lead),
        parts,
      ),
      this.body,
    );
    await this.fill();
  }

  turn(part) {
    this.part = part;
    this.context.update({ part }, true);
    return this.fill();
  }

  async fill() {
    const part = this.part;
    fill(this.lead, this.context.t(`year.lead.${part}`));
    fill(this.body, loading());
    const body = h("div", { class: "year-part" });
    try {
      this.redrawn = null;
      const redrawn = await (await PARTS[part]()).show(body, this);
      if (part !== this.part) return;
      this.redrawn = redrawn;
      fill(this.body, body);
    } catch (error) {
      if (!this.context.signal.aborted)
        fill(
          this.body,
          failure(error, () => this.fill()),
        );
    }
  }

  /** The theme changed: what is not a chart of ECharts is coloured anew. */
  recolour() {
    this.redrawn?.();
  }

  /**
   * A choice of one thing, kept in the URL.
   * @param {string} name its parameter
   * @param {string} label its label
   * @param {Array<[string, string]>|HTMLElement[]} options value and text of each, or elements
   * @param {() => void} changed told when it changes
   * @returns {HTMLElement} the field
   */
  select(name, label, options, changed) {
    const now = this.context.params.get(name) ?? "";
    const elements = options.map((option) =>
      Array.isArray(option) ? h("option", { value: option[0] }, option[1]) : option,
    );
    const pick = h(
      "select",
      {
        name,
        on: {
          change: () => {
            this.context.update({ [name]: pick.value || null });
            changed();
          },
        },
      },
      elements,
    );
    pick.value = now;
    if (pick.selectedIndex < 0) pick.selectedIndex = 0;
    return h("label", { class: "field" }, h("span", {}, label), pick);
  }

  /** A choice among few, side by side. Arguments as for `select`. @returns {HTMLElement} the field */
  segments(name, label, options, changed) {
    const now = this.context.params.get(name) ?? options[0][0];
    const option = ([value, text]) => {
      const pick = () => {
        this.context.update({ [name]: value });
        changed();
      };
      return h(
        "label",
        {},
        h("input", { type: "radio", name, value, checked: value === now, on: { change: pick } }),
        text,
      );
    };
    return h(
      "fieldset",
      {},
      h("legend", {}, label),
      h("div", { class: "segments" }, options.map(option)),
    );
  }

  /** The choice of a county or all. @param {() => void} changed told when it changes @returns {HTMLElement} the field */
  counties(changed) {
    const { t } = this.context;
    return this.select(
      "county",
      t("year.county"),
      [
        ["", t("year.all-counties")],
        ...[...this.atlas.counties.keys()].map((id) => [id, this.atlas.name(id)]),
      ],
      changed,
    );
  }

  /** The choice of an item or all goods. @param {() => void} changed told when it changes @returns {HTMLElement} the field */
  goods(changed) {
    const { t, or } = this.context;
    const groups = this.atlas.goodsByCategory().map(([category, items]) =>
      h(
        "optgroup",
        { label: or(`category.${category}`, category) },
        items.map((item) => h("option", { value: item.id }, this.atlas.name(item.id))),
      ),
    );
    return this.select(
      "item",
      t("year.goods"),
      [h("option", { value: "" }, t("year.all-goods")), ...groups],
      changed,
    );
  }
}
