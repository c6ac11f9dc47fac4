/** The province on a map: counties, links, gateways and neighbours, month by month. */

import { fill, h } from "../lib/dom.js";
import { announce } from "../lib/feedback.js";
import { watch } from "../lib/theme.js";
import { draw, NARROW } from "./map/drawing.js";
import { MapData, MEASURES } from "./map/map-data.js";
import { legend } from "./map/legend.js";
import { panel } from "./map/side-panel.js";
import { MonthSlider } from "./map/month-slider.js";
import { tables } from "./map/tables.js";

export default {
  id: "map",
  title: "nav.map",
  async show(root, context) {
    const data = await MapData.load(context);
    const view = new MapView(root, context, data);
    view.build();
    return watch(() => view.paint());
  },
};

class MapView {
  constructor(root, context, data) {
    this.root = root;
    this.context = context;
    this.data = data;
    const { params } = context;
    this.state = {
      measure: MEASURES.includes(params.get("measure")) ? params.get("measure") : "served",
      month: data.atlas.periods.includes(params.get("month")) ? params.get("month") : null,
      item: data.atlas.items.has(params.get("item")) ? params.get("item") : null,
      county: data.atlas.counties.has(params.get("county")) ? params.get("county") : null,
    };
  }

  build() {
    const { t } = this.context;
    this.drawn = h("div", { class: "map-drawn" });
    this.legend = h("div", { class: "map-legend" });
    this.side = h("aside", { class: "card map-side", "aria-label": t("map.about") });
    this.title = h("p", { class: "lead", "aria-live": "polite" });
    this.slider = new MonthSlider(
      this.context,
      this.data.atlas.periods,
      this.state.month,
      (month) => this.set({ month }),
    );
    fill(
      this.root,
      h(
        "header",
        { class: "head" },
        h("div", {}, h("h1", { tabindex: "-1" }, t("map.title")), this.title),
        h("div", { class: "controls" }, this.goods(), this.measures()),
      ),
      h(
        "div",
        { class: "map" },
        h(
          "section",
          { class: "card map-card", "aria-label": t("map.title") },
          this.drawn,
          this.slider.element,
          this.legend,
        ),
        this.side,
      ),
      (this.tables = h("details", { class: "card" })),
    );
    this.paint();
    this.tell();
    const sizes = new ResizeObserver(
      () => this.drawn.clientWidth < NARROW !== this.narrow && this.paint(),
    );
    sizes.observe(this.drawn);
    this.context.signal.addEventListener("abort", () => sizes.disconnect());
  }

  measures() {
    const { t } = this.context;
    const option = (name) => {
      const radio = h("input", {
        type: "radio",
        name: "measure",
        value: name,
        checked: name === this.state.measure,
        on: { change: () => this.set({ measure: name }) },
      });
      return h("label", {}, radio, t(`map.measure.${name}`));
    };
    return h(
      "fieldset",
      {},
      h("legend", {}, t("map.colour-by")),
      h("div", { class: "segments" }, MEASURES.map(option)),
    );
  }

  goods() {
    const { t, named, or } = this.context;
    const groups = this.data.atlas.goodsByCategory().map(([category, items]) =>
      h(
        "optgroup",
        { label: or(`category.${category}`, category) },
        items.map((item) =>
          h("option", { value: item.id, selected: item.id === this.state.item }, named(item)),
        ),
      ),
    );
    const pick = h(
      "select",
      { on: { change: () => this.set({ item: pick.value || null }) } },
      h("option", { value: "" }, t("map.all-goods")),
      groups,
    );
    return h("label", { class: "field map-goods" }, h("span", {}, t("map.goods")), pick);
  }

  set(changed) {
    const county = "county" in changed && changed.county !== this.state.county;
    Object.assign(this.state, changed);
    this.context.update(changed, county);
    this.paint();
    this.tell(county);
  }

  paint() {
    const focused = document.activeElement?.dataset?.place;
    const width = this.drawn.clientWidth || 800;
    this.narrow = width < NARROW;
    const pick = (county) => this.set({ county: county === this.state.county ? null : county });
    fill(
      this.drawn,
      draw(this.data, this.state, this.context, pick, width, Math.max(380, innerHeight - 330)),
    );
    fill(this.legend, legend(this.data, this.state, this.context));
    fill(this.tables, tables(this.data, this.state, this.context));
    if (focused) this.drawn.querySelector(`[data-place="${CSS.escape(focused)}"]`)?.focus();
    const { t, format } = this.context;
    const when = this.state.month ? format.period(this.state.month, "long") : t("map.whole-year");
    const total = this.data.provinceFigure(this.state);
    fill(
      this.title,
      t(`map.said.${this.state.measure}`, {
        when,
        figure: total,
        goods: this.state.item ? this.data.atlas.name(this.state.item) : t("map.said-all"),
      }),
    );
  }

  async tell(moved = false) {
    await panel(this.side, this.data, this.state, this.context, (county) => this.set({ county }));
    if (moved && this.state.county) announce(this.data.atlas.name(this.state.county));
  }
}
