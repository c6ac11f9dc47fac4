/** The form of a backtest: factors, ways of planning, and the drawn years. */

import { formatNumber, formatPercent } from "../../lib/format.js";
import { t } from "../../lib/i18n.js";
import { html } from "../../vendor/preact/preact.js";
import { ShowElement } from "../../lib/elements.js";
import { FactorEditor, Select } from "./factor-editor.js";
import { listFactorKinds } from "./factor-kinds.js";
import { useKeptForm } from "./form-parts.js";
import { POLICIES, buildBacktestRequest, createBacktestForm } from "./request.js";
import { useSubmission } from "./study-form.js";

/** @typedef {import("./request.js").BacktestForm} Form */

const YEARS = [5, 10, 20, 50, 100];
const PERSISTENCES = [0, 0.5, 0.8, 1];

/** @param {{context: ViewContext, problemIndex: ProblemIndex}} props */
export function NewBacktest({ context, problemIndex }) {
  const { problem } = problemIndex;
  const kinds = listFactorKinds(problem);
  const { id: plan } = context.plan;
  const [form, change, forget] = useKeptForm(`backtest.${plan}`, () =>
    createBacktestForm(kinds, problem),
  );
  const build = () => buildBacktestRequest(form, kinds, plan);
  const target = { path: "/v1/backtests", parameter: "backtest", build, onSent: forget };
  const { send, isSending, failure } = useSubmission(context, target);
  if (!kinds.length) return html`<p>${t("study.no-factors")}</p>`;
  const toggle = (/** @type {string} */ name) =>
    change({
      policies: Object.keys(POLICIES).filter(
        (one) => form.policies.includes(one) !== (one === name),
      ),
    });
  return html`<form class="study-form" onSubmit=${send}>
    <${FactorEditor}
      ...${{ problemIndex, kinds, factors: form.factors }}
      onChange=${(/** @type {Form["factors"]} */ factors) => change({ factors })}
    />
    <fieldset>
      <legend>${t("backtest.policies")}</legend>
      ${Object.keys(POLICIES).map(
        (name) =>
          html`<label key=${name} class="check">
            <input
              type="checkbox"
              name=${name}
              checked=${form.policies.includes(name)}
              onChange=${() => toggle(name)}
            />
            <span>${t(`backtest.policy.${name}`)}</span>
          </label>`,
      )}
    </fieldset>
    <fieldset>
      <legend>${t("study.how")}</legend>
      <div class="controls">
        <${Select}
          label=${t("backtest.years")}
          value=${form.years}
          options=${YEARS.map((value) => ({ value, text: formatNumber(value) }))}
          onChange=${(/** @type {any} */ event) => change({ years: Number(event.currentTarget.value) })}
        />
        <${Select}
          label=${t("backtest.persistence")}
          value=${form.persistence}
          options=${PERSISTENCES.map((value) => ({ value, text: formatPercent(value) }))}
          onChange=${(/** @type {any} */ event) => change({ persistence: Number(event.currentTarget.value) })}
        />
        <label class="check">
          <input
            type="checkbox"
            checked=${form.isShort}
            onChange=${(/** @type {any} */ event) => change({ isShort: event.currentTarget.checked })}
          />
          <span>${t("backtest.short")}</span>
        </label>
      </div>
    </fieldset>
    <div class="buttons">
      <button class="button main" disabled=${isSending || !form.policies.length}>
        ${t("backtest.start")}
      </button>
    </div>
    ${failure && html`<${ShowElement} element=${failure} />`}
  </form>`;
}
