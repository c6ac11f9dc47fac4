/** The counties in every month, side by side. */

import { h, s } from "../../lib/dom.js";
import { formatPeriod } from "../../lib/format.js";
import { t } from "../../lib/i18n.js";
import { computeCountyAreas, getCountyColour } from "./drawing.js";
import { buildRings, computeBounds } from "./geometry.js";
import { drawGround, drawOutline } from "./ground.js";

/**
 * Draw a small map for every month.
 * @param {MapData} data the figures
 * @param {import("./geography.js").Geography} geography positions and outlines
 * @param {MapState} state what is shown
 * @param {(month: string) => void} onPick called with the month that the user picks
 * @returns {HTMLElement} the maps, each a button that opens its month
 */
export function drawSmallMaps(data, geography, state, onPick) {
  const { problemIndex } = data;
  const areas = computeCountyAreas(geography, [...problemIndex.counties.keys()]);
  const { outline } = geography;
  const land = outline.length ? outline.flat() : [...areas.values()].flat(2);
  const box = computeBounds(land, 8, 8, 0);
  const unit = box.width / 200;
  const maps = problemIndex.periods.map((month) => {
    const shown = { ...state, month };
    const figure = data.formatProvinceFigure(shown);
    const counties = [...areas].map(([id, rings]) => {
      const style = { fill: getCountyColour(data, id, shown), "stroke-width": `${unit}px` };
      return s("path", {
        d: buildRings(rings),
        "fill-rule": "evenodd",
        class: "map-small-county",
        style,
      });
    });
    const clip = outline.length ? "url(#map-province)" : null;
    const drawing = s(
      "svg",
      { viewBox: `${box.x} ${box.y} ${box.width} ${box.height}`, "aria-hidden": "true" },
      s("g", { "clip-path": clip }, counties),
      drawOutline(geography, unit),
    );
    const props = { type: "button", class: "map-small", on: { click: () => onPick(month) } };
    return h(
      "button",
      { ...props, data: { month } },
      drawing,
      h("b", {}, formatPeriod(month, "long")),
      h("span", {}, figure),
    );
  });
  // The outline that clips all maps is defined once.
  const clips = s(
    "svg",
    { class: "map-clips", "aria-hidden": "true" },
    drawGround(geography, unit),
  );
  return h(
    "div",
    { class: "map-months", role: "group", "aria-label": t("map.months") },
    outline.length > 0 && clips,
    maps,
  );
}
