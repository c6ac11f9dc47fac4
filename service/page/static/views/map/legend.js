/** How to read the map. */

import { h, s } from "../../lib/dom.js";
import { along, scale } from "../../lib/palette.js";

/**
 * The legend of what is shown.
 * @param {import("./data.js").MapData} data the figures
 * @param {object} state what is shown
 * @param {import("../../lib/router.js").Context} context of the view
 * @returns {HTMLElement[]} its parts
 */
export function legend(data, state, { t, format }) {
  const highest = data.highest(state);
  const lowest = data.write(0, state);
  const middle = data.write(highest / 2, state);
  return [
    h("div", { class: "legend" }, h("b", {}, t(`map.scale.${state.measure}`)), ramp(along(state.measure)), h("div", { class: "legend-ends" }, h("span", {}, lowest), h("span", {}, middle), h("span", {}, data.write(highest, state)))),
    h("div", { class: "legend" }, h("b", {}, t("map.scale.full")), ramp(along("full")), h("div", { class: "legend-ends" }, h("span", {}, format.share(0)), h("span", {}, format.share(0.5)), h("span", {}, format.share(1)))),
    h("ul", { class: "legend-signs" },
      sign(s("line", { x1: 2, y1: 8, x2: 30, y2: 8, stroke: scale("full", 0.5), "stroke-width": 5 }), t("map.sign.rail")),
      sign(s("line", { x1: 2, y1: 8, x2: 30, y2: 8, stroke: scale("full", 0.5), "stroke-width": 3, "stroke-dasharray": "6 3" }), t("map.sign.road")),
      sign(s("circle", { cx: 16, cy: 8, r: 6, class: "map-seat" }), t("map.sign.seat")),
      sign(s("rect", { x: 11, y: 3, width: 10, height: 10, transform: "rotate(45 16 8)", class: "map-gateway" }), t("map.sign.gateway")),
      sign(s("text", { x: 16, y: 12, "text-anchor": "middle", class: "map-swap" }, "− +"), t("map.sign.swap"))),
  ];
}

function ramp(colours) {
  return h("div", { class: "ramp", "aria-hidden": "true" }, colours.map((colour) => h("span", { style: { background: colour } })));
}

function sign(drawing, text) {
  return h("li", {}, s("svg", { viewBox: "0 0 32 16", width: 32, height: 16, "aria-hidden": "true" }, drawing), text);
}
