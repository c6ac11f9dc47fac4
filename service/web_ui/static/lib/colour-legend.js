/** The legend of a colour scale. */

import { h } from "./dom.js";
import { sampleScale } from "./palette.js";

/**
 * Render the legend of a colour scale.
 * @param {string} title what the colours show, with its unit
 * @param {import("./palette.js").ScaleName} scale the scale
 * @param {string[]} ends figures along the scale, from its start to its end
 * @param {number} [count] number of classes; many by default, for a continuous scale
 * @returns {HTMLElement} the legend
 */
export function renderColourLegend(title, scale, ends, count) {
  const colours = sampleScale(scale, count).map((background) =>
    h("span", { style: { background } }),
  );
  return h(
    "div",
    { class: "legend" },
    h("b", {}, title),
    h("div", { class: "ramp", "aria-hidden": "true" }, colours),
    h(
      "div",
      { class: "legend-ends" },
      ends.map((end) => h("span", {}, end)),
    ),
  );
}
