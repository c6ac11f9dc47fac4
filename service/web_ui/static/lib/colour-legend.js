/** The scale of colours that figures are shown in. */

import { h } from "./dom.js";
import { along } from "./palette.js";

/**
 * A scale with its ends.
 * @param {string} title what is coloured, with its unit
 * @param {"served"|"shortage"|"price"|"full"} scale the colours
 * @param {string[]} ends figures along it, from its beginning to its end
 * @returns {HTMLElement} the legend
 */
export function legend(title, scale, ends) {
  const ramp = h(
    "div",
    { class: "ramp", "aria-hidden": "true" },
    along(scale).map((colour) => h("span", { style: { background: colour } })),
  );
  return h(
    "div",
    { class: "legend" },
    h("b", {}, title),
    ramp,
    h(
      "div",
      { class: "legend-ends" },
      ends.map((end) => h("span", {}, end)),
    ),
  );
}
