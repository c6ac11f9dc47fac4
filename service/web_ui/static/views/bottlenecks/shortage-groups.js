/** Shortages in groups: by good, then county, then month. */

import { isRelevantShortage } from "../../lib/relevance.js";
import { readNeed } from "../../lib/supply.js";

/**
 * @typedef {object} ShortageGroup shortages of a good, of a good in a county, or of one month of these
 * @property {string} key identifier of the good, county or month
 * @property {number} shortage units short: what no month serves, or what a month does not serve if months are selected
 * @property {number} value won of the shortage
 * @property {ShortageGroup[]} parts the next level; none for a month
 * @property {number|null} [before] units short in the plan that is compared with; null without one
 */

/** @typedef {{county: string|null, item: string|null, period: string|null}} ShortageFilter */

/**
 * Group the shortages of a plan, the greatest value first.
 * @param {Columns} columns the table `supply`
 * @param {Pick<ProblemIndex, "getValue"|"isWhole">} problemIndex the problem
 * @param {ShortageFilter} filter what is selected
 * @param {Set<string>|null} cells shortages to keep, as `county item period`; null for all
 * @returns {ShortageGroup[]} goods with their counties and months
 */
export function groupShortages(columns, problemIndex, filter, cells) {
  const isWholePlan = filter.period === null && cells === null;
  /** @type {Map<string, Map<string, Cell[]>>} */
  const goods = new Map();
  columns.county.forEach((county, row) => {
    const cell = readCell(columns, row, isWholePlan);
    if (cell.need <= 0 || !isSelected(cell, filter)) return;
    if (cells && !cells.has(getCellKey(cell))) return;
    const counties = goods.get(cell.item) ?? new Map();
    counties.set(county, [...(counties.get(county) ?? []), cell]);
    goods.set(cell.item, counties);
  });
  const groups = [...goods].map(([item, counties]) => {
    const parts = [...counties].map(([county, list]) => sumCounty(county, list, problemIndex));
    return sumParts(item, parts);
  });
  return sortByValue(groups);
}

/**
 * Add what is short in another plan: every group gets it, and groups that are short only there follow, with nothing short.
 * @param {ShortageGroup[]} groups shortages of the plan
 * @param {ShortageGroup[]} others shortages of the other plan
 * @returns {ShortageGroup[]} groups of both
 */
export function mergeShortages(groups, others) {
  const before = new Map(others.map((group) => [group.key, group]));
  const keys = new Set(groups.map(({ key }) => key));
  const ended = others
    .filter(({ key }) => !keys.has(key))
    .map(({ key }) => ({ key, shortage: 0, value: 0, parts: [] }));
  return [...groups, ...ended].map((group) => {
    const other = before.get(group.key);
    return {
      ...group,
      before: other?.shortage ?? 0,
      parts: mergeShortages(group.parts, other?.parts ?? []),
    };
  });
}

/** @typedef {{county: string, item: string, period: string, need: number, shortage: number, unmet: number}} Cell */

/** @param {Columns} columns @param {number} row @param {boolean} isWholePlan @returns {Cell} */
function readCell(columns, row, isWholePlan) {
  const [county, item, period] = ["county", "item", "period"].map((name) => columns[name][row]);
  const { demand, shortage } = readNeed(columns, row, false);
  const unmet = isWholePlan ? readNeed(columns, row, true).shortage : shortage;
  return { county, item, period, need: demand, shortage, unmet };
}

/** @param {{county: string, item: string, period: string}} cell @returns {string} */
export const getCellKey = ({ county, item, period }) => `${county} ${item} ${period}`;

/** @param {Cell} cell @param {ShortageFilter} filter @returns {boolean} */
const isSelected = (cell, { county, item, period }) =>
  (!county || cell.county === county) &&
  (!item || cell.item === item) &&
  (!period || cell.period === period);

/** @param {string} county @param {Cell[]} cells @param {Pick<ProblemIndex, "getValue"|"isWhole">} problemIndex @returns {ShortageGroup} */
function sumCounty(county, cells, problemIndex) {
  const { item } = cells[0];
  const value = problemIndex.getValue(item);
  const isWhole = problemIndex.isWhole(item);
  const short = cells.filter(({ shortage, need }) => isRelevantShortage(shortage, need, isWhole));
  const total = cells.reduce((sum, { unmet }) => sum + unmet, 0);
  const need = cells.reduce((sum, cell) => sum + cell.need, 0);
  const shortage = isRelevantShortage(total, need, isWhole) ? total : 0;
  const parts = short.map((cell) => ({
    key: cell.period,
    shortage: cell.shortage,
    value: cell.shortage * value,
    parts: [],
  }));
  return { key: county, shortage, value: shortage * value, parts };
}

/** @param {string} item @param {ShortageGroup[]} parts @returns {ShortageGroup} */
function sumParts(item, parts) {
  const short = sortByValue(parts);
  const shortage = short.reduce((sum, part) => sum + part.shortage, 0);
  return {
    key: item,
    shortage,
    value: short.reduce((sum, part) => sum + part.value, 0),
    parts: short,
  };
}

/** @param {ShortageGroup[]} groups @returns {ShortageGroup[]} groups that are short, the greatest value first */
const sortByValue = (groups) =>
  groups.filter(({ parts }) => parts.length).sort((a, b) => b.value - a.value);
