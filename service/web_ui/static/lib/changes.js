/** Differences of figures to the plan that is compared with. Differences too small to be told are none. */

import { formatNumber, formatQuantity, formatSignedSum } from "./format.js";
import { t } from "./i18n.js";
import { isRelevantShortage } from "./relevance.js";

/**
 * Tell whether two amounts differ enough to be told.
 * @param {number} now an amount
 * @param {number} before the amount in the other plan
 * @param {boolean} [isWhole] whether the amounts are whole units
 * @returns {boolean} false below half a whole unit, or below 0.05 % of the larger amount
 */
export const isChanged = (now, before, isWhole = false) =>
  isRelevantShortage(Math.abs(now - before), Math.max(Math.abs(now), Math.abs(before)), isWhole);

/**
 * Format the difference of two amounts.
 * @param {number|null} now the amount; null if the plan cannot have it
 * @param {number|null} before the amount in the other plan; null if that plan cannot have it
 * @param {(amount: number) => string} format formats an amount with its unit
 * @param {boolean} [isWhole] whether the amounts are whole units
 * @returns {string} the difference with its sign; a dash where one of the plans cannot have an amount
 */
export function formatChange(now, before, format, isWhole = false) {
  if (now === null || before === null) return "–";
  if (!isChanged(now, before, isWhole)) return t("format.no-change");
  return formatSignedSum(now - before, format);
}

/**
 * Format the difference of two amounts of an item.
 * @param {number|null} now @param {number|null} before as for `formatChange`
 * @param {{unit: string, isWhole: boolean}} item unit of the item, and whether it is in whole units
 * @returns {string} as for `formatChange`
 */
export const formatQuantityChange = (now, before, { unit, isWhole }) =>
  formatChange(now, before, (amount) => formatQuantity(amount, unit), isWhole);

/**
 * Format the difference of two amounts for narrow cells.
 * @param {number|null} now @param {number|null} before as for `formatChange`
 * @param {boolean} [isWhole] whether the amounts are whole units
 * @returns {string} the difference without a unit; a dot if there is none to be told
 */
export function formatShortChange(now, before, isWhole = false) {
  if (now === null || before === null) return "–";
  return isChanged(now, before, isWhole) ? formatSignedSum(now - before, formatNumber) : "·";
}
