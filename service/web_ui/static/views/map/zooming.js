/** Zooming and panning of the map: wheel with Ctrl, two fingers, dragging, and buttons. */

import { h } from "../../lib/dom.js";
import { t } from "../../lib/i18n.js";

const MAX_ZOOM = 12;
const STEP = 1.6;

/** Keeps the magnification and binds it to each new drawing. */
export class Zooming {
  /** @param {any} d3 the vendored parts of d3 @param {() => void} onEnd called when a gesture ends: draws again, so that texts keep their size */
  constructor(d3, onEnd) {
    this.d3 = d3;
    this.onEnd = onEnd;
    this.transform = d3.zoomIdentity;
    this.drawn = this.transform;
    this.behaviour = d3
      .zoom()
      .scaleExtent([1, MAX_ZOOM])
      .filter(isGesture)
      .on("zoom", (/** @type {any} */ event) => this.move(event))
      .on("end", (/** @type {any} */ event) => this.end(event));
    /** @type {SVGElement|null} */
    this.drawing = null;
    this.controls = h(
      "div",
      { class: "map-zoom no-print", role: "group", "aria-label": t("map.zoom") },
      this.createButton("+", "map.zoom-in", () => this.scale(STEP)),
      this.createButton("−", "map.zoom-out", () => this.scale(1 / STEP)),
      this.createButton("⤢", "map.zoom-all", () => this.reset()),
    );
  }

  /** @param {string} sign @param {string} key @param {() => void} click @returns {HTMLElement} */
  createButton(sign, key, click) {
    const props = { type: "button", class: "button small", "aria-label": t(key), title: t(key) };
    return h("button", { ...props, on: { click } }, sign);
  }

  /** @param {SVGElement} drawing a new drawing */
  bind(drawing) {
    this.drawing = drawing;
    this.drawn = this.transform;
    const selection = this.d3.select(drawing);
    const [x, y, width, height] = (drawing.getAttribute("viewBox") ?? "").split(" ").map(Number);
    const extent = [
      [x, y],
      [x + width, y + height],
    ];
    this.behaviour.extent(extent).translateExtent(extent);
    // A double click selects and deselects a county, and must not zoom.
    selection.call(this.behaviour).on("dblclick.zoom", null);
    selection.call(this.behaviour.transform, this.transform);
  }

  /** @param {any} event */
  move({ transform }) {
    this.transform = transform;
    this.drawing?.querySelector(".map-content")?.setAttribute("transform", String(transform));
  }

  /** @param {any} event */
  end({ sourceEvent }) {
    // A bare click is a gesture too: drawing again would take its target away before it arrives.
    if (sourceEvent && String(this.transform) !== String(this.drawn)) this.onEnd();
  }

  /** @param {number} factor */
  scale(factor) {
    this.d3.select(this.drawing).call(this.behaviour.scaleBy, factor);
    this.onEnd();
  }

  reset() {
    this.d3.select(this.drawing).call(this.behaviour.transform, this.d3.zoomIdentity);
    this.onEnd();
  }
}

/** @param {any} event @returns {boolean} whether an event zooms or pans: a bare wheel or one finger scrolls the page */
function isGesture(event) {
  if (event.type === "wheel") return event.ctrlKey || event.metaKey;
  if (event.type.startsWith("touch")) return event.touches.length > 1;
  return !event.button;
}
