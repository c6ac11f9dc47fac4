/** Amounts that can be weighed or counted: orders on paper state nothing finer. */

import { countFractionDigits, formatWithDigits } from "../../lib/format.js";

/** Fraction digits of amounts that are measured: 0.1 of a unit, and a kilogram of a tonne. */
const MEASURED_DIGITS = 1;
const TONNE_DIGITS = 3;

/** @param {number} amount @param {Pick<Item, "unit"|"whole_units">|undefined} item @returns {number} fraction digits of an amount: three significant digits at most behind the decimal point, and nothing finer than the scale */
function countScaleDigits(amount, item) {
  if (item?.whole_units) return 0;
  const finest = item?.unit === "tonne" ? TONNE_DIGITS : MEASURED_DIGITS;
  return Math.min(finest, countFractionDigits(Math.abs(amount)));
}

/**
 * Round an amount to what can be weighed or counted.
 * @param {number} amount units of an item
 * @param {Pick<Item, "unit"|"whole_units">|undefined} item the item; amounts of no item, such as hours, are measured
 * @returns {number} the rounded amount, 0 if it is too small
 */
export function roundToScale(amount, item) {
  const scale = 10 ** countScaleDigits(amount, item);
  return Math.round(amount * scale) / scale;
}

/**
 * Format an amount that can be weighed or counted.
 * @param {number} amount units of an item, rounded by `roundToScale`
 * @param {Pick<Item, "unit"|"whole_units">|undefined} item the item
 * @returns {string} the amount; a dot if there is none
 */
export const formatOnScale = (amount, item) =>
  amount === 0 ? "·" : formatWithDigits(amount, countScaleDigits(amount, item));
