/** Colour scales for figures. Colour-blind users can distinguish all scales. */

import { isDark } from "./theme.js";

/** @typedef {"change"|"served"|"range"|"shortage"|"price"|"full"} ScaleName */

/** @type {Record<ScaleName, Record<"light"|"dark", [number, string][]>>} */
const COLOUR_STOPS = {
  served: {
    light: [
      [0, "#7a2c06"],
      [0.5, "#d37c34"],
      [0.8, "#f1d5a2"],
      [0.95, "#c5e0da"],
      [1, "#4aa3a0"],
    ],
    dark: [
      [0, "#f39a63"],
      [0.5, "#b4632c"],
      [0.8, "#6d5836"],
      [0.95, "#2d5a5c"],
      [1, "#2f8b8a"],
    ],
  },
  // Luminance rises without a turn, so that greyscale prints keep the order.
  range: {
    light: [
      [0, "#7a2c06"],
      [0.5, "#d37c34"],
      [1, "#f7ecd2"],
    ],
    dark: [
      [0, "#ffd79a"],
      [0.5, "#b4632c"],
      [1, "#2b2620"],
    ],
  },
  shortage: {
    light: [
      [0, "#f3efe4"],
      [0.3, "#f4bd78"],
      [0.65, "#c85f1d"],
      [1, "#6a2203"],
    ],
    dark: [
      [0, "#22333a"],
      [0.3, "#7c4a1f"],
      [0.65, "#d8812e"],
      [1, "#ffd79a"],
    ],
  },
  price: {
    light: [
      [0, "#eef0f6"],
      [0.35, "#a9b0dc"],
      [0.7, "#6153a8"],
      [1, "#2c185c"],
    ],
    dark: [
      [0, "#22303a"],
      [0.35, "#4b4c94"],
      [0.7, "#9483de"],
      [1, "#ece0ff"],
    ],
  },
  // From worse over unchanged to better, as two hues that also differ in lightness from the middle.
  change: {
    light: [
      [0, "#7a2c06"],
      [0.5, "#f4f1ea"],
      [1, "#2a7d8c"],
    ],
    dark: [
      [0, "#f39a63"],
      [0.5, "#22303a"],
      [1, "#5cc3d6"],
    ],
  },
  full: {
    light: [
      [0, "#a9bdc6"],
      [0.5, "#5b8fc4"],
      [0.95, "#1c4f98"],
      [1, "#c33f0a"],
    ],
    dark: [
      [0, "#53686f"],
      [0.5, "#4f86bd"],
      [0.95, "#8fc4ff"],
      [1, "#ff9257"],
    ],
  },
};

/** Relative luminance above which black text has more contrast than white text. */
const BLACK_TEXT_LUMINANCE = 0.179;

/**
 * Get the colour at a position of a scale in the current theme.
 * @param {ScaleName} name the scale
 * @param {number} position position on the scale, 0 to 1; positions outside are clamped
 * @returns {string} the colour
 */
export function getScaleColour(name, position) {
  return interpolateColour(COLOUR_STOPS[name][isDark() ? "dark" : "light"], position);
}

/**
 * Interpolate linearly between colour stops.
 * @param {[number, string][]} stops positions and colours (`#rrggbb`), in ascending order
 * @param {number} position position; positions outside the stops are clamped
 * @returns {string} the colour, such as `rgb(0 128 255)`
 */
export function interpolateColour(stops, position) {
  const clamped = Math.min(stops[stops.length - 1][0], Math.max(stops[0][0], position));
  const next = Math.max(
    1,
    stops.findIndex(([stop]) => stop >= clamped),
  );
  const [low, from] = stops[next - 1];
  const [high, to] = stops[next];
  const share = (clamped - low) / (high - low);
  const end = parseHexColour(to);
  const channels = parseHexColour(from).map((channel, k) =>
    Math.round(channel + (end[k] - channel) * share),
  );
  return `rgb(${channels.join(" ")})`;
}

/**
 * Get a text colour that is readable on a background.
 * @param {string} background colour as `getScaleColour` returns it
 * @returns {string} black or white
 */
export function getTextColour(background) {
  const [red, green, blue] = (background.match(/\d+/g) ?? []).map((channel) => {
    const light = Number(channel) / 255;
    return light <= 0.04045 ? light / 12.92 : ((light + 0.055) / 1.055) ** 2.4;
  });
  const luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  return luminance > BLACK_TEXT_LUMINANCE ? "#000000" : "#ffffff";
}

/**
 * Sample a scale at equal distances, for a legend.
 * @param {ScaleName} name the scale
 * @param {number} [count] number of colours
 * @returns {string[]} the colours
 */
export const sampleScale = (name, count = 12) =>
  Array.from({ length: count }, (_, k) => getScaleColour(name, k / (count - 1)));

/** @param {string} hex @returns {number[]} red, green and blue, 0 to 255 */
const parseHexColour = (hex) => [1, 3, 5].map((start) => parseInt(hex.slice(start, start + 2), 16));
