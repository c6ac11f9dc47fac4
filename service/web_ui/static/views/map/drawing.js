/** The drawing of the map: counties, links, gateways and neighbours. */

import { s } from "../../lib/dom.js";
import { formatCompact, formatNumber, formatQuantity, formatWon } from "../../lib/format.js";
import { t } from "../../lib/i18n.js";
import { getScaleColour } from "../../lib/palette.js";
import { getClassColour } from "./classes.js";
import { buildRings, computeBounds, computeCells, computeRectangle } from "./geometry.js";
import { drawGround, drawOutline } from "./ground.js";
import { LabelPlacer } from "./labels.js";

/** Below this width in pixels the map shows only the counties, as large as possible. */
export const NARROW_WIDTH = 560;

/** Orders of the names of counties that are tried. */
const LABEL_ROUNDS = 4;

/** Links take clicks within this many pixels. */
const LINK_REACH = 14;

/** Swaps of less are left out of the labels, won. */
const MIN_SWAP = 0.5;

/**
 * @typedef {object} Handlers what the user does on the map
 * @property {(county: string) => void} onPick called with the county that the user picks
 * @property {(link: string) => void} onPickLink called with the link that the user picks
 *
 * @typedef {object} Frame where the drawing stands
 * @property {number} width available pixels
 * @property {number} maxHeight available pixels
 * @property {{k: number, x: number, y: number}} transform magnification and shift
 *
 * @typedef {object} Canvas what the parts of the drawing share
 * @property {MapData} data the figures
 * @property {MapState} state what is shown
 * @property {Handlers} handlers what the user does
 * @property {Map<string, Point>} positions positions of all places
 * @property {Map<string, Point[][]>} areas rings of the areas of the counties
 * @property {number} unit one pixel in units of the drawing
 * @property {LabelPlacer} labels placer of the labels
 */

/**
 * Compute the areas of the counties.
 * @param {import("./geography.js").Geography} geography positions, outline and borders
 * @param {string[]} counties the counties
 * @returns {Map<string, Point[][]>} rings by county: its border, or else the points nearest to its marker; with an outline these reach
 *   beyond it, and are clipped when drawn
 */
export function computeCountyAreas({ positions, outline, borders }, counties) {
  const markers = new Map(counties.map((id) => [id, getPosition(positions, id)]));
  const ground = outline.length
    ? computeRectangle([...outline.flat(), ...markers.values()])
    : undefined;
  const cells = computeCells(markers, ground);
  return new Map([...cells].map(([id, corners]) => [id, borders.get(id) ?? [corners]]));
}

/**
 * Draw the province.
 * @param {MapData} data the figures
 * @param {import("./geography.js").Geography} geography positions and outlines
 * @param {MapState} state what is shown
 * @param {Handlers} handlers what the user does
 * @param {Frame} frame where the drawing stands
 * @returns {SVGElement} the drawing
 */
export function drawMap(data, geography, state, handlers, { width, maxHeight, transform }) {
  const { problemIndex } = data;
  const { positions, outline } = geography;
  const counties = [...problemIndex.counties.keys()];
  const stations = [...problemIndex.stations.keys()];
  const areas = computeCountyAreas(geography, counties);
  const land = outline.length ? outline.flat() : [...areas.values()].flat(2);
  const box =
    width < NARROW_WIDTH
      ? computeBounds(land, 8, 8, 0)
      : computeBounds([...land, ...positions.values()], 60, 24, width / maxHeight);
  const { k, x, y } = transform;
  const unit = Math.max(box.width / width, box.height / maxHeight) / k;
  const visible = {
    x: (box.x - x) / k,
    y: (box.y - y) / k,
    width: box.width / k,
    height: box.height / k,
  };
  const labels = new LabelPlacer(visible);
  /** @type {Canvas} */
  const canvas = { data, state, handlers, positions, areas, unit, labels };
  for (const id of counties) {
    labels.reserve(getPosition(positions, id), computeRadius(canvas, id) + 2 * unit);
  }
  // Stations have less room for their names, so their names are placed first.
  const stationNames = stations.map((id) => drawStationName(canvas, id));
  const countyNames = drawCountyNames(canvas);
  const props = {
    viewBox: `${box.x} ${box.y} ${box.width} ${box.height}`,
    class: "map-svg",
    role: "group",
    "aria-label": t("map.drawing"),
    style: { "font-size": `${13 * unit}px` },
  };
  return s(
    "svg",
    props,
    s(
      "g",
      { class: "map-content", transform: `translate(${x} ${y}) scale(${k})` },
      drawGround(geography, unit),
      s(
        "g",
        { class: "map-cells", "clip-path": outline.length ? "url(#map-province)" : null },
        counties.map((id) => drawCounty(canvas, id)),
      ),
      drawOutline(geography, unit),
      s("g", { class: "map-links" }, drawLinks(canvas)),
      s(
        "g",
        { class: "map-places" },
        stations.map((id) => drawStation(canvas, id)),
        counties.map((id) => drawCountyMarker(canvas, id)),
      ),
      s("g", { class: "map-names" }, countyNames, stationNames),
    ),
  );
}

/** @param {Map<string, Point>} positions @param {string} id @returns {Point} */
const getPosition = (positions, id) => positions.get(id) ?? { x: 0, y: 0 };

/**
 * Draw the names of the counties, large counties first. As long as names are left out or far away, try again with these names first.
 * @param {Canvas} canvas @returns {SVGElement[]}
 */
function drawCountyNames(canvas) {
  const { problemIndex } = canvas.data;
  let order = [...problemIndex.counties.keys()].toSorted(
    (one, other) => problemIndex.getPopulation(other) - problemIndex.getPopulation(one),
  );
  let best = { names: /** @type {SVGElement[]} */ ([]), misplaced: order };
  for (let round = 0; round < LABEL_ROUNDS && best.misplaced.length; round += 1) {
    const tried = { ...canvas, labels: canvas.labels.copy() };
    const drawn = order.map((id) => ({ id, name: drawCountyName(tried, id) }));
    const misplaced = drawn
      .filter(({ name }) => !name || name.querySelector(".map-leader"))
      .map(({ id }) => id);
    if (!best.names.length || misplaced.length < best.misplaced.length) {
      best = { names: drawn.flatMap(({ name }) => name ?? []), misplaced };
    }
    order = [...misplaced, ...order.filter((id) => !misplaced.includes(id))];
  }
  return best.names;
}

/** @param {Canvas} canvas @param {string} id @returns {number} radius of the marker: its area is proportional to the population */
function computeRadius({ data: { problemIndex }, unit }, id) {
  const populations = [...problemIndex.counties.keys()].map((one) =>
    problemIndex.getPopulation(one),
  );
  const largest = Math.max(...populations) || 1;
  return unit * (3 + 10 * Math.sqrt(problemIndex.getPopulation(id) / largest));
}

/**
 * Get the colour of a county.
 * @param {MapData} data the figures
 * @param {string} id the county
 * @param {MapState} state what is shown
 * @returns {string} the colour
 */
export function getCountyColour(data, id, state) {
  const figure = data.computeFigure(id, state);
  if (figure === null) return "var(--land)";
  return getClassColour(data.findClasses(state), figure);
}

/** @param {Canvas} canvas @param {string} id @returns {SVGElement} */
function drawCounty({ data, state, handlers, areas, unit }, id) {
  const { problemIndex } = data;
  const isSelected = id === state.county;
  const figure = data.formatFigure(data.computeFigure(id, state), state);
  const label = t("map.county-label", {
    name: problemIndex.getName(id),
    measure: t(`map.measure.${state.measure}`),
    figure,
    people: formatNumber(problemIndex.getPopulation(id)),
  });
  /** @param {MouseEvent|KeyboardEvent} event */
  const handlePress = (event) => {
    if (event instanceof KeyboardEvent && event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    handlers.onPick(id);
  };
  return s("path", {
    d: buildRings(areas.get(id) ?? []),
    "fill-rule": "evenodd",
    class: "map-county",
    role: "button",
    tabindex: "0",
    "aria-pressed": String(isSelected),
    "aria-label": label,
    data: { place: id, figure, hoverCounty: id },
    style: {
      fill: getCountyColour(data, id, state),
      "stroke-width": `${(isSelected ? 3 : 1.6) * unit}px`,
    },
    on: { click: handlePress, keydown: handlePress },
  });
}

/** @param {Canvas} canvas @returns {SVGElement[]} */
function drawLinks(canvas) {
  const { data, state } = canvas;
  const flows = [...data.problemIndex.links.values()].map((link) => ({
    link,
    flow: data.getLinkFlow(link.id, state.month),
  }));
  const most = Math.max(...flows.map(({ flow }) => flow.tonnes)) || 1;
  return flows.map(({ link, flow }) => drawLink(canvas, link, flow, most));
}

/** @param {Canvas} canvas @param {Link} link @param {ReturnType<MapData["getLinkFlow"]>} flow @param {number} most @returns {SVGElement} */
function drawLink({ positions, unit, state, handlers }, link, flow, most) {
  const [from, to] = [link.from, link.to].map((id) => getPosition(positions, id));
  const ends = { x1: from.x, y1: from.y, x2: to.x, y2: to.y };
  const width = unit * (1 + 11 * Math.sqrt(flow.tonnes / most));
  const style = {
    stroke: flow.full === null ? "var(--road)" : getScaleColour("full", flow.full),
    "stroke-width": `${width}px`,
    "stroke-dasharray": link.mode === "rail" ? "none" : `${6 * unit} ${3 * unit}`,
  };
  const isSelected = link.id === state.link;
  const halo = { ...ends, class: "map-halo", style: { "stroke-width": `${width + 3 * unit}px` } };
  const reach = { "stroke-width": `${Math.max(width, LINK_REACH * unit)}px` };
  return s(
    "g",
    {
      class: isSelected ? "map-link map-link-selected" : "map-link",
      data: { link: link.id, tonnes: flow.tonnes, hoverLink: link.id },
      on: { click: () => handlers.onPickLink(link.id) },
    },
    s("line", halo),
    s("line", { ...ends, style }),
    flow.tonnes > 0 && drawArrow(from, to, flow.to === link.to, Math.max(width, 5 * unit), unit),
    s("line", { ...ends, class: "map-link-reach", style: reach }),
  );
}

/**
 * Draw an arrow head in the middle of a link, in the direction of the greater flow.
 * @param {Point} from @param {Point} to @param {boolean} isForward @param {number} width @param {number} unit @returns {SVGElement}
 */
function drawArrow(from, to, isForward, width, unit) {
  const angle = Math.atan2(to.y - from.y, to.x - from.x) + (isForward ? 0 : Math.PI);
  const size = width * 0.5 + 2 * unit;
  const middle = `${(from.x + to.x) / 2} ${(from.y + to.y) / 2}`;
  const [tail, half, head] = [-size * 0.6, size * 0.75, size * 0.8];
  return s("path", {
    class: "map-arrow",
    transform: `translate(${middle}) rotate(${(angle * 180) / Math.PI})`,
    d: `M${tail} ${-half}L${head} 0L${tail} ${half}`,
  });
}

/** @param {Canvas} canvas @param {string} id @returns {SVGElement} */
function drawCountyMarker(canvas, id) {
  const { x, y } = getPosition(canvas.positions, id);
  return s("circle", {
    cx: x,
    cy: y,
    r: computeRadius(canvas, id),
    class: "map-county-marker",
    data: { countyMark: id, hoverCounty: id },
    style: { "stroke-width": `${1.6 * canvas.unit}px` },
    on: { click: () => canvas.handlers.onPick(id) },
  });
}

/** @param {Canvas} canvas @param {string} id @returns {{isGateway: boolean, partners: Partner[]}} roles of the station */
function describeStation({ data: { problemIndex } }, id) {
  const gateways = problemIndex.problem.supply_shares?.gateways ?? [];
  const partners = [...problemIndex.partners.values()].filter((partner) => partner.at === id);
  return { isGateway: gateways.includes(id), partners };
}

/** @param {Canvas} canvas @param {string} id @returns {SVGElement} */
function drawStation(canvas, id) {
  const { unit, positions } = canvas;
  const { x, y } = getPosition(positions, id);
  const { isGateway } = describeStation(canvas, id);
  const size = (isGateway ? 7 : 3.5) * unit;
  return s("rect", {
    x: x - size,
    y: y - size,
    width: 2 * size,
    height: 2 * size,
    transform: `rotate(45 ${x} ${y})`,
    class: isGateway ? "map-gateway" : "map-station",
    style: { "stroke-width": `${1.6 * unit}px` },
  });
}

/** @param {Canvas} canvas @param {string} id @returns {SVGElement|null} */
function drawCountyName(canvas, id) {
  const { data, state, positions, unit, labels } = canvas;
  const name = data.problemIndex.getName(id).replace(/ (County|City)$/, "");
  const figure = data.formatFigure(data.computeFigure(id, state), state);
  const gap = computeRadius(canvas, id) + 4 * unit;
  const label = labels.placeLabel(getPosition(positions, id), gap, unit, [
    { text: name, class: "map-name" },
    { text: figure, class: "map-figure" },
  ]);
  if (!label) return null;
  const onClick = () => canvas.handlers.onPick(id);
  return s(
    "g",
    {
      class: "map-county-label",
      data: { countyMark: id, hoverCounty: id },
      on: { click: onClick },
    },
    label,
  );
}

/** @param {Canvas} canvas @param {string} id @returns {SVGElement|null} */
function drawStationName(canvas, id) {
  const { data, state, positions, unit, labels } = canvas;
  const { problemIndex } = data;
  const { isGateway, partners } = describeStation(canvas, id);
  if (!isGateway && !partners.length) return null;
  const lines = [{ text: problemIndex.getName(id), class: "map-name" }];
  const sum = data.getSum(id, state);
  if (isGateway && sum) {
    const { central } = sum;
    const amount = state.item
      ? formatQuantity(central, problemIndex.getUnit(state.item))
      : formatWon(central);
    lines.push({ text: t("map.gateway-label", { amount }), class: "map-central" });
  }
  for (const partner of partners) {
    const { given, taken } = data.getSwap(partner.id, state.month);
    const amounts = [
      given >= MIN_SWAP && `−${formatCompact(given)}`,
      taken >= MIN_SWAP && `+${formatCompact(taken)}`,
    ].filter(Boolean);
    if (!amounts.length) continue;
    const text = [problemIndex.getName(partner.id), ...amounts].join(" ");
    lines.push({ text, class: "map-swap" });
  }
  return labels.placeLabel(getPosition(positions, id), 11 * unit, unit, lines);
}
