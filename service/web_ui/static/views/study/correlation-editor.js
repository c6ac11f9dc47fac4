/** The part of the form that states which factors move together. */

import { formatNumber } from "../../lib/format.js";
import { t } from "../../lib/i18n.js";
import { html } from "../../vendor/preact/preact.js";
import { Select } from "./factor-editor.js";
import { ChoiceList, RemoveButton } from "./form-parts.js";

/** @typedef {import("./request.js").CorrelationChoice} CorrelationChoice */

/** From this rank correlation two factors move closely together. */
const CLOSE = 0.6;

/** How closely two factors move together to begin with. */
const FIRST_VALUE = 0.5;

/** @param {number} value rank correlation @returns {string} key of its description */
function describeCorrelation(value) {
  if (value === 0) return "study.together-not";
  const strength = Math.abs(value) >= CLOSE ? "closely" : "loosely";
  return value > 0 ? `study.together-${strength}` : `study.opposite-${strength}`;
}

/**
 * @param {{names: {value: string, text: string}[], correlations: CorrelationChoice[], onChange: (correlations: CorrelationChoice[]) => void}} props
 *   names of the factors by their key; correlations of these factors
 */
export function CorrelationEditor({ names, correlations, onChange }) {
  const pairs = listPairs(names.map(({ value }) => value));
  const isUsed = (/** @type {string[]} */ [one, other]) =>
    correlations.some(({ first, second }) => isSamePair([first, second], [one, other]));
  const free = pairs.find((pair) => !isUsed(pair));
  const add = () => {
    if (free) onChange([...correlations, { first: free[0], second: free[1], value: FIRST_VALUE }]);
  };
  return html`<${ChoiceList}
    legend=${t("study.correlations")}
    note=${t("study.correlations-note")}
    addText=${t("study.add-correlation")}
    onAdd=${add}
    isFull=${!free}
  >
    ${correlations.map((one, k) => {
      const change = (/** @type {Partial<CorrelationChoice>} */ changed) =>
        onChange(correlations.map((other, row) => (row === k ? { ...other, ...changed } : other)));
      // A pair has one correlation: pairs of other rows are not offered.
      const isOffered = (/** @type {string[]} */ pair) =>
        isSamePair(pair, [one.first, one.second]) || !isUsed(pair);
      const text = t(describeCorrelation(one.value), { value: formatNumber(one.value) });
      return html`<li key=${k}>
        <${Select}
          label=${t("study.pair")}
          value=${`${one.first} ${one.second}`}
          options=${pairs.filter(isOffered).map((pair) => nameOption(pair, names))}
          onChange=${(/** @type {any} */ event) => {
            const [first, second] = event.currentTarget.value.split(" ");
            change({ first, second });
          }}
        />
        <label class="field">
          <span>${text}</span>
          <input
            type="range"
            min="-1"
            max="1"
            step="0.1"
            value=${one.value}
            aria-valuetext=${text}
            onInput=${(/** @type {any} */ event) => change({ value: Number(event.currentTarget.value) })}
          />
        </label>
        <${RemoveButton}
          name=${nameOption([one.first, one.second], names).text}
          remove=${() => onChange(correlations.filter((_, row) => row !== k))}
        />
      </li>`;
    })}
  <//>`;
}

/** @param {string[]} keys @returns {string[][]} every two of them, in order */
const listPairs = (keys) =>
  keys.flatMap((one, k) => keys.slice(k + 1).map((other) => [one, other]));

/** @param {string[]} pair @param {string[]} other @returns {boolean} */
const isSamePair = ([one, two], other) => other.includes(one) && other.includes(two);

/** @param {string[]} pair @param {{value: string, text: string}[]} names @returns {{value: string, text: string}} */
function nameOption(pair, names) {
  const find = (/** @type {string} */ key) => names.find(({ value }) => value === key)?.text ?? "";
  const [first, second] = pair.map(find);
  return { value: pair.join(" "), text: t("study.pair-of", { first, second }) };
}
