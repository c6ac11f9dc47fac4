/** How to read the map. */

import { h, s } from "../../lib/dom.js";
import { percent } from "../../lib/format.js";
import { legend as ramp } from "../../lib/colour-legend.js";
import { scale } from "../../lib/palette.js";

/**
 * The legend of what is shown.
 * @param {import("./map-data.js").MapData} data the figures
 * @param {object} state what is shown
 * @param {import("../../lib/router.js").Context} context of the view
 * @returns {HTMLElement[]} its parts
 */
export function legend(data, state, { t }) {
  const highest = data.highest(state);
  const title = t(
    state.measure === "shortage" && state.item
      ? "map.scale.shortage-item"
      : `map.scale.${state.measure}`,
  );
  return [
    ramp(
      title,
      state.measure,
      [0, highest / 2, highest].map((figure) =>
        state.measure === "served" ? percent(figure) : data.write(figure, state),
      ),
    ),
    ramp(t("map.scale.full"), "full", [0, 0.5, 1].map(percent)),
    h(
      "ul",
      { class: "legend-signs" },
      sign(
        s("line", { x1: 2, y1: 8, x2: 30, y2: 8, stroke: scale("full", 0.5), "stroke-width": 5 }),
        t("map.sign.rail"),
      ),
      sign(
        s("line", {
          x1: 2,
          y1: 8,
          x2: 30,
          y2: 8,
          stroke: scale("full", 0.5),
          "stroke-width": 3,
          "stroke-dasharray": "6 3",
        }),
        t("map.sign.road"),
      ),
      sign(s("circle", { cx: 16, cy: 8, r: 6, class: "map-seat" }), t("map.sign.seat")),
      sign(
        s("rect", {
          x: 11,
          y: 3,
          width: 10,
          height: 10,
          transform: "rotate(45 16 8)",
          class: "map-gateway",
        }),
        t("map.sign.gateway"),
      ),
      sign(
        s("text", { x: 16, y: 12, "text-anchor": "middle", class: "map-swap" }, "− +"),
        t("map.sign.swap"),
      ),
    ),
  ];
}

function sign(drawing, text) {
  return h(
    "li",
    {},
    s("svg", { viewBox: "0 0 32 16", width: 32, height: 16, "aria-hidden": "true" }, drawing),
    text,
  );
}
