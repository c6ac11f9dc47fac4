/** Placement of labels without overlaps: below, above or beside a place, or farther away with a leader line. Labels without room are left out. */

import { s } from "../../lib/dom.js";

const LINE_HEIGHT = 15;
const FONT_SIZE = 13;
const PADDING = 1;

/** Distances of labels beyond the gap, pixels; the first spot with room is taken. */
const EXTRA_GAPS = [0, 12, 30, 55, 85];

/** @typedef {{left: number, right: number, top: number, bottom: number}} Area */
/** @typedef {{x: number, y: number, anchor: "start"|"middle"|"end"}} Spot */
/** @typedef {{text: string, class: string}} Line */

/** Records the occupied areas of a drawing. */
export class LabelPlacer {
  /** @param {Box} box bounds of the drawing */
  constructor(box) {
    this.box = box;
    /** @type {(Area & {owner?: string})[]} */
    this.occupied = [];
    /** @type {Point[]} */
    this.places = [];
  }

  /** @returns {LabelPlacer} a placer with the same occupied areas, to try labels with */
  copy() {
    const copy = new LabelPlacer(this.box);
    copy.occupied = [...this.occupied];
    copy.places = [...this.places];
    return copy;
  }

  /**
   * Keep labels of other places off a place.
   * @param {Point} position the place
   * @param {number} radius radius of the reserved area
   */
  reserve({ x, y }, radius) {
    const area = { left: x - radius, right: x + radius, top: y - radius, bottom: y + radius };
    this.occupied.push({ ...area, owner: `${x} ${y}` });
    this.places.push({ x, y });
  }

  /**
   * Place a label near a place: all lines if there is room, else the first line, else farther away with a leader line.
   * @param {Point} position the place
   * @param {number} gap distance from the place
   * @param {number} unit one pixel in units of the drawing
   * @param {Line[]} lines lines of the label
   * @returns {SVGElement|null} the label; null if there is no room, or if the place is outside the drawing
   */
  placeLabel(position, gap, unit, lines) {
    for (const { distance, shown, isNearest } of listVariants(gap, unit, lines)) {
      const width = (Math.max(...shown.map(measureWidth)) + 2 * PADDING) * unit;
      const height = shown.length * LINE_HEIGHT * unit;
      const spot = this.findSpot(position, distance, width, height, isNearest);
      if (!spot) continue;
      const isFar = distance > gap || !isNearest;
      const leader = isFar && drawLeader(position, computeArea(spot, width, height));
      return drawLabel(spot, width, shown, unit, leader);
    }
    return null;
  }

  /**
   * Find a spot for a label and occupy it.
   * @param {Point} position the place
   * @param {number} gap distance from the place
   * @param {number} width width of the label
   * @param {number} height height of the label
   * @param {boolean} [isNearest] whether no other place may be nearer to the label
   * @returns {Spot|null} the spot; null if there is no room
   */
  findSpot(position, gap, width, height, isNearest = false) {
    if (!isInside(position, this.box)) return null;
    const owner = `${position.x} ${position.y}`;
    for (const candidate of listSpots(position, gap, width, height)) {
      const spot = this.clampToBox(candidate, width);
      const area = computeArea(spot, width, height);
      if (!this.isFree(area, owner)) continue;
      if (isNearest && !this.isNearestTo(area, position)) continue;
      this.occupied.push(area);
      return spot;
    }
    return null;
  }

  /** @param {Area} area @param {Point} position @returns {boolean} whether no other place is nearer to the middle of the label, so that it is read as the name of its place */
  isNearestTo(area, position) {
    const middle = { x: (area.left + area.right) / 2, y: (area.top + area.bottom) / 2 };
    /** @param {Point} place */
    const computeDistance = (place) => Math.hypot(place.x - middle.x, place.y - middle.y);
    const distance = computeDistance(position);
    return this.places.every((place) => computeDistance(place) >= distance);
  }

  /** @param {Spot} spot @param {number} width @returns {Spot} the spot, moved so that a centred label stays inside the drawing */
  clampToBox(spot, width) {
    if (spot.anchor !== "middle") return spot;
    const half = width / 2;
    const [low, high] = [this.box.x + half, this.box.x + this.box.width - half];
    return { ...spot, x: Math.min(high, Math.max(low, spot.x)) };
  }

  /** @param {Area} area @param {string} owner place of the label: its own reserved area counts as free @returns {boolean} */
  isFree(area, owner) {
    const { x, y, width, height } = this.box;
    if (area.left < x || area.right > x + width) return false;
    if (area.top < y || area.bottom > y + height) return false;
    return this.occupied.every(
      (other) =>
        other.owner === owner ||
        area.right < other.left ||
        area.left > other.right ||
        area.bottom < other.top ||
        area.top > other.bottom,
    );
  }
}

/** @param {Point} position @param {Box} box @returns {boolean} */
const isInside = ({ x, y }, box) =>
  x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height;

/** @param {number} gap @param {number} unit @param {Line[]} lines @returns {{distance: number, shown: Line[], isNearest: boolean}[]} distances and lines of a label in order of preference */
const listVariants = (gap, unit, lines) =>
  [true, false].flatMap((isNearest) =>
    EXTRA_GAPS.map((extra) => gap + extra * unit).flatMap((distance) =>
      (lines.length > 1 ? [lines, lines.slice(0, 1)] : [lines]).map((shown) => ({
        distance,
        shown,
        isNearest,
      })),
    ),
  );

/** @param {Spot} spot @param {number} width @param {Line[]} lines @param {number} unit @param {SVGElement|false} leader @returns {SVGElement} the text, over an area that takes clicks between its letters */
function drawLabel(spot, width, lines, unit, leader) {
  const lineHeight = LINE_HEIGHT * unit;
  const area = computeArea(spot, width, lines.length * lineHeight);
  const texts = lines.map((line, row) => {
    const y = spot.y + (row + 0.8) * lineHeight;
    return s("tspan", { class: line.class, x: spot.x, y }, line.text);
  });
  const ground = {
    class: "map-label-area",
    x: area.left,
    y: area.top,
    width,
    height: area.bottom - area.top,
  };
  return s(
    "g",
    { "aria-hidden": "true" },
    leader,
    s("rect", ground),
    s("text", { "text-anchor": spot.anchor }, texts),
  );
}

/** @param {Point} position @param {Area} area @returns {SVGElement} a line from the place to the nearest point of the label */
function drawLeader({ x, y }, { left, right, top, bottom }) {
  const end = {
    x2: Math.min(right, Math.max(left, x)),
    y2: Math.min(bottom, Math.max(top, y)),
  };
  return s("line", { class: "map-leader", x1: x, y1: y, ...end });
}

/** @param {Point} position @param {number} gap @param {number} width @param {number} height @returns {Spot[]} spots in order of preference */
function listSpots({ x, y }, gap, width, height) {
  const quarter = width / 4;
  return [
    { x, y: y + gap, anchor: "middle" },
    { x: x + gap, y: y - height / 2, anchor: "start" },
    { x: x - gap, y: y - height / 2, anchor: "end" },
    { x, y: y - gap - height, anchor: "middle" },
    { x: x - quarter, y: y + gap, anchor: "middle" },
    { x: x + quarter, y: y + gap, anchor: "middle" },
    { x: x - quarter, y: y - gap - height, anchor: "middle" },
    { x: x + quarter, y: y - gap - height, anchor: "middle" },
    { x: x + gap, y: y + gap / 2, anchor: "start" },
    { x: x - gap, y: y + gap / 2, anchor: "end" },
    { x, y: y - gap - height, anchor: "end" },
    { x, y: y - gap - height, anchor: "start" },
    { x, y: y + gap, anchor: "end" },
    { x, y: y + gap, anchor: "start" },
    { x: x + gap, y: y - gap / 2 - height, anchor: "start" },
    { x: x - gap, y: y - gap / 2 - height, anchor: "end" },
  ];
}

/** @param {Spot} spot @param {number} width @param {number} height @returns {Area} */
function computeArea({ x, y, anchor }, width, height) {
  const left = { start: x, middle: x - width / 2, end: x - width }[anchor];
  return { left, right: left + width, top: y, bottom: y + height };
}

/** @type {CanvasRenderingContext2D|null} */
let pen = null;

/** @param {Line} line @returns {number} width in pixels in the font of the map */
function measureWidth({ text, class: className }) {
  pen ??= document.createElement("canvas").getContext("2d");
  if (!pen) return 0;
  const weight = className === "map-name" ? 600 : 400;
  pen.font = `${weight} ${FONT_SIZE}px ${getComputedStyle(document.body).fontFamily}`;
  return pen.measureText(text).width;
}
