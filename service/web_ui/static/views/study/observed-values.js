/** Distributions that are typed: values seen in past years, or a list of values with their chances. */

import { createId } from "../../lib/dom.js";
import { formatNumber, formatPercent } from "../../lib/format.js";
import { t } from "../../lib/i18n.js";
import { html, useEffect, useRef, useState } from "../../vendor/preact/preact.js";

/** Shapes whose values are typed. */
export const TYPED_SHAPES = ["empirical", "list"];

/** Per cent in a whole. */
const WHOLE = 100;

/** Chances are typed with few digits, so that they add up to a whole about. */
const SUM_TOLERANCE = 0.1;

/**
 * @typedef {object} TypedValues
 * @property {number[]} values factors, where 1 is the plan
 * @property {number[]|null} chances their probabilities; null if all are alike
 * @property {string|null} problem key of the text of what is wrong; null if nothing is
 * @property {number} sum sum of the chances, in per cent
 */

/**
 * Read typed values in per cent of the plan.
 * @param {string} text such as `82 95 101`; in a list also `82: 20, 95: 80`
 * @param {boolean} hasChances whether chances may be stated
 * @param {number} most greatest factor
 * @returns {TypedValues} the values, and what is wrong with them
 */
export function parseTypedValues(text, hasChances, most) {
  const pairs = text
    .replaceAll("%", "")
    .replace(/\s*:\s*/g, ":")
    .split(/[\s,;]+/)
    .filter(Boolean)
    .map((part) => part.split(":"));
  const values = pairs.map(([value]) => readNumber(value) / WHOLE);
  const stated = pairs.filter((pair) => pair.length > 1).length;
  const chances = stated ? pairs.map(([, chance]) => readNumber(chance) / WHOLE) : null;
  const sum = WHOLE * (chances ?? [1]).reduce((one, other) => one + other, 0);
  const isRead =
    pairs.length > 0 &&
    pairs.every((pair) => pair.length <= (hasChances ? 2 : 1)) &&
    [...values, ...(chances ?? [])].every(Number.isFinite);
  const result = (/** @type {string|null} */ problem) => ({ values, chances, problem, sum });
  if (!isRead) return result(hasChances ? "study.list-unread" : "study.values-unread");
  if (values.some((value) => value > most)) return result("study.values-beyond");
  if (Math.abs(sum - WHOLE) > SUM_TOLERANCE) return result("study.chances-sum");
  return result(null);
}

/** @param {string|undefined} text @returns {number} a number of at least zero, or NaN */
const readNumber = (text) => (/^\d+(\.\d+)?$/.test(text ?? "") ? Number(text) : NaN);

/**
 * Write values to begin with: the ends of a range, and the plan between them.
 * @param {"empirical"|"list"} shape the shape
 * @param {{low: number, high: number}} range the range
 * @returns {string} such as `75 100 125`, or `75: 25, 100: 50, 125: 25`
 */
export function writeFirstValues(shape, { low, high }) {
  const middle = Math.min(high, Math.max(low, 1));
  const [first, second, third] = [low, middle, high].map((one) => String(Math.round(WHOLE * one)));
  return shape === "list"
    ? `${first}: 25, ${second}: 50, ${third}: 25`
    : [first, second, third].join(" ");
}

/**
 * Build the distribution of typed values.
 * @param {"empirical"|"list"} shape the shape
 * @param {string} text what was typed
 * @param {number} most greatest factor
 * @returns {Record<string, any>} the distribution
 */
export function buildTypedDistribution(shape, text, most) {
  const { values, chances, sum } = parseTypedValues(text, shape === "list", most);
  if (shape === "empirical" || !chances) return { kind: shape, values };
  const probabilities = chances.map((chance) => (chance * WHOLE) / sum);
  return { kind: shape, values, probabilities };
}

/**
 * A field for typed values. The form is not sent while they are wrong.
 * @param {{shape: "empirical"|"list", text: string, most: number, onChange: (text: string) => void}} props
 */
export function TypedValuesField({ shape, text, most, onChange }) {
  const [id] = useState(() => createId("values"));
  const input = useRef(/** @type {HTMLInputElement|null} */ (null));
  const { values, problem, sum } = parseTypedValues(text, shape === "list", most);
  const message = problem
    ? t(problem, { most: formatPercent(most), sum: formatNumber(sum) })
    : t("study.values-read", { n: values.length });
  useEffect(() => input.current?.setCustomValidity(problem ? message : ""), [problem, message]);
  return html`<label class="field study-values">
    <span>${t(`study.${shape}-values`)}</span>
    <input
      type="text"
      autocomplete="off"
      ref=${input}
      value=${text}
      aria-describedby=${id}
      aria-invalid=${problem ? "true" : undefined}
      onInput=${(/** @type {any} */ event) => onChange(event.currentTarget.value)}
    />
    <span id=${id} class=${problem ? "small invalid" : "soft small"} role="status">${message}</span>
  </label>`;
}
