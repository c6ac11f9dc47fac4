/**
 * What is too small to be told as a fact. All views use these rules.
 *
 * The service has the same rules for its tables and texts: `solvers/results/relevance.py` and `service/core/share_text.py`.
 */

/** Shares that differ from 0 or 1 by less are 0 or 1: the difference is noise of the solver. */
export const SHARE_NOISE = 5e-8;

/** A smaller part of a need counts as nothing, if the item is not in whole units. */
export const MIN_PART_OF_NEED = 5e-4;

/** A smaller part of a unit counts as nothing, if the item is in whole units. */
export const MIN_WHOLE_UNIT = 0.5;

/** An estimate whose shadow prices hold for less of the change says nothing about its size. */
export const MIN_VALID_FRACTION = 0.5;

/** A shadow price is nothing below this part of the value of what a unit can serve. */
export const MIN_PART_OF_VALUE = 1e-4;

/** Differences of shares below this are told as "less than". */
export const MIN_SHARE_CHANGE = 1e-4;

/** Smaller sums and changes of money count as none, won. */
export const MIN_WON = 0.005;

/**
 * Tell whether a shortage is large enough to be told.
 * @param {number} shortage units short
 * @param {number} need units needed
 * @param {boolean} isWhole whether the item is in whole units
 * @returns {boolean} false below half a unit, or below 0.05 % of the need
 */
export const isRelevantShortage = (shortage, need, isWhole) =>
  shortage > 0 && (isWhole ? shortage >= MIN_WHOLE_UNIT : shortage >= MIN_PART_OF_NEED * need);

/**
 * Tell whether a shadow price is large enough to be told.
 * @param {number} price weighted won a unit
 * @param {number} value won that the goods of one unit are worth
 * @returns {boolean} false below 0.01 % of the value
 */
export const isRelevantPrice = (price, value) => Math.abs(price) >= MIN_PART_OF_VALUE * value;

/**
 * Tell whether an estimate says something about the size of the effect.
 * @param {{valid_fraction: number}} estimate what `/estimate` answers
 * @returns {boolean} false if its shadow prices hold for less than half of the change
 */
export const isRelevantEstimate = ({ valid_fraction: fraction }) => fraction >= MIN_VALID_FRACTION;

/**
 * Tell whether an estimate is near the result after re-solving.
 * @param {number} estimate estimated change of the objective
 * @param {number} result change of the objective
 * @returns {boolean} false if one is less than half of the other
 */
export const isNearResult = (estimate, result) =>
  estimate * result >= 0 &&
  Math.min(Math.abs(estimate), Math.abs(result)) >=
    MIN_VALID_FRACTION * Math.max(Math.abs(estimate), Math.abs(result));

/**
 * Tell whether two shares differ at all.
 * @param {number} before a share
 * @param {number} after a share
 * @returns {boolean} false if the difference is noise of the solver
 */
export const isShareChanged = (before, after) => Math.abs(after - before) >= SHARE_NOISE;
