/** The main figures of a plan whose ranges are asked for, and their bars. */

import { listPriorities } from "../study/request.js";

/** Counties whose ranges are asked for: those that get least. */
const MAX_COUNTIES = 6;

/**
 * List the measures of the main figures of a plan.
 * @param {Problem} problem the problem
 * @param {Pick<Plan, "summary">} plan the plan
 * @returns {Record<string, any>[]} served share of all needs, of priorities and of the counties that get least, and electricity
 */
export function listMainMeasures(problem, { summary }) {
  const priorities = listPriorities(problem);
  const counties = (summary?.by_county ?? [])
    .toSorted((one, other) => one.share - other.share)
    .slice(0, MAX_COUNTIES);
  const served = { measure: "served_share" };
  return [
    served,
    ...(priorities.length > 1 ? priorities : []).map((one) => ({
      ...served,
      of: { priority: [one] },
    })),
    ...counties.map(({ key }) => ({ ...served, of: { county: [key] } })),
    ...(summary?.power_used_kwh ? [{ measure: "power_used" }] : []),
  ];
}

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
      .flatMap(({ least, greatest, here: value }) => [least, greatest, value])
      .filter((value) => value !== null);
    const [low, high] = [Math.min(...all), Math.max(...all)];
    return { key, measure, of, ranges: own, here, low, high };
  });
}
