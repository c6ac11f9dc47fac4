/** Names where there is room for them: below, above, beside; left out where there is none. */

import { s } from "../../lib/dom.js";

const BESIDE = 1;

/** Keeps account of what is covered. */
export class Labels {
  /** @param {{x: number, y: number, width: number, height: number}} box the drawing */
  constructor(box) {
    this.box = box;
    this.taken = [];
  }

  /** Keep names off a place. @param {{x: number, y: number}} at where @param {number} radius how far around */
  keep({ x, y }, radius) {
    this.taken.push({
      left: x - radius,
      right: x + radius,
      top: y - radius,
      bottom: y + radius,
      own: `${x} ${y}`,
    });
  }

  /**
   * Write lines near a place.
   * @param {{x: number, y: number}} at the place
   * @param {number} gap how far from it
   * @param {number} unit one pixel in units of the drawing
   * @param {Array<{text: string, class: string}>} lines what is written
   * @returns {SVGElement|null} the text; null where it finds no room, and for places beyond the drawing
   */
  place(at, gap, unit, lines) {
    const { box } = this;
    if (at.x < box.x || at.x > box.x + box.width || at.y < box.y || at.y > box.y + box.height)
      return null;
    const height = 15 * unit;
    const width = (Math.max(...lines.map(length)) + 2 * BESIDE) * unit;
    const tall = lines.length * height;
    const spots = [
      { x: at.x, y: at.y + gap, anchor: "middle" },
      { x: at.x + gap, y: at.y - tall / 2, anchor: "start" },
      { x: at.x - gap, y: at.y - tall / 2, anchor: "end" },
      { x: at.x, y: at.y - gap - tall, anchor: "middle" },
      { x: at.x + gap, y: at.y + gap / 2, anchor: "start" },
      { x: at.x - gap, y: at.y + gap / 2, anchor: "end" },
      { x: at.x, y: at.y - gap - tall, anchor: "end" },
      { x: at.x, y: at.y - gap - tall, anchor: "start" },
      { x: at.x, y: at.y + gap, anchor: "end" },
      { x: at.x, y: at.y + gap, anchor: "start" },
      { x: at.x + gap, y: at.y - gap / 2 - tall, anchor: "start" },
      { x: at.x - gap, y: at.y - gap / 2 - tall, anchor: "end" },
    ];
    const spot = spots
      .map((one) => this.inside(one, width))
      .find((one) => this.free(covered(one, width, tall), at));
    if (!spot) return null;
    this.taken.push(covered(spot, width, tall));
    return s(
      "text",
      { "text-anchor": spot.anchor, "aria-hidden": "true" },
      lines.map((line, row) =>
        s("tspan", { class: line.class, x: spot.x, y: spot.y + (row + 0.8) * height }, line.text),
      ),
    );
  }

  /** A spot above or below, moved to the side so far that the text stays within the drawing. */
  inside(spot, width) {
    if (spot.anchor !== "middle") return spot;
    const half = width / 2;
    return {
      ...spot,
      x: Math.min(this.box.x + this.box.width - half, Math.max(this.box.x + half, spot.x)),
    };
  }

  free(area, at) {
    const { x, y, width, height } = this.box;
    if (area.left < x || area.right > x + width || area.top < y || area.bottom > y + height)
      return false;
    return this.taken.every(
      (one) =>
        one.own === `${at.x} ${at.y}` ||
        area.right < one.left ||
        area.left > one.right ||
        area.bottom < one.top ||
        area.top > one.bottom,
    );
  }
}

function covered({ x, y, anchor }, width, tall) {
  const left = { start: x, middle: x - width / 2, end: x - width }[anchor];
  return { left, right: left + width, top: y, bottom: y + tall };
}

let pen = null;

/** Pixels that a line takes, in the type of the map. */
function length({ text, class: kind }) {
  pen ??= document.createElement("canvas").getContext("2d");
  pen.font = `${kind === "map-name" ? 600 : 400} 13px ${getComputedStyle(document.body).fontFamily}`;
  return pen.measureText(text).width;
}
