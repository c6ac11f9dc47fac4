/** The part of the form that states how a study is solved: draws, periods, what the plan holds, further draws. */

import { formatNumber, formatPercent, formatWeightedWon } from "../../lib/format.js";
import { t } from "../../lib/i18n.js";
import { html } from "../../vendor/preact/preact.js";
import { Select } from "./factor-editor.js";
import { createAdaptiveChoice } from "./request.js";

/** @typedef {import("./request.js").StudyForm} Form */
/** @typedef {import("./request.js").AdaptiveChoice} AdaptiveChoice */

const SIZES = [32, 64, 128, 256, 512, 1024];
const FIDELITIES = ["month", "quarter", "year", "auto"];
const HOLDS = ["nothing", "quotas", "swaps"];
const FURTHER_RUNS = [16, 32, 64, 128, 256];
const WIDTHS = [0.005, 0.01, 0.02, 0.05, 0.1];

/** @param {{form: Form, objective: number|null, change: (changed: Partial<Form>) => void}} props form, objective of the plan in weighted won */
export function SolvingFields({ form, objective, change }) {
  const runs = form.size * (1 + form.levers.length);
  return html`<fieldset>
    <legend>${t("study.how")}</legend>
    <div class="controls">
      <${Select}
        label=${t("study.size")}
        value=${form.size}
        options=${SIZES.map((value) => ({ value, text: formatNumber(value) }))}
        onChange=${(/** @type {any} */ event) => change({ size: Number(event.currentTarget.value) })}
      />
      <${Select}
        label=${t("study.fidelity")}
        value=${form.fidelity}
        options=${FIDELITIES.map((value) => ({ value, text: t(`study.fidelity.${value}`) }))}
        onChange=${(/** @type {any} */ event) => change({ fidelity: event.currentTarget.value })}
      />
      <${Select}
        label=${t("study.hold")}
        value=${form.hold}
        options=${HOLDS.map((value) => ({ value, text: t(`study.hold.${value}`) }))}
        onChange=${(/** @type {any} */ event) => change({ hold: event.currentTarget.value })}
      />
    </div>
    <${AdaptiveFields} ...${{ adaptive: form.adaptive, objective, change }} />
    <p class="soft small">
      ${t(form.adaptive ? "study.runs-and-more" : "study.runs-wanted", {
        n: formatNumber(runs),
        more: formatNumber(form.adaptive?.maxRuns ?? 0),
      })}
    </p>
  </fieldset>`;
}

/** @param {{adaptive: AdaptiveChoice|null, objective: number|null, change: (changed: Partial<Form>) => void}} props */
function AdaptiveFields({ adaptive, objective, change }) {
  const toggle = (/** @type {any} */ event) =>
    change({ adaptive: event.currentTarget.checked ? createAdaptiveChoice() : null });
  const set = (/** @type {Partial<AdaptiveChoice>} */ changed) =>
    change({ adaptive: { ...createAdaptiveChoice(), ...adaptive, ...changed } });
  return html`<div class="study-adaptive">
    <label class="check">
      <input type="checkbox" name="adaptive" checked=${Boolean(adaptive)} onChange=${toggle} />
      <span>${t("study.adaptive")}</span>
    </label>
    <p class="soft small">${t("study.adaptive-note")}</p>
    ${
      adaptive &&
      html`<div class="controls">
        <${Select}
          label=${t("study.further-runs")}
          value=${adaptive.maxRuns}
          options=${FURTHER_RUNS.map((value) => ({ value, text: formatNumber(value) }))}
          onChange=${(/** @type {any} */ event) => set({ maxRuns: Number(event.currentTarget.value) })}
        />
        <${Select}
          label=${t("study.width")}
          value=${adaptive.width}
          options=${WIDTHS.map((value) => ({ value, text: formatPercent(value) }))}
          onChange=${(/** @type {any} */ event) => set({ width: Number(event.currentTarget.value) })}
        />
        <label class="field">
          <span>
            ${
              objective === null
                ? t("study.only-limit")
                : t("study.only-limit-of", { won: formatWeightedWon(objective) })
            }
          </span>
          <input
            type="number"
            min="0"
            step="any"
            name="limit"
            value=${adaptive.limit}
            onInput=${(/** @type {any} */ event) => set({ limit: event.currentTarget.value })}
          />
        </label>
      </div>`
    }
  </div>`;
}
