/** Periods in few words: `Jan–Apr, Dec`. */

import { formatPeriod } from "./format.js";
import { t } from "./i18n.js";

/**
 * Merge periods that follow each other.
 * @param {readonly string[]} chosen the periods, in order
 * @param {readonly string[]} all all periods of the plan
 * @returns {[string, string][]} first and last period of each run
 */
export function mergePeriods(chosen, all) {
  /** @type {[string, string][]} */
  const runs = [];
  for (const period of chosen) {
    const last = runs.at(-1);
    if (last && all.indexOf(period) >= 0 && all.indexOf(last[1]) === all.indexOf(period) - 1) {
      last[1] = period;
    } else runs.push([period, period]);
  }
  return runs;
}

/**
 * Describe periods.
 * @param {readonly string[]} chosen the periods, in order; none for the whole plan
 * @param {readonly string[]} all all periods of the plan
 * @returns {string} such as `Jan–Apr, Dec`
 */
export function describePeriods(chosen, all) {
  if (!chosen.length || chosen.length === all.length) return t("periods.all");
  return mergePeriods(chosen, all)
    .map(([first, last]) =>
      first === last ? formatPeriod(first) : `${formatPeriod(first)}–${formatPeriod(last)}`,
    )
    .join(", ");
}
