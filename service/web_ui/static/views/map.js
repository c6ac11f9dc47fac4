/** Map: counties, links, gateways and neighbours of the province, month by month. */

import { renderField, renderSegments, renderViewHead } from "../lib/components.js";
import { fill, h } from "../lib/dom.js";
import { announce } from "../lib/feedback.js";
import { formatPeriod } from "../lib/format.js";
import { getDisplayName, t, textOr } from "../lib/i18n.js";
import { watchTheme } from "../lib/theme.js";
import { drawMap, NARROW_WIDTH } from "./map/drawing.js";
import { renderMapLegend } from "./map/legend.js";
import { MapData, MEASURES } from "./map/map-data.js";
import { MonthSlider } from "./map/month-slider.js";
import { updateSidePanel } from "./map/side-panel.js";
import { renderMapTables } from "./map/tables.js";

const MIN_HEIGHT = 380;
const HEIGHT_OF_REST = 330;
const DEFAULT_WIDTH = 800;

export default {
  id: "map",
  title: "nav.map",
  /** @param {HTMLElement} root @param {ViewContext} context */
  async show(root, context) {
    const view = new MapView(root, context, await MapData.load(context));
    view.build();
    return watchTheme(() => view.paint());
  },
};

/** The map with its controls, side panel and tables. */
class MapView {
  /** @param {HTMLElement} root @param {ViewContext} context @param {MapData} data */
  constructor(root, context, data) {
    this.root = root;
    this.context = context;
    this.data = data;
    this.state = readState(context.params, data.problemIndex);
    this.isNarrow = false;
    this.drawingFrame = h("div", { class: "map-drawing" });
    this.legend = h("div", { class: "map-legend" });
    this.sidePanel = h("aside", { class: "card map-side", "aria-label": t("map.side-panel") });
    this.lead = h("span", { "aria-live": "polite" });
    this.tables = h("details", { class: "card" });
    const { periods } = data.problemIndex;
    const onChange = (/** @type {string|null} */ month) => this.setState({ month });
    this.slider = new MonthSlider(context.signal, periods, this.state.month, onChange);
  }

  build() {
    const controls = h(
      "div",
      { class: "controls" },
      this.renderGoodsSelect(),
      this.renderMeasures(),
    );
    const map = h(
      "section",
      { class: "card map-card", "aria-label": t("map.title") },
      this.drawingFrame,
      this.slider.element,
      this.legend,
    );
    fill(
      this.root,
      renderViewHead(t("map.title"), this.lead, controls),
      h("div", { class: "map" }, map, this.sidePanel),
      this.tables,
    );
    this.paint();
    this.updatePanel();
    const observer = new ResizeObserver(() => {
      if (this.drawingFrame.clientWidth < NARROW_WIDTH !== this.isNarrow) this.paint();
    });
    observer.observe(this.drawingFrame);
    this.context.signal.addEventListener("abort", () => observer.disconnect());
  }

  renderMeasures() {
    return renderSegments({
      name: "measure",
      legend: t("map.colour-by"),
      choices: MEASURES.map((name) => [name, t(`map.measure.${name}`)]),
      selected: this.state.measure,
      onChange: (value) => {
        const measure = MEASURES.find((name) => name === value);
        if (measure) this.setState({ measure });
      },
    });
  }

  renderGoodsSelect() {
    const groups = this.data.problemIndex.groupGoodsByCategory().map(([category, items]) => {
      const options = items.map((item) =>
        h(
          "option",
          { value: item.id, selected: item.id === this.state.item },
          getDisplayName(item),
        ),
      );
      return h("optgroup", { label: textOr(`category.${category}`, category) }, options);
    });
    const all = h("option", { value: "" }, t("map.all-goods"));
    const select = h("select", {}, all, groups);
    select.addEventListener("change", () => this.setState({ item: select.value || null }));
    const field = renderField(t("map.goods"), select);
    field.classList.add("map-goods");
    return field;
  }

  /** @param {Partial<MapState>} changed */
  setState(changed) {
    const isOtherCounty = "county" in changed && changed.county !== this.state.county;
    Object.assign(this.state, changed);
    this.context.updateParams(changed, isOtherCounty);
    this.paint();
    this.updatePanel(isOtherCounty);
  }

  paint() {
    const { data, state } = this;
    const active = document.activeElement;
    const focused =
      active instanceof SVGElement || active instanceof HTMLElement ? active.dataset.place : null;
    const width = this.drawingFrame.clientWidth || DEFAULT_WIDTH;
    const maxHeight = Math.max(MIN_HEIGHT, innerHeight - HEIGHT_OF_REST);
    this.isNarrow = width < NARROW_WIDTH;
    const onPick = (/** @type {string} */ county) =>
      this.setState({ county: county === this.state.county ? null : county });
    fill(this.drawingFrame, drawMap(data, state, onPick, { width, maxHeight }));
    fill(this.legend, renderMapLegend(data, state));
    fill(this.tables, renderMapTables(data, state));
    if (focused) {
      const selector = `[data-place="${CSS.escape(focused)}"]`;
      /** @type {SVGElement|null} */ (this.drawingFrame.querySelector(selector))?.focus();
    }
    fill(this.lead, describeProvince(data, state));
  }

  /** @param {boolean} [isAnnounced] */
  async updatePanel(isAnnounced = false) {
    const onPick = (/** @type {string|null} */ county) => this.setState({ county });
    await updateSidePanel(this.sidePanel, this.data, this.state, this.context, onPick);
    if (isAnnounced && this.state.county) {
      announce(this.data.problemIndex.getName(this.state.county));
    }
  }
}

/** @param {URLSearchParams} params @param {ProblemIndex} problemIndex @returns {MapState} */
function readState(params, problemIndex) {
  const [measure, month, item, county] = ["measure", "month", "item", "county"].map(
    (name) => params.get(name) ?? "",
  );
  return {
    measure: MEASURES.find((name) => name === measure) ?? "served",
    month: problemIndex.periods.includes(month) ? month : null,
    item: problemIndex.items.has(item) ? item : null,
    county: problemIndex.counties.has(county) ? county : null,
  };
}

/** @param {MapData} data @param {MapState} state @returns {string} */
function describeProvince(data, state) {
  return t(`map.province.${state.measure}`, {
    period: state.month ? formatPeriod(state.month, "long") : t("map.whole-plan"),
    figure: data.formatProvinceFigure(state),
    goods: state.item ? data.problemIndex.getName(state.item) : t("map.province-all-goods"),
  });
}
