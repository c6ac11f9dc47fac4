/** Numbers with units, shares, money, months and times, as the user's locale writes them. */

import { language, or, t } from "./i18n.js";

const made = new Map();

/** What is nearer to all than this is all: a solver's noise. */
const WHOLE = 5e-8;

/** Shares below this are written with two digits that say something, not as none. */
const TINY = 5e-4;

/** @returns {string} the browser's locale where its language is the one shown or English is; else Korea's */
export function locale() {
  const own = navigator.language;
  return own.startsWith(language()) || language() !== "ko" ? own : "ko-KR";
}

function numbers(options) {
  const key = `${locale()} ${JSON.stringify(options)}`;
  if (!made.has(key)) made.set(key, new Intl.NumberFormat(locale(), options));
  return made.get(key);
}

function digits(size) {
  if (size >= 100 || size === 0) return 0;
  if (size >= 10) return 1;
  return size >= 1 ? 2 : Math.min(6, 2 - Math.floor(Math.log10(size)));
}

/**
 * A number with three digits that count, at least; all of those before the point.
 * @param {number|null} value the number
 * @returns {string} as it is written; a dash for null
 */
export function number(value) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  return numbers({ maximumFractionDigits: digits(Math.abs(value)) }).format(value);
}

/** A number with its unit. @param {number|null} value the number @param {string} unit its unit as the problem names it @returns {string} both */
export const quantity = (value, unit) =>
  value === null ? "–" : `${number(value)}\u00a0${unitName(unit)}`;

/** A unit in the language shown. @param {string} unit as the problem names it @returns {string} its name */
export const unitName = (unit) => or(`unit.${unit}`, unit);

/**
 * A share in per cent with one digit after the point; more where it is so near to all, or to nothing, that it would look like it.
 * @param {number|null} share 0 to 1
 * @returns {string} as it is written
 */
export function share(value) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  if (Math.abs(value - 1) < WHOLE)
    return numbers({ style: "percent", maximumFractionDigits: 0 }).format(1);
  if (value > WHOLE && value < TINY)
    return numbers({ style: "percent", maximumSignificantDigits: 2 }).format(value);
  let places = 1;
  while (places < 5 && value < 1 && value >= 1 - 0.5 / 10 ** (places + 2)) places += 1;
  const least = value === 0 ? 0 : 1;
  return numbers({
    style: "percent",
    minimumFractionDigits: least,
    maximumFractionDigits: places,
  }).format(value);
}

/** A share in per cent without digits that it does not need, as on sliders and scales. @param {number} value 0 to 1 and above @returns {string} as it is written */
export const percent = (value) =>
  numbers({ style: "percent", maximumFractionDigits: 1 }).format(value);

/** Money. @param {number|null} value won @returns {string} won, millions and above in short */
export function won(value) {
  if (value === null || value === undefined) return "–";
  const large = Math.abs(value) >= 1e6;
  const written = large
    ? numbers({ notation: "compact", maximumFractionDigits: 2 }).format(value)
    : number(value);
  return t("format.won", { amount: written });
}

/** A number in short, for axes. @param {number} value the number @returns {string} such as `1.2M` */
export const short = (value) =>
  numbers({ notation: "compact", maximumFractionDigits: 1 }).format(value);

const MONTH = /^(\d{4})-(\d{2})$/;

/**
 * A period's name.
 * @param {string} id such as `2002-04`
 * @param {"short"|"long"} [length] `Apr`, or `April 2002`
 * @returns {string} the month; the identifier where it is none
 */
export function period(id, length = "short") {
  const month = MONTH.exec(id);
  if (!month) return id;
  const when = new Date(Date.UTC(Number(month[1]), Number(month[2]) - 1, 1));
  const shown = length === "short" ? { month: "short" } : { month: "long", year: "numeric" };
  return new Intl.DateTimeFormat(language() === "ko" ? "ko-KR" : locale(), {
    ...shown,
    timeZone: "UTC",
  }).format(when);
}

/** A moment. @param {string|null} iso when @returns {string} date and time of day, here */
export function moment(iso) {
  if (!iso) return "–";
  return new Intl.DateTimeFormat(locale(), { dateStyle: "medium", timeStyle: "short" }).format(
    new Date(iso),
  );
}

/** Seconds between two moments. @param {string} from beginning @param {string} to end @returns {string} with the unit */
export const took = (from, to) =>
  t("format.seconds", { n: number((new Date(to) - new Date(from)) / 1000) });
