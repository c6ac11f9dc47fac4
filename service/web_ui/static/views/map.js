/** Map: counties, links, gateways and neighbours of the province, month by month. */

import { renderSegments, renderViewHead } from "../lib/components.js";
import { fill, h } from "../lib/dom.js";
import { announce } from "../lib/feedback.js";
import { formatPeriod } from "../lib/format.js";
import { t } from "../lib/i18n.js";
import { Opener, closeOnEscape } from "../lib/opener.js";
import { describeElement, focusOn } from "../lib/place-memory.js";
import { watchTheme } from "../lib/theme.js";
import { drawMap, NARROW_WIDTH } from "./map/drawing.js";
import { loadGeography } from "./map/geography.js";
import { renderMapLegend } from "./map/legend.js";
import { MapData } from "./map/map-data.js";
import { MonthSlider } from "./map/month-slider.js";
import { updateSidePanel } from "./map/side-panel.js";
import { Zooming } from "./map/zooming.js";

const MIN_HEIGHT = 380;
const HEIGHT_OF_REST = 330;
const DEFAULT_WIDTH = 800;

export default {
  id: "map",
  title: "nav.map",
  /** @param {HTMLElement} root @param {ViewContext} context */
  async show(root, context) {
    const [data, geography] = await Promise.all([
      MapData.load(context),
      context.loadProblemIndex().then(loadGeography),
    ]);
    const view = new MapView(root, context, data, geography);
    view.build();
    return watchTheme(() => view.paint());
  },
};

/** The map with its controls, side panel and tables. */
class MapView {
  /** @param {HTMLElement} root @param {ViewContext} context @param {MapData} data @param {import("./map/geography.js").Geography} geography */
  constructor(root, context, data, geography) {
    this.root = root;
    this.context = context;
    this.data = data;
    this.geography = geography;
    this.state = readState(context.params, data);
    this.isNarrow = false;
    this.drawingFrame = h("div", { class: "map-drawing" });
    this.zooming = new Zooming(geography.d3, () => this.paint());
    /** @type {import("./map/hover-card.js").HoverCard|null} */
    this.hoverCard = null;
    this.scales = this.renderScales();
    this.legend = h("div", { class: "map-legend" });
    this.sidePanel = h("aside", { class: "card map-side", "aria-label": t("map.side-panel") });
    this.lead = h("span", { "aria-live": "polite" });
    this.tables = h("details", { class: "card" });
    this.opener = new Opener();
    const { periods } = data.problemIndex;
    const onChange = (/** @type {string|null} */ month) => this.setState({ month });
    this.slider = new MonthSlider(context.signal, periods, this.state.month, onChange);
  }

  build() {
    const controls = h(
      "div",
      { class: "controls" },
      this.renderMeasures(),
      this.scales,
      this.renderLayouts(),
    );
    const stage = h("div", { class: "map-stage" }, this.drawingFrame, this.zooming.controls);
    const map = h(
      "section",
      { class: "card map-card", "aria-label": t("map.title") },
      stage,
      this.slider.element,
      this.legend,
      this.renderSource(),
    );
    fill(
      this.root,
      renderViewHead(t("map.title"), this.lead, controls),
      h("div", { class: "map" }, map, this.sidePanel),
      this.tables,
    );
    this.paint();
    this.updatePanel();
    this.addHoverCard(stage);
    closeOnEscape(this.root, () => this.closePanel(), this.context.signal);
    const observer = new ResizeObserver(() => {
      if (this.drawingFrame.clientWidth < NARROW_WIDTH !== this.isNarrow) this.paint();
    });
    observer.observe(this.drawingFrame);
    this.context.signal.addEventListener("abort", () => observer.disconnect());
  }

  /** @param {HTMLElement} stage */
  async addHoverCard(stage) {
    const { HoverCard } = await import("./map/hover-card.js");
    this.hoverCard = new HoverCard(this.drawingFrame, this.data, () => this.state);
    stage.append(this.hoverCard.element);
  }

  renderMeasures() {
    return renderSegments({
      name: "measure",
      legend: t("map.colour-by"),
      choices: this.data.listMeasures().map((name) => [name, t(`map.measure.${name}`)]),
      selected: this.state.measure,
      onChange: (value) => {
        const measure = this.data.listMeasures().find((name) => name === value);
        if (measure) this.setState({ measure });
      },
    });
  }

  renderScales() {
    return renderSegments({
      name: "scale",
      legend: t("map.scale"),
      choices: [
        ["plan", t("map.scale-plan")],
        ["full", t("map.scale-full")],
      ],
      selected: this.state.scale,
      onChange: (value) => this.setState({ scale: value === "full" ? "full" : "plan" }),
    });
  }

  renderLayouts() {
    return renderSegments({
      name: "layout",
      legend: t("map.layout"),
      choices: [
        ["one", t("map.layout-one")],
        ["months", t("map.layout-months")],
      ],
      selected: this.state.layout,
      onChange: (value) => this.setState({ layout: value === "months" ? "months" : "one" }),
    });
  }

  /** @returns {HTMLElement} what the areas are, and where their outline comes from */
  renderSource() {
    const { borders } = this.data.problemIndex.problem;
    const key = this.geography.outline.length ? "map.source" : "map.no-outline";
    const text = borders && this.geography.borders.size ? t("map.borders", borders) : t(key);
    return h("p", { class: "soft small" }, text);
  }

  /** @param {Partial<MapState>} changed */
  setState(changed) {
    const { layout } = this.state;
    const before = this.shownId;
    Object.assign(this.state, changed);
    const isOther = before !== this.shownId;
    const isInPanel = this.sidePanel.contains(document.activeElement);
    if (isOther && !before) this.opener.record();
    this.context.updateParams(describeParams(changed), isOther || layout !== this.state.layout);
    this.paint();
    this.updatePanel(isOther);
    if (isOther) this.moveFocus(before, isInPanel);
  }

  /** @returns {string} the county or link of the panel; empty for the province */
  get shownId() {
    return this.state.county ?? this.state.link ?? "";
  }

  /** @param {string} before county or link of the panel before @param {boolean} isInPanel whether the focus was in the panel */
  moveFocus(before, isInPanel) {
    const id = CSS.escape(before);
    if (!this.shownId) {
      this.opener.returnFocus(this.root, `.map-county[data-place="${id}"], [data-key="${id}"]`);
    } else if (isInPanel) this.sidePanel.querySelector("h2")?.focus({ preventScroll: true });
  }

  closePanel() {
    if (this.shownId) this.setState({ county: null, link: null });
  }

  paint() {
    const { data, state } = this;
    const width = this.drawingFrame.clientWidth || DEFAULT_WIDTH;
    const maxHeight = Math.max(MIN_HEIGHT, innerHeight - HEIGHT_OF_REST);
    this.isNarrow = width < NARROW_WIDTH;
    /** @param {string} county */
    const onPick = (county) =>
      this.setState({ county: county === state.county ? null : county, link: null });
    /** @param {string} link */
    const onPickLink = (link) =>
      this.setState({ link: link === state.link ? null : link, county: null });
    const isSmall = state.layout === "months";
    this.hoverCard?.hide();
    this.scales.hidden = state.measure !== "served";
    this.slider.element.hidden = isSmall;
    this.zooming.controls.hidden = isSmall;
    if (isSmall) this.paintSmallMaps();
    else {
      const { transform } = this.zooming;
      const frame = { width, maxHeight, transform };
      const drawing = drawMap(data, this.geography, state, { onPick, onPickLink }, frame);
      this.fillWithFocus(this.drawingFrame, drawing);
      this.zooming.bind(drawing);
    }
    fill(this.legend, renderMapLegend(data, state));
    fill(this.lead, describeProvince(data, state));
    this.paintTables(onPickLink);
  }

  /** @param {HTMLElement} frame @param {Child} content what is drawn anew; the focus stays on what had it */
  fillWithFocus(frame, content) {
    const { activeElement } = document;
    const focused = frame.contains(activeElement) ? describeElement(activeElement) : null;
    fill(frame, content);
    if (focused) focusOn(this.root, focused);
  }

  async paintSmallMaps() {
    const { drawSmallMaps } = await import("./map/small-maps.js");
    if (this.state.layout !== "months") return;
    const onMonth = (/** @type {string} */ month) => this.openMonth(month);
    this.fillWithFocus(
      this.drawingFrame,
      drawSmallMaps(this.data, this.geography, this.state, onMonth),
    );
  }

  /** @param {(link: string) => void} onPickLink */
  async paintTables(onPickLink) {
    const { renderMapTables } = await import("./map/tables.js");
    this.fillWithFocus(this.tables, renderMapTables(this.data, this.state, onPickLink));
  }

  /** @param {string} month */
  openMonth(month) {
    this.slider.select(month);
    for (const input of this.root.querySelectorAll("input[name=layout]")) {
      if (input instanceof HTMLInputElement) input.checked = input.value === "one";
    }
    this.setState({ month, layout: "one" });
  }

  /** @param {boolean} [isAnnounced] */
  async updatePanel(isAnnounced = false) {
    const onPick = (/** @type {string|null} */ county) => this.setState({ county, link: null });
    await updateSidePanel(this.sidePanel, this.data, this.state, this.context, onPick);
    if (isAnnounced && this.shownId) announce(this.data.problemIndex.getName(this.shownId));
  }
}

/** @param {URLSearchParams} params @param {MapData} data @returns {MapState} */
function readState(params, data) {
  const { problemIndex } = data;
  const measures = data.listMeasures();
  const [measure, month, item, county, link] = ["measure", "month", "item", "county", "link"].map(
    (name) => params.get(name) ?? "",
  );
  return {
    measure: measures.find((name) => name === measure) ?? measures[0],
    month: problemIndex.periods.includes(month) ? month : null,
    item: problemIndex.items.has(item) ? item : null,
    county: problemIndex.counties.has(county) ? county : null,
    link: problemIndex.links.has(link) ? link : null,
    scale: params.get("scale") === "full" ? "full" : "plan",
    layout: params.get("layout") === "months" ? "months" : "one",
  };
}

/** @param {Partial<MapState>} changed @returns {Record<string, string|null>} parameters of the URL, without the values that hold anyway */
function describeParams(changed) {
  const params = /** @type {Record<string, string|null>} */ ({ ...changed });
  if (params.scale === "plan") params.scale = null;
  if (params.layout === "one") params.layout = null;
  return params;
}

/** @param {MapData} data @param {MapState} state @returns {string} */
function describeProvince(data, state) {
  return t(`map.province.${state.measure}`, {
    period: state.month ? formatPeriod(state.month, "long") : t("map.whole-plan"),
    figure: data.formatProvinceFigure(state),
    goods: state.item ? data.problemIndex.getName(state.item) : t("map.province-all-goods"),
  });
}
