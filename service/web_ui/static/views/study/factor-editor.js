/** The part of the forms in which factors and their ranges are chosen. */

import { createId } from "../../lib/dom.js";
import { formatPercent } from "../../lib/format.js";
import { t } from "../../lib/i18n.js";
import { html, useState } from "../../vendor/preact/preact.js";
import { TYPED_SHAPES, TypedValuesField, writeFirstValues } from "./observed-values.js";
import { chooseFactor } from "./request.js";

/** @typedef {import("./factor-kinds.js").FactorKind} FactorKind */
/** @typedef {import("./request.js").FactorChoice} FactorChoice */

const STEP = 0.01;
const SHAPES = ["uniform", "triangular", ...TYPED_SHAPES];

/**
 * @typedef {object} FactorEditorProps
 * @property {ProblemIndex} problemIndex names of places
 * @property {FactorKind[]} kinds kinds that the problem has
 * @property {FactorChoice[]} factors what is chosen
 * @property {(factors: FactorChoice[]) => void} onChange called with another choice
 */

/** @param {FactorEditorProps} props */
export function FactorEditor({ problemIndex, kinds, factors, onChange }) {
  /** @param {number} k @param {Partial<FactorChoice>} changed */
  const change = (k, changed) =>
    onChange(factors.map((factor, row) => (row === k ? { ...factor, ...changed } : factor)));
  const add = () => {
    const unused = kinds.find(({ id }) => !factors.some(({ kind }) => kind === id));
    onChange([...factors, chooseFactor(unused ?? kinds[0])]);
  };
  return html`<fieldset class="study-factors">
    <legend>${t("study.factors")}</legend>
    <ul>
      ${factors.map(
        (factor, k) =>
          html`<${FactorRow}
            key=${factor.key}
            ...${{ problemIndex, kinds, factor }}
            onChange=${(/** @type {Partial<FactorChoice>} */ changed) => change(k, changed)}
            onRemove=${factors.length > 1 ? () => onChange(factors.filter((_, row) => row !== k)) : null}
          />`,
      )}
    </ul>
    <button type="button" class="button small" onClick=${add}>${t("study.add-factor")}</button>
  </fieldset>`;
}

/** @param {{problemIndex: ProblemIndex, kinds: FactorKind[], factor: FactorChoice, onChange: (changed: Partial<FactorChoice>) => void, onRemove: (() => void)|null}} props */
function FactorRow({ problemIndex, kinds, factor, onChange, onRemove }) {
  const kind = kinds.find(({ id }) => id === factor.kind) ?? kinds[0];
  const name = t(`study.kind.${kind.id}`);
  const setKind = (/** @type {any} */ event) => {
    const next = kinds.find(({ id }) => id === event.currentTarget.value) ?? kind;
    onChange({ ...chooseFactor(next), key: factor.key });
  };
  const setShape = (/** @type {any} */ event) => {
    const shape = event.currentTarget.value;
    const isTyped = TYPED_SHAPES.includes(shape);
    onChange({ shape, typed: isTyped ? writeFirstValues(shape, factor) : "" });
  };
  const isTyped = factor.shape === "empirical" || factor.shape === "list";
  const setEnd = (/** @type {"low"|"high"} */ end) => (/** @type {any} */ event) =>
    onChange(moveEnd(factor, end, Number(event.currentTarget.value)));
  return html`<li>
    <${Select}
      label=${t("study.factor")}
      value=${factor.kind}
      options=${kinds.map(({ id }) => ({ value: id, text: t(`study.kind.${id}`) }))}
      onChange=${setKind}
    />
    <${PlaceSelect} ...${{ problemIndex, kind }} where=${factor.where} onChange=${onChange} />
    ${
      isTyped &&
      html`<${TypedValuesField}
        shape=${factor.shape}
        text=${factor.typed}
        most=${kind.most}
        onChange=${(/** @type {string} */ typed) => onChange({ typed })}
      />`
    }
    ${
      !isTyped &&
      /** @type {("low"|"high")[]} */ (["low", "high"]).map(
        (end) =>
          html`<label key=${end} class="field">
            <span>${t(`study.range-${end}`, { share: formatPercent(factor[end]) })}</span>
            <input
              type="range"
              min="0"
              max=${kind.most}
              step=${STEP}
              value=${factor[end]}
              aria-valuetext=${formatPercent(factor[end])}
              onInput=${setEnd(end)}
            />
          </label>`,
      )
    }
    <${Select}
      label=${t("study.shape")}
      value=${factor.shape}
      options=${SHAPES.map((value) => ({ value, text: t(`study.shape.${value}`) }))}
      onChange=${setShape}
    />
    ${
      onRemove &&
      html`<button
        type="button"
        class="button small"
        aria-label=${t("study.remove", { name })}
        onClick=${onRemove}
      >
        ×
      </button>`
    }
  </li>`;
}

/**
 * Move one end of a range; the other end follows where it would be passed.
 * @param {{low: number, high: number}} range the range
 * @param {"low"|"high"} end the end
 * @param {number} value its new value
 * @returns {{low: number, high: number}} the new range
 */
export const moveEnd = ({ low, high }, end, value) =>
  end === "low"
    ? { low: value, high: Math.max(high, value) }
    : { low: Math.min(low, value), high: value };

/** @param {{label: string, value: string|number, options: {value: string|number, text: string}[], onChange: (event: any) => void}} props */
export function Select({ label, value, options, onChange }) {
  const [id] = useState(() => createId("select"));
  return html`<div class="field">
    <label for=${id}>${label}</label>
    <select id=${id} value=${value} onChange=${onChange}>
      ${options.map((one) => html`<option key=${one.value} value=${one.value}>${one.text}</option>`)}
    </select>
  </div>`;
}

/** @param {{problemIndex: ProblemIndex, kind: FactorKind, where: string, onChange: (changed: {where: string}) => void}} props */
export function PlaceSelect({ problemIndex, kind, where, onChange }) {
  if (kind.places.length < 2) return null;
  const places = kind.places.map((value) => ({ value, text: problemIndex.getName(value) }));
  return html`<${Select}
    label=${t("study.where")}
    value=${where}
    options=${[{ value: "", text: t("study.everywhere") }, ...places]}
    onChange=${(/** @type {any} */ event) => onChange({ where: event.currentTarget.value })}
  />`;
}
