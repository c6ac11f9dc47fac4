/** A map of the places of a file that was checked, before it is stored. */

import { h, s } from "../../lib/dom.js";
import { formatNumber } from "../../lib/format.js";
import { getDisplayName, t } from "../../lib/i18n.js";
import { loadStylesheet } from "../../lib/stylesheets.js";
import { loadGeography } from "../map/geography.js";
import { buildRings, computeBounds } from "../map/geometry.js";
import { drawOutline } from "../map/ground.js";
import { LabelPlacer } from "../map/labels.js";

const WIDTH = 420;
const SIZES = ["counties", "factories", "items", "links", "periods"];

/** @typedef {Place & {is_county: boolean}} PlaceOutline a county or station of a report */

/**
 * Render the size of a problem, and its places on a map if they have coordinates.
 * @param {{size: Record<string, number>, places: PlaceOutline[], borders: Borders|null}} report report of a valid file
 * @returns {Promise<HTMLElement>} the preview
 */
export async function renderPreview({ size, places, borders }) {
  await loadStylesheet("map");
  const sizes = SIZES.map((name) => t(`start.size.${name}`, { n: formatNumber(size[name]) }));
  const missing = places.filter(
    ({ latitude, longitude }) => latitude === null || longitude === null,
  );
  const preview = h("div", { class: "preview" }, h("p", {}, sizes.join(" · ")));
  if (!places.length || missing.length) {
    preview.append(h("p", { class: "soft" }, t("start.no-map")));
  } else {
    const geography = await loadGeography({ ...indexPlaces(places), problem: { borders } });
    preview.append(drawPlaces(places, geography));
  }
  return preview;
}

/** @param {PlaceOutline[]} places @returns {{places: Map<string, Place>, counties: Map<string, Place>}} */
function indexPlaces(places) {
  /** @param {PlaceOutline[]} some */
  const index = (some) => new Map(some.map((place) => [place.id, place]));
  return { places: index(places), counties: index(places.filter((one) => one.is_county)) };
}

/** @param {PlaceOutline[]} places @param {import("../map/geography.js").Geography} geography @returns {SVGElement} */
function drawPlaces(places, geography) {
  const { positions, outline, neighbours } = geography;
  const borders = [...geography.borders.values()];
  const at = (/** @type {string} */ id) => positions.get(id) ?? { x: 0, y: 0 };
  const box = computeBounds(
    [...outline.flat(), ...borders.flat(2), ...positions.values()],
    70,
    30,
    0,
  );
  const unit = box.width / WIDTH;
  const labels = new LabelPlacer(box);
  for (const { id } of places) labels.reserve(at(id), 5 * unit);
  const names = places
    .filter((place) => place.is_county)
    .map((place) => {
      const line = { text: getDisplayName(place), class: "map-name" };
      return labels.placeLabel(at(place.id), 6 * unit, unit, [line]);
    });
  const marks = places.map(({ id, is_county: isCounty }) => {
    const className = isCounty ? "map-county-marker" : "map-station";
    const style = { "stroke-width": `${1.4 * unit}px` };
    return s("circle", {
      cx: at(id).x,
      cy: at(id).y,
      r: (isCounty ? 4 : 2.5) * unit,
      class: className,
      style,
    });
  });
  const lands = [...neighbours, ...borders].map((rings) =>
    s("path", { d: buildRings(rings), class: "map-neighbour", "fill-rule": "evenodd" }),
  );
  return s(
    "svg",
    {
      viewBox: `${box.x} ${box.y} ${box.width} ${box.height}`,
      class: "map-svg preview-map",
      role: "img",
      "aria-label": t("start.preview"),
      style: { "font-size": `${13 * unit}px` },
    },
    lands,
    drawOutline(geography, unit),
    marks,
    s("g", { class: "map-names" }, names),
  );
}
