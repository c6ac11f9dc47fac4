/** The context bar: what all views are filtered by, and the plan that they are compared with. */

import { formatPeriod } from "./format.js";
import { t, textOr } from "./i18n.js";
import {
  VIEW_PARTS,
  getParameterName,
  getShownView,
  readContext,
  watchShownView,
} from "./plan-context.js";
import { fetchPlan, fetchRecentPlans, getPlanTitle } from "./plans.js";
import { loadProblemIndex } from "./problem-index.js";
import { buildHash } from "./hash.js";
import { html, render, useEffect, useState } from "../vendor/preact/preact.js";

/** @typedef {import("./plan-context.js").ContextName} ContextName */
/** @typedef {{value: string, text: string}} Option */

/**
 * Show the context bar.
 * @param {HTMLElement} root the element that contains it
 */
export function showContextBar(root) {
  render(html`<${ContextBar} />`, root);
}

function ContextBar() {
  const [{ view, plan, params }, setShown] = useState(getShownView);
  useEffect(() => watchShownView((shown) => setShown(() => shown)), []);
  const problemIndex = useProblemIndex(plan);
  const parts = VIEW_PARTS[view];
  if (!parts || !plan?.tables?.supply || !problemIndex) return null;
  const context = readContext(view, params);
  /** @param {Partial<Record<ContextName, string>>} changes */
  const change = (changes) => {
    const changed = new URLSearchParams(params);
    for (const [name, value] of Object.entries(changes)) {
      changed.set(getParameterName(view, /** @type {ContextName} */ (name)), value);
    }
    location.hash = buildHash(view, changed);
  };
  const unknown = findUnknownNames(view, params, problemIndex);
  const isSet = parts.some((name) => context[name]);
  const clear = () => change(Object.fromEntries(parts.map((name) => [name, ""])));
  return html`<form class="context-bar" aria-label=${t("context.bar")}>
    ${parts.map((name) => {
      const onChange = (/** @type {string} */ value) => change({ [name]: value });
      const selected = name === "with" ? context.with.split(",")[0] : context[name];
      const props = { name, selected, onChange, ...listChoices(name, problemIndex) };
      return name === "with"
        ? html`<${ComparedPlanSelect} key=${name} ...${{ ...props, plan, view }} />`
        : html`<${ContextSelect} key=${name} ...${props} />`;
    })}
    ${
      isSet &&
      html`<button type="button" class="button small" onClick=${clear}>
        ${t("context.clear")}
      </button>`
    }
    ${unknown.length > 0 && html`<p role="alert">${t("context.unknown", { names: unknown.join(", ") })}</p>`}
  </form>`;
}

/** @param {string} view @param {URLSearchParams} params @param {ProblemIndex} problemIndex @returns {string[]} what the URL names and the plan does not have */
function findUnknownNames(view, params, problemIndex) {
  const { county, item, month } = readContext(view, params);
  /** @type {[string|null, boolean][]} */
  const named = [
    [county, problemIndex.counties.has(county)],
    [item, problemIndex.items.has(item) || problemIndex.requirements.has(item)],
    [month, problemIndex.periods.includes(month)],
    [params.get("sheet"), problemIndex.factories.has(params.get("sheet") ?? "")],
    [params.get("county-sheet"), problemIndex.counties.has(params.get("county-sheet") ?? "")],
  ];
  return named.flatMap(([name, isKnown]) => (name && !isKnown ? [name] : []));
}

/** @param {ContextName} name @param {ProblemIndex} problemIndex @returns {{options?: Option[], groups?: {label: string, options: Option[]}[]}} */
function listChoices(name, problemIndex) {
  if (name === "county") return { options: listCounties(problemIndex) };
  if (name === "item") return { groups: listGoods(problemIndex) };
  if (name === "with") return {};
  const toOption = (/** @type {string} */ value) => ({ value, text: formatPeriod(value, "long") });
  return { options: problemIndex.periods.map(toOption) };
}

/** @param {Plan|null} plan @returns {ProblemIndex|null} null until it is read */
function useProblemIndex(plan) {
  const [loaded, setLoaded] = useState(
    /** @type {{plan: string, problemIndex: ProblemIndex}|null} */ (null),
  );
  const id = plan?.tables?.supply ? plan.id : null;
  useEffect(() => {
    if (!id) return;
    loadProblemIndex(id).then(
      (problemIndex) => setLoaded({ plan: id, problemIndex }),
      () => setLoaded(null), // the view tells the error
    );
  }, [id]);
  return loaded && loaded.plan === id ? loaded.problemIndex : null;
}

/**
 * A select of one part of the context.
 * @param {{name: string, noneText?: string, selected: string, options?: Option[], groups?: {label: string, options: Option[]}[], onChange: (value: string) => void, onOpen?: () => void}} props
 */
function ContextSelect({ name, noneText, selected, options = [], groups = [], onChange, onOpen }) {
  const all = [...options, ...groups.flatMap((group) => group.options)];
  const isKnown = !selected || all.some(({ value }) => value === selected);
  const onSelect = (/** @type {any} */ event) => onChange(event.currentTarget.value);
  return html`<div class="context-field">
    <span aria-hidden="true">${t(`context.${name}`)}</span>
    <select
      name=${`context-${name}`}
      aria-label=${t(`context.${name}`)}
      value=${selected}
      class=${selected ? "chosen" : ""}
      onChange=${onSelect}
      onFocus=${onOpen}
      onPointerEnter=${onOpen}
    >
      <option value="">${noneText ?? t(`context.${name}-all`)}</option>
      ${!isKnown && html`<option value=${selected}>${selected}</option>`}
      ${options.map(renderOption)}
      ${groups.map(
        (group) =>
          html`<optgroup key=${group.label} label=${group.label}>
            ${group.options.map(renderOption)}
          </optgroup>`,
      )}
    </select>
  </div>`;
}

/** @param {Option} option */
const renderOption = ({ value, text }) =>
  html`<option key=${value} value=${value}>${text}</option>`;

/** @param {{plan: Plan, view: string, selected: string, onChange: (value: string) => void}} props */
function ComparedPlanSelect({ plan, view, selected, onChange }) {
  const [plans, setPlans] = useState(/** @type {(Plan|PlanListEntry)[]} */ ([]));
  useEffect(() => {
    if (!selected) return;
    const add = (/** @type {Plan} */ one) =>
      setPlans((known) => [one, ...known.filter(({ id }) => id !== one.id)]);
    fetchPlan(selected).then(add, () => onChange("")); // a plan that is not there is not compared with
  }, [selected]);
  const load = async () => {
    const recent = (await fetchRecentPlans(50)).filter((one) => one.served_share !== null);
    setPlans((known) => [
      ...recent,
      ...known.filter(({ id }) => !recent.some((one) => one.id === id)),
    ]);
  };
  // The briefing is compared with the plan in force by itself.
  const noneText = t(view === "briefing" ? "context.with-all" : "context.with-none");
  const options = plans
    .filter(({ id }) => id !== plan.id)
    .map((one) => ({ value: one.id, text: getPlanTitle(one) }));
  return html`<${ContextSelect}
    name="with"
    ...${{ noneText, selected, options, onChange, onOpen: load }}
  />`;
}

/** @param {ProblemIndex} problemIndex @returns {Option[]} */
const listCounties = (problemIndex) =>
  [...problemIndex.counties.keys()].map((value) => ({ value, text: problemIndex.getName(value) }));

/** @param {ProblemIndex} problemIndex */
const listGoods = (problemIndex) =>
  problemIndex.groupGoodsByCategory().map(([category, items]) => ({
    label: textOr(`category.${category}`, category),
    options: items.map(({ id }) => ({ value: id, text: problemIndex.getName(id) })),
  }));
