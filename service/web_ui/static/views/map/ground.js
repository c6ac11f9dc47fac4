/** What lies under the counties: the outline of the province, and the neighbours around it. */

import { s } from "../../lib/dom.js";
import { buildRings } from "./geometry.js";

/**
 * Draw the neighbours, and define the outline that clips the counties.
 * @param {import("./geography.js").Geography} geography the outlines
 * @param {number} unit one pixel in units of the drawing
 * @returns {SVGElement|null} the ground; null without an outline
 */
export function drawGround({ outline, neighbours }, unit) {
  if (!outline.length) return null;
  const style = { "stroke-width": `${unit}px` };
  const clip = s("clipPath", { id: "map-province" }, s("path", { d: buildRings(outline) }));
  const lands = neighbours.map((rings) =>
    s("path", { d: buildRings(rings), class: "map-neighbour", style }),
  );
  return s("g", { class: "map-ground" }, s("defs", {}, clip), lands);
}

/**
 * Draw the outline of the province.
 * @param {import("./geography.js").Geography} geography the outlines
 * @param {number} unit one pixel in units of the drawing
 * @returns {SVGElement|null} the outline; null if it is not known
 */
export function drawOutline({ outline }, unit) {
  if (!outline.length) return null;
  const style = { "stroke-width": `${1.6 * unit}px` };
  return s("path", { d: buildRings(outline), class: "map-outline", style });
}
