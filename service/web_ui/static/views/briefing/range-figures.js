/** The ranges of the main figures of a plan, and their bars. */

/**
 * @typedef {object} RangeGroup ranges of one measure at all slacks
 * @property {string} key name of the measure with what it adds up
 * @property {string} measure name of the measure
 * @property {Record<string, any>|null} of what it adds up
 * @property {MeasureRange[]} ranges ranges in the order of the slacks
 * @property {number} here value in the plan
 * @property {number} low start of the bar
 * @property {number} high end of the bar
 */

/**
 * Group ranges by measure, each with the ends of its bar: measures of the same unit have the same.
 * @param {MeasureRange[]} ranges ranges
 * @returns {RangeGroup[]} groups in the order of the measures
 */
export function groupRanges(ranges) {
  /** @type {Map<string, MeasureRange[]>} */
  const groups = new Map();
  for (const range of ranges) {
    const key = JSON.stringify([range.measure, range.of]);
    groups.set(key, [...(groups.get(key) ?? []), range]);
  }
  return [...groups].map(([key, own]) => {
    const [{ measure, of, here, unit }] = own;
    const all = ranges
      .filter((range) => range.unit === unit)
      .flatMap((range) => [...findEnds(range).flat(), range.here])
      .filter((value) => value !== null);
    const [low, high] = [Math.min(...all), Math.max(...all)];
    return { key, measure, of, ranges: own, here, low, high };
  });
}

/**
 * The figures that each end of a range lies between, the outer one first for the least; one figure where it is proved.
 * @param {MeasureRange} range the range
 * @returns {[(number|null)[], (number|null)[]]} figures of the least and of the greatest value; null where nothing is proved
 */
export function findEnds(range) {
  const { least, greatest, least_found, greatest_found, least_bound, greatest_bound } = range;
  return [
    least === null ? [least_bound, least_found] : [least],
    greatest === null ? [greatest_found, greatest_bound] : [greatest],
  ];
}
