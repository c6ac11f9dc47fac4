/** Formatting of numbers with units, shares, money, months and times in the user's locale. */

import { getLanguage, textOr, t } from "./i18n.js";
import { MIN_WON, SHARE_NOISE, isRelevantShortage } from "./relevance.js";

/** Fraction digits of a share in per cent, and of one that is close to 0 % or 100 %. */
const SHARE_DIGITS = [1, 2];

/** Compact notation, in which some languages would leave out separators of thousands.
 * @type {Intl.NumberFormatOptions} */
const COMPACT = { notation: "compact", useGrouping: "always" };

/** Sums of money in compact notation. */
export const COMPACT_MONEY = { ...COMPACT, maximumFractionDigits: 2 };

/** Larger sums of money are written in compact notation. */
const COMPACT_WON = 1e6;

const MONTH_PATTERN = /^(\d{4})-(\d{2})$/;

/** @type {Map<string, Intl.NumberFormat>} */
const formatters = new Map();

/**
 * Get the locale for numbers and times.
 * @returns {string} the browser's locale; `ko-KR` if the page is in Korean and the browser is not
 */
export function getLocale() {
  const browserLocale = navigator.language;
  const language = getLanguage();
  return browserLocale.startsWith(language) || language !== "ko" ? browserLocale : "ko-KR";
}

/** @param {Intl.NumberFormatOptions} options @returns {Intl.NumberFormat} */
function getNumberFormat(options) {
  const key = `${getLocale()} ${JSON.stringify(options)}`;
  let formatter = formatters.get(key);
  if (!formatter) {
    formatter = new Intl.NumberFormat(getLocale(), options);
    formatters.set(key, formatter);
  }
  return formatter;
}

/**
 * Count the fraction digits that give a number three significant digits.
 * @param {number} size absolute value of the number
 * @returns {number} number of fraction digits, at most 6
 */
export function countFractionDigits(size) {
  if (size >= 100 || size === 0) return 0;
  if (size >= 10) return 1;
  return size >= 1 ? 2 : Math.min(6, 2 - Math.floor(Math.log10(size)));
}

/** @param {number|null|undefined} value @returns {value is number} */
const isNumber = (value) => value !== null && value !== undefined && Number.isFinite(value);

/**
 * Format a number with at least three significant digits and all digits before the decimal point.
 * @param {number|null|undefined} value the number
 * @returns {string} the text; a dash if there is no number
 */
export function formatNumber(value) {
  if (!isNumber(value)) return "–";
  const maximumFractionDigits = countFractionDigits(Math.abs(value));
  return getNumberFormat({ maximumFractionDigits }).format(value);
}

/**
 * Format a number with given digits.
 * @param {number} value the number
 * @param {number} maximumFractionDigits most digits behind the decimal point
 * @returns {string} the text
 */
export const formatWithDigits = (value, maximumFractionDigits) =>
  getNumberFormat({ maximumFractionDigits }).format(value);

/**
 * Format a number with its unit.
 * @param {number|null} value the number
 * @param {string} unit unit as the problem names it
 * @returns {string} the text; a dash if there is no number
 */
export const formatQuantity = (value, unit) =>
  value === null ? "–" : `${formatNumber(value)}\u00a0${formatUnit(unit)}`;

/**
 * Translate a unit.
 * @param {string} unit unit as the problem names it
 * @returns {string} the unit in the language of the page
 */
export const formatUnit = (unit) => textOr(`unit.${unit}`, unit);

/**
 * Format a share in per cent with one fraction digit, or two close to 0 % and 100 %.
 * A share between 0 and 1 never reads as 0 % or 100 %: it is `< 0.01%` or `> 99.99%` at least.
 * @param {number|null|undefined} value share, 0 to 1
 * @returns {string} the text; a dash if there is no share
 */
export function formatShare(value) {
  if (!isNumber(value)) return "–";
  const end = Math.round(value);
  const distance = Math.abs(value - end);
  if ((end === 0 || end === 1) && distance < SHARE_NOISE) return formatFixedPercent(end, 0);
  const isWithin = value > 0 && value < 1;
  const digits = SHARE_DIGITS.find((count) => !isWithin || distance >= 0.5 / 10 ** (count + 2));
  if (digits) return formatFixedPercent(value, digits);
  return end === 1 ? `> ${formatFixedPercent(0.9999, 2)}` : `< ${formatFixedPercent(0.0001, 2)}`;
}

/** @param {number} value @param {number} digits @returns {string} */
const formatFixedPercent = (value, digits) =>
  getNumberFormat({
    style: "percent",
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(value);

/**
 * Format a share in whole per cent, for narrow cells. A share between 0 and 1 is not written as 0 or 100.
 * @param {number} value share
 * @returns {string} the text, without the sign
 */
export function formatWholePercent(value) {
  const whole = Math.round(value * 100);
  if (whole === 100 && value < 1 - SHARE_NOISE) return "99+";
  return whole === 0 && value > SHARE_NOISE ? "<1" : String(whole);
}

/**
 * Format a share in per cent with no more digits than necessary, for sliders and scales.
 * @param {number} value share
 * @returns {string} the text
 */
export const formatPercent = (value) =>
  getNumberFormat({ style: "percent", maximumFractionDigits: 1 }).format(value);

/**
 * Format a sum of money; millions and above in compact notation.
 * @param {number|null|undefined} value sum, won
 * @returns {string} the text; a dash if there is no sum
 */
export const formatWon = (value) =>
  isNumber(value) ? t("format.won", { amount: formatSum(value) }) : "–";

/**
 * Format a figure of the objective, in weighted won: won multiplied by the weights of the policy, which nobody pays.
 * @param {number|null|undefined} value the figure: an objective, a shadow price or the value of a bottleneck
 * @returns {string} the text; a dash if there is no figure
 */
export const formatWeightedWon = (value) =>
  isNumber(value) ? t("format.weighted-won", { amount: formatSum(value) }) : "–";

/**
 * Format a difference with its sign.
 * @param {number} value the difference
 * @param {(value: number) => string} format format of the figure, such as `formatWon`
 * @returns {string} the text
 */
export const formatSignedSum = (value, format) =>
  value > 0 ? `+${format(value)}` : format(value).replace("-", "−");

/**
 * Format a change of the objective.
 * @param {number} change the change, weighted won
 * @returns {string} the change with its sign; no change if it is negligible
 */
export const formatObjectiveChange = (change) =>
  Math.abs(change) < MIN_WON ? t("format.no-change") : formatSignedSum(change, formatWeightedWon);

/** @param {number} value @returns {string} */
const formatSum = (value) =>
  Math.abs(value) >= COMPACT_WON
    ? getNumberFormat(COMPACT_MONEY).format(value)
    : formatNumber(value);

/**
 * Format a shortage with its unit.
 * @param {number} shortage units short
 * @param {number} need units needed
 * @param {{unit: string, isWhole: boolean}} item unit of the item, and whether it is in whole units
 * @returns {string} the text; `nothing` if the shortage is too small to be told
 */
export const formatShortage = (shortage, need, { unit, isWhole }) =>
  isRelevantShortage(shortage, need, isWhole)
    ? formatQuantity(shortage, unit)
    : t("format.nothing");

/**
 * Format a number in compact notation, for axes.
 * @param {number} value the number
 * @returns {string} the text, such as `1.2M`
 */
export const formatCompact = (value) =>
  getNumberFormat({ ...COMPACT, maximumFractionDigits: 1 }).format(value);

/**
 * Format a period.
 * @param {string} id identifier, such as `2002-04`
 * @param {"short"|"long"} [length] `Apr`, or `April 2002`
 * @returns {string} the month; the identifier if it does not name a month
 */
export function formatPeriod(id, length = "short") {
  const month = MONTH_PATTERN.exec(id);
  if (!month) return id;
  const date = new Date(Date.UTC(Number(month[1]), Number(month[2]) - 1, 1));
  /** @type {Intl.DateTimeFormatOptions} */
  const parts = length === "short" ? { month: "short" } : { month: "long", year: "numeric" };
  const locale = getLanguage() === "ko" ? "ko-KR" : getLocale();
  return new Intl.DateTimeFormat(locale, { ...parts, timeZone: "UTC" }).format(date);
}

/**
 * Format a time.
 * @param {string|null} iso the time in ISO 8601
 * @returns {string} date and time of day in the local time zone; a dash if there is no time
 */
export function formatDateTime(iso) {
  if (!iso) return "–";
  const formatter = new Intl.DateTimeFormat(getLocale(), {
    dateStyle: "medium",
    timeStyle: "short",
  });
  return formatter.format(new Date(iso));
}

/**
 * Format the seconds between two times.
 * @param {string} from start in ISO 8601
 * @param {string} to end in ISO 8601
 * @returns {string} the duration with its unit
 */
export const formatDuration = (from, to) =>
  t("format.seconds", { n: formatNumber((Date.parse(to) - Date.parse(from)) / 1000) });
