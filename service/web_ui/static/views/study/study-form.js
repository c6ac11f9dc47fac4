/** The form of a study: factors, levers, thresholds, and how it is solved. */

import { renderFailure } from "../../lib/feedback.js";
import { formatPercent } from "../../lib/format.js";
import { t, textOr } from "../../lib/i18n.js";
import { html, useState } from "../../vendor/preact/preact.js";
import { ShowElement } from "../../lib/elements.js";
import { CorrelationEditor } from "./correlation-editor.js";
import { FactorEditor, PlaceSelect, Select } from "./factor-editor.js";
import { listFactorKinds } from "./factor-kinds.js";
import { ChoiceList, RemoveButton, ShareSlider, useKeptForm } from "./form-parts.js";
import { nameFactor } from "./outcome-names.js";
import { buildStudyRequest, createStudyForm, listPriorities } from "./request.js";
import { SolvingFields } from "./solving-fields.js";

/** @typedef {import("./factor-kinds.js").FactorKind} FactorKind */
/** @typedef {import("./request.js").StudyForm} Form */
/** @typedef {import("./request.js").CorrelationChoice} CorrelationChoice */
/** @typedef {import("./request.js").LeverChoice} LeverChoice */
/** @typedef {import("./request.js").ThresholdChoice} ThresholdChoice */

const LEVER_FACTOR = 1.2;

/** @param {{context: ViewContext, problemIndex: ProblemIndex}} props */
export function NewStudy({ context, problemIndex }) {
  const { problem } = problemIndex;
  const kinds = listFactorKinds(problem);
  const served = context.plan.summary?.served_share ?? 1;
  const { id: plan } = context.plan;
  const [form, change, forget] = useKeptForm(`study.${plan}`, () =>
    createStudyForm(kinds, problem, served),
  );
  const build = () => buildStudyRequest(form, kinds, { plan, problem });
  const target = { path: "/v1/studies", parameter: "study", build, onSent: forget };
  const { send, isSending, failure } = useSubmission(context, target);
  if (!kinds.length) return html`<p>${t("study.no-factors")}</p>`;
  const names = form.factors.map((one) => ({
    value: one.key,
    text: nameFactor(problemIndex, one.kind, one.where),
  }));
  const correlations = form.correlations.filter(({ first, second }) =>
    [first, second].every((key) => names.some(({ value }) => value === key)),
  );
  return html`<form class="study-form" onSubmit=${send}>
    <${FactorEditor}
      ...${{ problemIndex, kinds, factors: form.factors }}
      onChange=${(/** @type {Form["factors"]} */ factors) => change({ factors })}
    />
    ${
      form.factors.length > 1 &&
      html`<${CorrelationEditor}
        ...${{ names, correlations }}
        onChange=${(/** @type {CorrelationChoice[]} */ all) => change({ correlations: all })}
      />`
    }
    <${ThresholdEditor}
      ...${{ problemIndex, thresholds: form.thresholds }}
      onChange=${(/** @type {ThresholdChoice[]} */ thresholds) => change({ thresholds })}
    />
    <${LeverEditor}
      ...${{ problemIndex, kinds, levers: form.levers }}
      onChange=${(/** @type {LeverChoice[]} */ levers) => change({ levers })}
    />
    <${SolvingFields} ...${{ form, change, objective: context.plan.objective?.value ?? null }} />
    <div class="buttons">
      <button class="button main" disabled=${isSending}>${t("study.start")}</button>
    </div>
    ${failure && html`<${ShowElement} element=${failure} />`}
  </form>`;
}

/**
 * @typedef {object} SubmissionTarget where a form is sent
 * @property {string} path path that takes the request
 * @property {string} parameter parameter of the URL that names what was started
 * @property {() => Record<string, any>} build builds the request
 * @property {() => void} onSent called when the service has taken the request
 */

/**
 * Send a form, and show what it started.
 * @param {ViewContext} context context of the view
 * @param {SubmissionTarget} target where the form is sent
 */
export function useSubmission(context, { path, parameter, build, onSent }) {
  const [isSending, setSending] = useState(false);
  const [failure, setFailure] = useState(/** @type {HTMLElement|null} */ (null));
  const send = async (/** @type {Event} */ event) => {
    event.preventDefault();
    setSending(true);
    setFailure(null);
    try {
      const { id } = await context.api.postJson(path, build(), { signal: context.signal });
      onSent();
      context.navigate("study", { [parameter]: id });
    } catch (error) {
      if (!context.signal.aborted) setFailure(renderFailure(error));
      setSending(false);
    }
  };
  return { send, isSending, failure };
}

/** @param {ProblemIndex} problemIndex @returns {{value: string, text: string}[]} needs whose served share can be bounded */
function listNeeds(problemIndex) {
  const priorities = listPriorities(problemIndex.problem).map((one) => ({
    value: `priority:${one}`,
    text: t("study.needs-priority", { n: one }),
  }));
  const counties = [...problemIndex.counties.keys()].map((id) => ({
    value: `county:${id}`,
    text: problemIndex.getName(id),
  }));
  const categories = problemIndex.groupGoodsByCategory().map(([category]) => ({
    value: `category:${category}`,
    text: textOr(`category.${category}`, category),
  }));
  return [{ value: "", text: t("study.all-needs") }, ...priorities, ...counties, ...categories];
}

/** @param {{problemIndex: ProblemIndex, thresholds: ThresholdChoice[], onChange: (thresholds: ThresholdChoice[]) => void}} props */
function ThresholdEditor({ problemIndex, thresholds, onChange }) {
  const needs = listNeeds(problemIndex);
  const add = () => onChange([...thresholds, { of: "", least: thresholds.at(-1)?.least ?? 0.8 }]);
  return html`<${ChoiceList}
    legend=${t("study.thresholds")}
    addText=${t("study.add-threshold")}
    onAdd=${add}
  >
    ${thresholds.map((threshold, k) => {
      const change = (/** @type {Partial<ThresholdChoice>} */ changed) =>
        onChange(thresholds.map((one, row) => (row === k ? { ...one, ...changed } : one)));
      const remove = () => onChange(thresholds.filter((_, row) => row !== k));
      const name = needs.find(({ value }) => value === threshold.of)?.text ?? threshold.of;
      return html`<li key=${k}>
        <${Select}
          label=${t("study.served-share-of")}
          value=${threshold.of}
          options=${needs}
          onChange=${(/** @type {any} */ event) => change({ of: event.currentTarget.value })}
        />
        <${ShareSlider}
          label=${t("study.at-least", { share: formatPercent(threshold.least) })}
          ...${{ value: threshold.least, most: 1 }}
          onChange=${(/** @type {number} */ least) => change({ least })}
        />
        <${RemoveButton} ...${{ name, remove }} />
      </li>`;
    })}
  <//>`;
}

/** @param {{problemIndex: ProblemIndex, kinds: FactorKind[], levers: LeverChoice[], onChange: (levers: LeverChoice[]) => void}} props */
function LeverEditor({ problemIndex, kinds, levers, onChange }) {
  const add = () => {
    const [kind] = kinds;
    onChange([...levers, { kind: kind.id, where: "", factor: Math.min(LEVER_FACTOR, kind.most) }]);
  };
  return html`<${ChoiceList}
    legend=${t("study.levers")}
    note=${t("study.levers-note")}
    addText=${t("study.add-lever")}
    onAdd=${add}
  >
    ${levers.map((lever, k) => {
      const change = (/** @type {Partial<LeverChoice>} */ changed) =>
        onChange(levers.map((one, row) => (row === k ? { ...one, ...changed } : one)));
      const kind = kinds.find(({ id }) => id === lever.kind) ?? kinds[0];
      const remove = () => onChange(levers.filter((_, row) => row !== k));
      return html`<li key=${k}>
        <${Select}
          label=${t("study.lever")}
          value=${lever.kind}
          options=${kinds.map(({ id }) => ({ value: id, text: t(`study.kind.${id}`) }))}
          onChange=${(/** @type {any} */ event) => change({ kind: event.currentTarget.value, where: "" })}
        />
        <${PlaceSelect} ...${{ problemIndex, kind }} where=${lever.where} onChange=${change} />
        <${ShareSlider}
          label=${t("study.lever-factor", { share: formatPercent(lever.factor) })}
          ...${{ value: lever.factor, most: kind.most }}
          onChange=${(/** @type {number} */ factor) => change({ factor })}
        />
        <${RemoveButton} name=${t(`study.kind.${kind.id}`)} ...${{ remove }} />
      </li>`;
    })}
  <//>`;
}
