/** Placement of labels without overlaps: below, above or beside a place. Labels without room are left out. */

import { s } from "../../lib/dom.js";

const LINE_HEIGHT = 15;
const FONT_SIZE = 13;
const PADDING = 1;

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
  }

  /**
   * Keep labels of other places off a place.
   * @param {Point} position the place
   * @param {number} radius radius of the reserved area
   */
  reserve({ x, y }, radius) {
    const area = { left: x - radius, right: x + radius, top: y - radius, bottom: y + radius };
    this.occupied.push({ ...area, owner: `${x} ${y}` });
  }

  /**
   * Place a label near a place.
   * @param {Point} position the place
   * @param {number} gap distance from the place
   * @param {number} unit one pixel in units of the drawing
   * @param {Line[]} lines lines of the label
   * @returns {SVGElement|null} the label; null if there is no room, or if the place is outside the drawing
   */
  placeLabel(position, gap, unit, lines) {
    const width = (Math.max(...lines.map(measureWidth)) + 2 * PADDING) * unit;
    const lineHeight = LINE_HEIGHT * unit;
    const spot = this.findSpot(position, gap, width, lines.length * lineHeight);
    if (!spot) return null;
    const texts = lines.map((line, row) => {
      const y = spot.y + (row + 0.8) * lineHeight;
      return s("tspan", { class: line.class, x: spot.x, y }, line.text);
    });
    return s("text", { "text-anchor": spot.anchor, "aria-hidden": "true" }, texts);
  }

  /**
   * Find a spot for a label and occupy it.
   * @param {Point} position the place
   * @param {number} gap distance from the place
   * @param {number} width width of the label
   * @param {number} height height of the label
   * @returns {Spot|null} the spot; null if there is no room
   */
  findSpot(position, gap, width, height) {
    const { box } = this;
    const isOutside =
      position.x < box.x ||
      position.x > box.x + box.width ||
      position.y < box.y ||
      position.y > box.y + box.height;
    if (isOutside) return null;
    const owner = `${position.x} ${position.y}`;
    for (const candidate of listSpots(position, gap, height)) {
      const spot = this.clampToBox(candidate, width);
      const area = computeArea(spot, width, height);
      if (!this.isFree(area, owner)) continue;
      this.occupied.push(area);
      return spot;
    }
    return null;
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

/** @param {Point} position @param {number} gap @param {number} height @returns {Spot[]} spots in order of preference */
function listSpots({ x, y }, gap, height) {
  return [
    { x, y: y + gap, anchor: "middle" },
    { x: x + gap, y: y - height / 2, anchor: "start" },
    { x: x - gap, y: y - height / 2, anchor: "end" },
    { x, y: y - gap - height, anchor: "middle" },
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
