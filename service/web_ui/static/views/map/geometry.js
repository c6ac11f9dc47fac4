/** Where things are drawn: places by their coordinates, counties as the ground nearer to their seat than to another's. */

/** Size of the ground that all places lie on, in units of the drawing. */
const WIDTH = 1000,
  HEIGHT = 760;
const MARGIN = { left: 20, right: 20, top: 20, bottom: 20 };
const REACH = 0.9,
  NEAREST = 88,
  FARTHEST = 116;

/**
 * Positions on the drawing.
 * @param {import("../../lib/problem-index.js").Atlas} atlas the problem
 * @returns {Map<string, {x: number, y: number}>} place → position; places without coordinates stand in a circle
 */
export function positions(atlas) {
  const all = [...atlas.places.values()];
  const known = all.filter(
    (place) => Number.isFinite(place.latitude) && Number.isFinite(place.longitude),
  );
  if (known.length < all.length) return circle(all);
  const middle = known.reduce((sum, place) => sum + place.latitude, 0) / known.length;
  const flat = known.map((place) => [
    place.id,
    place.longitude * Math.cos((middle * Math.PI) / 180),
    -place.latitude,
  ]);
  const [left, right] = ends(flat.map((one) => one[1]));
  const [top, bottom] = ends(flat.map((one) => one[2]));
  const scale = Math.min(
    (WIDTH - MARGIN.left - MARGIN.right) / (right - left || 1),
    (HEIGHT - MARGIN.top - MARGIN.bottom) / (bottom - top || 1),
  );
  const shift = [
    (WIDTH - (right - left) * scale) / 2,
    MARGIN.top + (HEIGHT - MARGIN.top - MARGIN.bottom - (bottom - top) * scale) / 2,
  ];
  return new Map(
    flat.map(([id, x, y]) => [
      id,
      { x: shift[0] + (x - left) * scale, y: shift[1] + (y - top) * scale },
    ]),
  );
}

function circle(all) {
  const turn = (2 * Math.PI) / all.length;
  return new Map(
    all.map((place, at) => [
      place.id,
      { x: WIDTH / 2 + 300 * Math.cos(at * turn), y: HEIGHT / 2 + 280 * Math.sin(at * turn) },
    ]),
  );
}

const ends = (numbers) => [Math.min(...numbers), Math.max(...numbers)];

/**
 * The ground of every county: a disc around its seat, cut where another seat is nearer.
 * @param {Map<string, {x: number, y: number}>} seats county → position
 * @returns {Map<string, Array<{x: number, y: number}>>} county → corners
 */
export function cells(seats) {
  const all = [...seats.values()];
  return new Map(
    [...seats].map(([id, seat]) => [
      id,
      all.reduce(
        (shape, other) => (other === seat ? shape : cut(shape, seat, other)),
        disc(seat, reach(seat, all)),
      ),
    ]),
  );
}

/** How far a county's ground goes: a share of the way to its second nearest neighbour. */
function reach(seat, all) {
  const distances = all
    .filter((other) => other !== seat)
    .map((other) => Math.hypot(other.x - seat.x, other.y - seat.y))
    .sort((a, b) => a - b);
  return Math.min(FARTHEST, Math.max(NEAREST, REACH * (distances[1] ?? distances[0] ?? 0)));
}

/** What a drawing must hold. @param {Array<{x: number, y: number}>} points all that is drawn @param {number} beside room at the sides @param {number} above room above and below @param {number} shape least width to a height of 1 @returns {{x: number, y: number, width: number, height: number}} the box */
export function around(points, beside, above, shape) {
  const [left, right] = ends(points.map(({ x }) => x));
  const [top, bottom] = ends(points.map(({ y }) => y));
  const height = bottom - top + 2 * above;
  const width = Math.max(right - left + 2 * beside, height * shape);
  return { x: (left + right - width) / 2, y: top - above, width, height };
}

function disc({ x, y }, radius) {
  return Array.from({ length: 72 }, (_, at) => ({
    x: x + radius * Math.cos((at * Math.PI) / 36),
    y: y + radius * Math.sin((at * Math.PI) / 36),
  }));
}

/** The part of a convex shape that is nearer to `seat` than to `other` (Sutherland and Hodgman). */
function cut(shape, seat, other) {
  const [dx, dy] = [other.x - seat.x, other.y - seat.y];
  const edge = (other.x ** 2 + other.y ** 2 - (seat.x ** 2 + seat.y ** 2)) / 2;
  const over = ({ x, y }) => x * dx + y * dy - edge;
  const kept = [];
  shape.forEach((corner, at) => {
    const before = shape[(at + shape.length - 1) % shape.length];
    const [a, b] = [over(before), over(corner)];
    if (a <= 0 !== b <= 0)
      kept.push({
        x: before.x + ((corner.x - before.x) * a) / (a - b),
        y: before.y + ((corner.y - before.y) * a) / (a - b),
      });
    if (b <= 0) kept.push(corner);
  });
  return kept;
}

/** A closed path. @param {Array<{x: number, y: number}>} corners its corners @returns {string} for `d` */
export const path = (corners) =>
  `M${corners.map(({ x, y }) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L")}Z`;
