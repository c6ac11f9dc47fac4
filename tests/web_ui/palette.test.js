import assert from "node:assert/strict";
import { describe, it } from "node:test";

import "./browser-globals.js";

const { getScaleColour, getTextColour, interpolateColour, sampleScale } =
  await import("../../service/web_ui/static/lib/palette.js");
const { setTheme } = await import("../../service/web_ui/static/lib/theme.js");

/** @type {[number, string][]} */
const STOPS = [
  [0, "#000000"],
  [0.5, "#ff0000"],
  [1, "#ffffff"],
];

describe("interpolateColour", () => {
  it("interpolates between the stops", () => {
    assert.equal(interpolateColour(STOPS, 0), "rgb(0 0 0)");
    assert.equal(interpolateColour(STOPS, 0.25), "rgb(128 0 0)");
    assert.equal(interpolateColour(STOPS, 0.5), "rgb(255 0 0)");
    assert.equal(interpolateColour(STOPS, 0.75), "rgb(255 128 128)");
  });

  it("clamps positions outside the scale", () => {
    assert.equal(interpolateColour(STOPS, -1), "rgb(0 0 0)");
    assert.equal(interpolateColour(STOPS, 7), "rgb(255 255 255)");
  });
});

/** @param {string} colour @returns {number} relative luminance (WCAG) */
function computeLuminance(colour) {
  const [red, green, blue] = (colour.match(/\d+/g) ?? []).map((part) => {
    const value = Number(part) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

describe("scales", () => {
  it("have readable text on every colour in both themes", () => {
    Object.defineProperty(globalThis, "document", {
      value: { documentElement: { dataset: {} } },
      configurable: true,
    });
    const names = /** @type {const} */ (["served", "shortage", "price", "full", "change"]);
    for (const theme of /** @type {const} */ (["light", "dark"])) {
      setTheme(theme);
      for (const colour of names.flatMap((name) => sampleScale(name, 50))) {
        const text = getTextColour(colour) === "#ffffff" ? 1 : 0;
        const luminance = computeLuminance(colour);
        const [light, dark] = [Math.max(text, luminance), Math.min(text, luminance)];
        assert.ok((light + 0.05) / (dark + 0.05) >= 4.5, `${theme} ${colour}`);
      }
    }
  });

  it("differ between the themes and have distinct ends", () => {
    setTheme("light");
    const light = getScaleColour("served", 0);
    assert.notEqual(light, getScaleColour("served", 1));
    setTheme("dark");
    assert.notEqual(light, getScaleColour("served", 0));
  });
});
