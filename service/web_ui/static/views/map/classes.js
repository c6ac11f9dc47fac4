/** Classes of colours: five over the range of the plan, or a continuous scale from nothing to the most. */

import { getScaleColour } from "../../lib/palette.js";

export const CLASS_COUNT = 5;

/** Shares that differ by less have the scale from 0 % to 100 %, so that small differences do not look large. */
const MIN_RANGE = 0.02;

/** @typedef {{scale: import("../../lib/palette.js").ScaleName, low: number, high: number, count: number|null}} Classes scale of colours, figures at its ends, number of classes; null for a continuous scale */

/**
 * Choose the classes of figures.
 * @param {number[]} figures figures of all counties, in all months that the user can switch to
 * @param {Pick<MapState, "measure"|"scale">} state measure, and whether the scale has the range of the plan
 * @param {number} highest end of the continuous scale
 * @returns {Classes} the classes
 */
export function chooseClasses(figures, { measure, scale }, highest) {
  const [low, high] = [Math.min(...figures), Math.max(...figures)];
  if (scale === "plan" && measure === "served" && high - low >= MIN_RANGE) {
    return { scale: "range", low, high, count: CLASS_COUNT };
  }
  const lowest = measure === "change" ? -highest : 0;
  return { scale: measure, low: lowest, high: highest, count: null };
}

/**
 * Get the colour of a figure.
 * @param {Classes} classes the classes
 * @param {number} figure the figure
 * @returns {string} the colour
 */
export function getClassColour({ scale, low, high, count }, figure) {
  const position = Math.min(1, Math.max(0, (figure - low) / (high - low)));
  if (count === null) return getScaleColour(scale, position);
  const index = Math.min(count - 1, Math.floor(position * count));
  return getScaleColour(scale, index / (count - 1));
}

/**
 * List the figures at the borders of the classes, for the legend.
 * @param {Classes} classes the classes
 * @returns {number[]} figures from the low to the high end
 */
export function listClassEnds({ low, high, count }) {
  const parts = count ?? 2;
  return Array.from({ length: parts + 1 }, (_, k) => low + ((high - low) * k) / parts);
}
