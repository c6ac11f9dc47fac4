/** The legend of the map. */

import { renderColourLegend } from "../../lib/colour-legend.js";
import { h, s } from "../../lib/dom.js";
import { formatPercent } from "../../lib/format.js";
import { t } from "../../lib/i18n.js";
import { getScaleColour } from "../../lib/palette.js";
import { listClassEnds } from "./classes.js";

/**
 * Render the legend.
 * @param {MapData} data the figures
 * @param {MapState} state what is shown
 * @returns {HTMLElement[]} its parts
 */
export function renderMapLegend(data, state) {
  const { measure, item } = state;
  const classes = data.findClasses(state);
  const title = t(
    measure === "shortage" && item ? "map.scale.shortage-item" : `map.scale.${measure}`,
  );
  const ends = listClassEnds(classes).map((figure) =>
    measure === "served" ? formatPercent(figure) : data.formatFigure(figure, state),
  );
  return [
    renderColourLegend(title, classes.scale, ends, classes.count ?? undefined),
    renderColourLegend(t("map.scale.full"), "full", [0, 0.5, 1].map(formatPercent)),
    renderSymbols(),
  ];
}

/** @returns {HTMLElement} */
function renderSymbols() {
  const line = { x1: 2, y1: 8, x2: 30, y2: 8, stroke: getScaleColour("full", 0.5) };
  const road = { ...line, "stroke-width": 3, "stroke-dasharray": "6 3" };
  const gateway = { x: 11, y: 3, width: 10, height: 10, transform: "rotate(45 16 8)" };
  const swap = { x: 16, y: 12, "text-anchor": "middle", class: "map-swap" };
  return h(
    "ul",
    { class: "legend-symbols" },
    renderSymbol(s("line", { ...line, "stroke-width": 5 }), t("map.symbol.rail")),
    renderSymbol(s("line", road), t("map.symbol.road")),
    renderSymbol(
      s("circle", { cx: 16, cy: 8, r: 6, class: "map-county-marker" }),
      t("map.symbol.county"),
    ),
    renderSymbol(s("rect", { ...gateway, class: "map-gateway" }), t("map.symbol.gateway")),
    renderSymbol(s("text", swap, "− +"), t("map.symbol.swap")),
  );
}

/** @param {SVGElement} drawing @param {string} text @returns {HTMLElement} */
function renderSymbol(drawing, text) {
  const props = { viewBox: "0 0 32 16", width: 32, height: 16, "aria-hidden": "true" };
  return h("li", {}, s("svg", props, drawing), text);
}
