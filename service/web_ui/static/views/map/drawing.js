/** The drawing of the map: counties, links, gateways and neighbours. */

import { s } from "../../lib/dom.js";
import {
  formatCompact,
  formatNumber,
  formatQuantity,
  formatShare,
  formatWon,
} from "../../lib/format.js";
import { t } from "../../lib/i18n.js";
import { getScaleColour } from "../../lib/palette.js";
import { buildPath, computeBounds, computeCells, computePositions } from "./geometry.js";
import { LabelPlacer } from "./labels.js";

/** Below this width in pixels the map shows only the counties, as large as possible. */
export const NARROW_WIDTH = 560;

/** Swaps of less are left out of the labels, won. */
const MIN_SWAP = 0.5;

/**
 * @typedef {object} Canvas what the parts of the drawing share
 * @property {MapData} data the figures
 * @property {MapState} state what is shown
 * @property {(county: string) => void} onPick called with the county that the user picks
 * @property {Map<string, Point>} positions positions of all places
 * @property {Map<string, Point[]>} cells corners of the cells of the counties
 * @property {number} unit one pixel in units of the drawing
 * @property {LabelPlacer} labels placer of the labels
 */

/**
 * Draw the province.
 * @param {MapData} data the figures
 * @param {MapState} state what is shown
 * @param {(county: string) => void} onPick called with the county that the user picks
 * @param {{width: number, maxHeight: number}} size available pixels
 * @returns {SVGElement} the drawing
 */
export function drawMap(data, state, onPick, { width, maxHeight }) {
  const { problemIndex } = data;
  const counties = [...problemIndex.counties.keys()];
  const stations = [...problemIndex.stations.keys()];
  const positions = computePositions(problemIndex);
  const markers = new Map(counties.map((id) => [id, getPosition(positions, id)]));
  const cells = computeCells(markers);
  const corners = [...cells.values()].flat();
  const box =
    width < NARROW_WIDTH
      ? computeBounds(corners, 8, 8, 0)
      : computeBounds([...corners, ...positions.values()], 60, 24, width / maxHeight);
  const unit = Math.max(box.width / width, box.height / maxHeight);
  const labels = new LabelPlacer(box);
  /** @type {Canvas} */
  const canvas = { data, state, onPick, positions, cells, unit, labels };
  for (const [id, position] of markers) {
    labels.reserve(position, computeRadius(canvas, id) + 2 * unit);
  }
  // Stations have less room for their names, so their names are placed first.
  const stationNames = stations.map((id) => drawStationName(canvas, id));
  const countyNames = sortByPopulation(problemIndex).map((id) => drawCountyName(canvas, id));
  return s(
    "svg",
    {
      viewBox: `${box.x} ${box.y} ${box.width} ${box.height}`,
      class: "map-svg",
      role: "group",
      "aria-label": t("map.drawing"),
      style: { "font-size": `${13 * unit}px` },
    },
    s(
      "g",
      { class: "map-cells" },
      counties.map((id) => drawCounty(canvas, id)),
    ),
    s("g", { class: "map-links" }, drawLinks(canvas)),
    s(
      "g",
      { class: "map-places" },
      stations.map((id) => drawStation(canvas, id)),
      counties.map((id) => drawCountyMarker(canvas, id)),
    ),
    s("g", { class: "map-names" }, countyNames, stationNames),
  );
}

/** @param {Map<string, Point>} positions @param {string} id @returns {Point} */
const getPosition = (positions, id) => positions.get(id) ?? { x: 0, y: 0 };

/**
 * Sort the counties by population, so that the names of large counties find room first.
 * @param {ProblemIndex} problemIndex @returns {string[]}
 */
function sortByPopulation(problemIndex) {
  return [...problemIndex.counties.keys()].sort(
    (one, other) => problemIndex.getPopulation(other) - problemIndex.getPopulation(one),
  );
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
  return getScaleColour(state.measure, figure / data.findHighest(state));
}

/** @param {Canvas} canvas @param {string} id @returns {SVGElement} */
function drawCounty({ data, state, onPick, cells, unit }, id) {
  const { problemIndex } = data;
  const isSelected = id === state.county;
  const figure = data.formatFigure(data.computeFigure(id, state), state);
  const title = t("map.county-label", {
    name: problemIndex.getName(id),
    measure: t(`map.measure.${state.measure}`),
    figure,
    people: formatNumber(problemIndex.getPopulation(id)),
  });
  /** @param {MouseEvent|KeyboardEvent} event */
  const handlePress = (event) => {
    if (event instanceof KeyboardEvent && event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    onPick(id);
  };
  return s(
    "path",
    {
      d: buildPath(cells.get(id) ?? []),
      class: "map-county",
      role: "button",
      tabindex: "0",
      "aria-pressed": String(isSelected),
      "aria-label": title,
      data: { place: id, figure },
      style: {
        fill: getCountyColour(data, id, state),
        "stroke-width": `${(isSelected ? 3 : 1.6) * unit}px`,
      },
      on: { click: handlePress, keydown: handlePress },
    },
    s("title", {}, title),
  );
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
function drawLink({ positions, unit, data }, link, flow, most) {
  const [from, to] = [link.from, link.to].map((id) => getPosition(positions, id));
  const ends = { x1: from.x, y1: from.y, x2: to.x, y2: to.y };
  const width = unit * (1 + 11 * Math.sqrt(flow.tonnes / most));
  const style = {
    stroke: flow.full === null ? "var(--road)" : getScaleColour("full", flow.full),
    "stroke-width": `${width}px`,
    "stroke-dasharray": link.mode === "rail" ? "none" : `${6 * unit} ${3 * unit}`,
  };
  const full =
    flow.full === null ? t("map.no-limit") : t("map.full", { share: formatShare(flow.full) });
  const name = `${t(`map.mode.${link.mode ?? "road"}`)} ${data.problemIndex.getName(link.id)}`;
  const halo = { ...ends, class: "map-halo", style: { "stroke-width": `${width + 3 * unit}px` } };
  return s(
    "g",
    { class: "map-link", data: { link: link.id, tonnes: flow.tonnes } },
    s("title", {}, `${name}: ${formatQuantity(flow.tonnes, "tonne")}, ${full}`),
    s("line", halo),
    s("line", { ...ends, style }),
    flow.tonnes > 0 && drawArrow(from, to, flow.to === link.to, Math.max(width, 5 * unit), unit),
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
    data: { countyMark: id },
    style: { "stroke-width": `${1.6 * canvas.unit}px` },
    on: { click: () => canvas.onPick(id) },
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
  const onClick = () => canvas.onPick(id);
  return s(
    "g",
    { class: "map-county-label", data: { countyMark: id }, on: { click: onClick } },
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
  if (isGateway) {
    const central = data.getSum(id, state)?.central ?? 0;
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
