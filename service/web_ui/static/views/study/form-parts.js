/** Parts that several fields of the form of a study have. */

import { formatPercent } from "../../lib/format.js";
import { t } from "../../lib/i18n.js";
import { html, useState } from "../../vendor/preact/preact.js";

/**
 * Keep what a form states over a refresh and other views, for this tab.
 * @template {object} Form
 * @param {string} name name of the form and of the plan
 * @param {() => Form} create creates the form as it begins
 * @returns {[Form, (changed: Partial<Form>) => void, () => void]} the form, a function that changes it, and one that forgets it
 */
export function useKeptForm(name, create) {
  const key = `allot.form.${name}`;
  const [form, setForm] = useState(() => ({
    ...create(),
    ...JSON.parse(sessionStorage.getItem(key) ?? "{}"),
  }));
  const change = (/** @type {Partial<Form>} */ changed) => {
    const next = { ...form, ...changed };
    setForm(next);
    sessionStorage.setItem(key, JSON.stringify(next));
  };
  return [form, change, () => sessionStorage.removeItem(key)];
}

/** @param {{legend: string, note?: string, addText: string, onAdd: () => void, isFull?: boolean, children?: any}} props */
export function ChoiceList({ legend, note, addText, onAdd, isFull = false, children }) {
  return html`<fieldset class="study-factors">
    <legend>${legend}</legend>
    ${note && html`<p class="soft small">${note}</p>`}
    <ul>
      ${children}
    </ul>
    <button type="button" class="button small" disabled=${isFull} onClick=${onAdd}>
      ${addText}
    </button>
  </fieldset>`;
}

/** @param {{label: string, value: number, most: number, onChange: (value: number) => void}} props */
export function ShareSlider({ label, value, most, onChange }) {
  const input = (/** @type {any} */ event) => onChange(Number(event.currentTarget.value));
  return html`<label class="field">
    <span>${label}</span>
    <input
      type="range"
      min="0"
      max=${most}
      step="0.01"
      value=${value}
      aria-valuetext=${formatPercent(value)}
      onInput=${input}
    />
  </label>`;
}

/** @param {{name: string, remove: () => void}} props */
export function RemoveButton({ name, remove }) {
  const label = t("study.remove", { name });
  return html`<button type="button" class="button small" aria-label=${label} onClick=${remove}>
    ×
  </button>`;
}
