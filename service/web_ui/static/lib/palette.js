/** Scales of colour for figures. Orange to blue-green and single hues: told apart by the colour-blind as well. */

import { isDark } from "./theme.js";

const STOPS = {
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

/**
 * The colour of a figure.
 * @param {"served"|"shortage"|"price"|"full"} name the scale
 * @param {number} at where on it, 0 to 1; beyond its ends is its end
 * @returns {string} the colour in the theme shown
 */
export function scale(name, at) {
  const stops = STOPS[name][isDark() ? "dark" : "light"];
  const place = Math.min(1, Math.max(0, at));
  const next = Math.max(
    1,
    stops.findIndex(([stop]) => stop >= place),
  );
  const [[low, from], [high, to]] = [stops[next - 1], stops[next]];
  const share = (place - low) / (high - low);
  const [a, b] = [parts(from), parts(to)];
  return `rgb(${a.map((one, part) => Math.round(one + (b[part] - one) * share)).join(" ")})`;
}

/** Ink that can be read on a colour: black up to where white stands out more. @param {string} colour as `scale` gives it @returns {string} black or white */
export function inkOn(colour) {
  const [red, green, blue] = colour.match(/\d+/g).map((part) => {
    const light = Number(part) / 255;
    return light <= 0.04045 ? light / 12.92 : ((light + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? "#000000" : "#ffffff";
}

/** Colours along a scale, for a legend. @param {string} name the scale @param {number} [steps] how many @returns {string[]} the colours */
export const along = (name, steps = 12) =>
  Array.from({ length: steps }, (_, step) => scale(name, step / (steps - 1)));

const parts = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
