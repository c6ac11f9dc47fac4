/** Geometry of the map: positions of places, and the cells of counties around their markers. */

/** @typedef {{longitude: number, latitude: number}} Coordinates degrees east and north */

/** Size of the area that contains all places, in units of the drawing. */
const WIDTH = 1000;
const HEIGHT = 760;
const MARGIN = 20;

/** Radius of a cell: a share of the distance to the second nearest marker, within bounds. */
const RADIUS_FACTOR = 0.9;
const MIN_RADIUS = 88;
const MAX_RADIUS = 116;

const DISC_CORNERS = 72;

/**
 * Compute the positions of places by their coordinates.
 * @param {{places: Map<string, Place>}} problemIndex the problem
 * @param {((longitude: number, latitude: number) => Point)|null} [project] the projection; by default one that fits the places
 * @returns {Map<string, Point>} positions by place; places are on a circle without a projection
 */
export function computePositions({ places }, project = createProjection([...places.values()])) {
  if (!project) return placeOnCircle([...places.keys()]);
  return new Map(
    [...places].map(([id, { longitude, latitude }]) => [
      id,
      project(longitude ?? 0, latitude ?? 0),
    ]),
  );
}

/**
 * Create a projection (equirectangular) that fits all places into the area of the drawing.
 * @param {Place[]} places the places
 * @param {Coordinates[]} [corners] what else the area contains
 * @returns {((longitude: number, latitude: number) => Point)|null} the position of coordinates; null if a place has none
 */
export function createProjection(places, corners = []) {
  const towns = places.flatMap(({ latitude, longitude }) =>
    isCoordinate(latitude) && isCoordinate(longitude) ? [{ latitude, longitude }] : [],
  );
  if (!places.length || towns.length < places.length) return null;
  const sum = towns.reduce((total, { latitude }) => total + latitude, 0);
  const cosine = Math.cos(((sum / places.length) * Math.PI) / 180);
  const coordinates = [...towns, ...corners];
  const [left, right] = findRange(coordinates.map(({ longitude }) => longitude * cosine));
  const [top, bottom] = findRange(coordinates.map(({ latitude }) => -latitude));
  const scale = Math.min(
    (WIDTH - 2 * MARGIN) / (right - left || 1),
    (HEIGHT - 2 * MARGIN) / (bottom - top || 1),
  );
  const shiftX = (WIDTH - (right - left) * scale) / 2;
  const shiftY = (HEIGHT - (bottom - top) * scale) / 2;
  return (longitude, latitude) => ({
    x: shiftX + (longitude * cosine - left) * scale,
    y: shiftY + (-latitude - top) * scale,
  });
}

/** @param {number|null|undefined} value @returns {value is number} */
const isCoordinate = (value) => typeof value === "number" && Number.isFinite(value);

/** @param {string[]} ids @returns {Map<string, Point>} */
function placeOnCircle(ids) {
  const step = (2 * Math.PI) / ids.length;
  return new Map(
    ids.map((id, k) => [
      id,
      { x: WIDTH / 2 + 300 * Math.cos(k * step), y: HEIGHT / 2 + 280 * Math.sin(k * step) },
    ]),
  );
}

/** @param {number[]} numbers @returns {[number, number]} */
const findRange = (numbers) =>
  numbers.reduce(
    ([least, most], number) => [Math.min(least, number), Math.max(most, number)],
    [Infinity, -Infinity],
  );

/**
 * Compute the cell of every county: the part of the ground that is nearer to its marker than to any other.
 * @param {Map<string, Point>} markers positions of the markers by county
 * @param {Point[]} [ground] corners of the ground; by default each cell has a disc around its marker
 * @returns {Map<string, Point[]>} corners of the cells by county
 */
export function computeCells(markers, ground) {
  const all = [...markers.values()];
  return new Map(
    [...markers].map(([id, marker]) => {
      const others = all.filter((other) => other !== marker);
      const whole = ground ?? createDisc(marker, computeCellRadius(marker, others));
      return [id, others.reduce((cell, other) => clipToNearer(cell, marker, other), whole)];
    }),
  );
}

/**
 * Compute a rectangle around points.
 * @param {Point[]} points the points
 * @returns {Point[]} its corners
 */
export function computeRectangle(points) {
  const [left, right] = findRange(points.map(({ x }) => x));
  const [top, bottom] = findRange(points.map(({ y }) => y));
  return [
    { x: left, y: top },
    { x: right, y: top },
    { x: right, y: bottom },
    { x: left, y: bottom },
  ];
}

/** @param {Point} marker @param {Point[]} others @returns {number} */
function computeCellRadius(marker, others) {
  const distances = others
    .map((other) => Math.hypot(other.x - marker.x, other.y - marker.y))
    .sort((a, b) => a - b);
  const distance = distances[1] ?? distances[0] ?? 0;
  return Math.min(MAX_RADIUS, Math.max(MIN_RADIUS, RADIUS_FACTOR * distance));
}

/**
 * Compute the bounds of a drawing.
 * @param {Point[]} points what the drawing contains
 * @param {number} sideMargin margin left and right
 * @param {number} verticalMargin margin above and below
 * @param {number} minAspectRatio least ratio of width to height
 * @returns {Box} the bounds
 */
export function computeBounds(points, sideMargin, verticalMargin, minAspectRatio) {
  const [left, right] = findRange(points.map(({ x }) => x));
  const [top, bottom] = findRange(points.map(({ y }) => y));
  const height = bottom - top + 2 * verticalMargin;
  const width = Math.max(right - left + 2 * sideMargin, height * minAspectRatio);
  return { x: (left + right - width) / 2, y: top - verticalMargin, width, height };
}

/** @param {Point} centre @param {number} radius @returns {Point[]} */
function createDisc({ x, y }, radius) {
  return Array.from({ length: DISC_CORNERS }, (_, k) => {
    const angle = (2 * Math.PI * k) / DISC_CORNERS;
    return { x: x + radius * Math.cos(angle), y: y + radius * Math.sin(angle) };
  });
}

/**
 * Clip a convex polygon to the points nearer to one marker than to another (Sutherland–Hodgman algorithm).
 * @param {Point[]} polygon corners of the polygon
 * @param {Point} marker the nearer marker
 * @param {Point} other the other marker
 * @returns {Point[]} corners of the clipped polygon
 */
export function clipToNearer(polygon, marker, other) {
  const [dx, dy] = [other.x - marker.x, other.y - marker.y];
  const edge = (other.x ** 2 + other.y ** 2 - (marker.x ** 2 + marker.y ** 2)) / 2;
  /** @param {Point} point @returns {number} positive on the side of the other marker */
  const computeDistance = ({ x, y }) => x * dx + y * dy - edge;
  /** @type {Point[]} */
  const corners = [];
  polygon.forEach((corner, k) => {
    const previous = polygon[(k + polygon.length - 1) % polygon.length];
    const [a, b] = [computeDistance(previous), computeDistance(corner)];
    if (a <= 0 !== b <= 0) {
      const share = a / (a - b);
      corners.push({
        x: previous.x + (corner.x - previous.x) * share,
        y: previous.y + (corner.y - previous.y) * share,
      });
    }
    if (b <= 0) corners.push(corner);
  });
  return corners;
}

/**
 * Build a closed path.
 * @param {Point[]} corners corners of the path
 * @returns {string} the attribute `d`
 */
export const buildPath = (corners) =>
  `M${corners.map(({ x, y }) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L")}Z`;

/**
 * Build a path of several closed rings.
 * @param {Point[][]} rings the rings
 * @returns {string} the attribute `d`
 */
export const buildRings = (rings) => rings.map(buildPath).join("");
