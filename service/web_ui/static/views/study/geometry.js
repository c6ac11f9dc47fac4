/** Scales and paths of the charts of studies. */

/** @typedef {{low: number, high: number, map: (value: number) => number}} Scale maps values to pixels */

/**
 * Create a linear scale. A range without width is widened, so that it can be drawn.
 * @param {number} low value at the start
 * @param {number} high value at the end
 * @param {number} start pixel at the start
 * @param {number} end pixel at the end
 * @returns {Scale} the scale
 */
export function createScale(low, high, start, end) {
  const half = high > low ? 0 : Math.abs(low) / 20 || 0.5;
  const [from, to] = [low - half, high + half];
  return {
    low: from,
    high: to,
    map: (value) => start + ((value - from) / (to - from)) * (end - start),
  };
}

/**
 * List round values within a range.
 * @param {number} low start of the range
 * @param {number} high end of the range
 * @param {number} count wanted number of values
 * @returns {number[]} multiples of 1, 2 or 5 times a power of ten
 */
export function listTicks(low, high, count) {
  const raw = (high - low) / Math.max(1, count);
  if (!(raw > 0)) return [low];
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 5, 10].find((one) => one * power >= raw * 0.999) ?? 10);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, k) =>
    Number(((first + k) * step).toPrecision(12)),
  );
}

/**
 * Find the range of numbers with some room at both ends.
 * @param {(number|null|undefined)[]} values numbers; others are left out
 * @param {number} [room] part of the range that is added at each end
 * @returns {[number, number]} least and greatest value with the room; 0 to 1 without numbers
 */
export function findRange(values, room = 0.04) {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (typeof value !== "number" || !Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return [0, 1];
  const added = (high - low) * room;
  return [low - added, high + added];
}

/** @param {number} value @returns {string} */
const round = (value) => String(Number(value.toFixed(2)));

/**
 * Build the path of a line.
 * @param {Point[]} points its points
 * @returns {string} the path
 */
export const buildLine = (points) =>
  points.map(({ x, y }, k) => `${k ? "L" : "M"}${round(x)} ${round(y)}`).join("");

/**
 * Build the path of the band between two lines.
 * @param {Point[]} upper points of one line
 * @param {Point[]} lower points of the other, in the same order
 * @returns {string} the path
 */
export const buildBand = (upper, lower) => `${buildLine([...upper, ...lower.toReversed()])}Z`;
