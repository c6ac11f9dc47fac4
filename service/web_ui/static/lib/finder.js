/** The finder: goes to a view, plan, county, good or factory by its name. Ctrl-K opens it. */

import { fetchJson } from "./api.js";
import { formatDateTime, formatShare } from "./format.js";
import { getDisplayName, loadViewTexts, t } from "./i18n.js";
import { carryContext, getShownView, readDraft } from "./plan-context.js";
import { describePlanSource, fetchRecentPlans, getPlanTitle } from "./plans.js";
import { loadProblemIndex } from "./problem-index.js";
import { buildHash } from "./hash.js";
import { loadStylesheet } from "./stylesheets.js";
import { html, render, useEffect, useRef, useState } from "../vendor/preact/preact.js";

const MAX_RESULTS = 40;
const MAX_PLANS = 200;
const MAX_STUDIES = 100;

/** @typedef {"plan"|"view"|"county"|"good"|"requirement"|"factory"|"study"} TargetKind */
/**
 * @typedef {object} Target something to go to
 * @property {TargetKind} kind kind of thing
 * @property {string} id identifier within its kind
 * @property {string} name name shown
 * @property {string} note what tells it from others of the same name
 * @property {string} words text that is searched, in lower case
 * @property {string} href address
 */

/**
 * Select the targets that match a search.
 * @param {Target[]} targets all targets
 * @param {string} searchText words that a target must contain, in any order
 * @returns {Target[]} the first of those that match; those whose name begins with the text come first
 */
export function searchTargets(targets, searchText) {
  const text = searchText.trim().toLowerCase();
  const words = text.split(/\s+/).filter(Boolean);
  const found = targets.filter((target) => words.every((word) => target.words.includes(word)));
  const begins = (/** @type {Target} */ target) => target.name.toLowerCase().startsWith(text);
  const first = text ? found.filter(begins) : [];
  return [...new Set([...first, ...found])].slice(0, MAX_RESULTS);
}

/**
 * Open the finder.
 * @param {readonly string[]} views identifiers of the views
 * @param {boolean} onlyPlans whether only plans are searched
 */
export async function openFinder(views, onlyPlans) {
  await Promise.all([loadViewTexts("finder"), loadStylesheet("finder")]);
  const dialog = document.createElement("dialog");
  dialog.className = "finder";
  document.body.append(dialog);
  const opener = document.activeElement;
  dialog.addEventListener("close", () => {
    render(null, dialog);
    dialog.remove();
    if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
  });
  const close = () => dialog.close();
  render(html`<${Finder} ...${{ views, onlyPlans, close }} />`, dialog);
  dialog.setAttribute("aria-label", t(onlyPlans ? "finder.choose-plan" : "finder.title"));
  dialog.showModal();
  dialog.querySelector("input")?.focus();
}

/** @param {{views: readonly string[], onlyPlans: boolean, close: () => void}} props */
function Finder({ views, onlyPlans, close }) {
  const [searchText, setSearchText] = useState("");
  const [active, setActive] = useState(0);
  const [targets, setTargets] = useState(() => (onlyPlans ? [] : listViews(views)));
  const list = useRef(/** @type {HTMLElement|null} */ (null));
  useEffect(() => {
    const add = (/** @type {Target[]} */ more) => setTargets((known) => [...known, ...more]);
    listPlans().then(add, () => {}); // without plans the other targets stay
    if (onlyPlans) return;
    listThings().then(add, () => {});
    listStudies().then(add, () => {});
  }, []);
  const found = searchTargets(targets, searchText);
  const chosen = Math.min(active, found.length - 1);
  useEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [chosen, searchText]);
  const go = (/** @type {Target|undefined} */ target) => {
    if (!target) return;
    close();
    location.hash = target.href;
  };
  const handleKey = (/** @type {KeyboardEvent} */ event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && found.length) {
      event.preventDefault();
      setActive((chosen + step + found.length) % found.length);
    } else if (event.key === "Enter") {
      event.preventDefault();
      go(found[chosen]);
    }
  };
  const handleInput = (/** @type {any} */ event) => {
    setSearchText(event.currentTarget.value);
    setActive(0);
  };
  return html`
    <input
      type="search"
      role="combobox"
      aria-expanded="true"
      aria-controls="finder-list"
      aria-activedescendant=${found.length ? `finder-${chosen}` : null}
      aria-label=${t(onlyPlans ? "finder.choose-plan" : "finder.title")}
      placeholder=${t(onlyPlans ? "finder.plan-hint" : "finder.hint")}
      value=${searchText}
      onInput=${handleInput}
      onKeyDown=${handleKey}
    />
    <ul id="finder-list" role="listbox" aria-label=${t("finder.results")} ref=${list}>
      ${found.map(
        (target, index) =>
          html`<li
            key=${`${target.kind} ${target.id}`}
            id=${`finder-${index}`}
            role="option"
            aria-selected=${index === chosen ? "true" : "false"}
            onClick=${() => go(target)}
            onMouseMove=${() => setActive(index)}
          >
            <span class="tag">${t(`finder.kind.${target.kind}`)}</span>
            <span>${target.name}</span>
            <span class="soft small">${target.note}</span>
          </li>`,
      )}
    </ul>
    ${!found.length && html`<p class="soft finder-none">${t("finder.none")}</p>`}
  `;
}

/** @param {readonly string[]} views @returns {Target[]} */
function listViews(views) {
  const { view: shown, plan, params } = getShownView();
  return views.map((view) => {
    const kept = plan && {
      plan: plan.id,
      ...carryContext(shown, params, view),
      ...readDraft(view, plan.id),
    };
    return createTarget("view", view, t(`nav.${view}`), "", buildHash(view, kept ?? {}));
  });
}

/** @returns {Promise<Target[]>} counties, goods and factories of the plan shown */
async function listThings() {
  const { plan } = getShownView();
  if (!plan?.tables?.supply) return [];
  const problemIndex = await loadProblemIndex(plan.id);
  /** @param {string} view @param {Record<string, string>} params */
  const href = (view, params) => buildHash(view, { plan: plan.id, ...params });
  const goods = [...problemIndex.items.values()].filter(({ id }) => problemIndex.isGood(id));
  return [
    ...[...problemIndex.counties.values()].map((one) =>
      createTarget(
        "county",
        one.id,
        getDisplayName(one),
        listOtherNames(one),
        href("map", { county: one.id }),
      ),
    ),
    ...goods.map((one) =>
      createTarget(
        "good",
        one.id,
        getDisplayName(one),
        listOtherNames(one),
        href("bottlenecks", { item: one.id }),
      ),
    ),
    ...[...problemIndex.requirements.values()].map((one) =>
      createTarget(
        "requirement",
        one.id,
        getDisplayName(one),
        listOtherNames(one),
        href("bottlenecks", { item: one.id }),
      ),
    ),
    ...[...problemIndex.factories.values()].map((one) =>
      createTarget(
        "factory",
        one.id,
        getDisplayName(one),
        listOtherNames(one),
        href("factories", { sheet: one.id }),
      ),
    ),
  ];
}

/** @param {Named} thing @returns {string} its names beside the one shown */
const listOtherNames = (thing) =>
  [thing.name, thing.local_name]
    .filter((name) => name && name !== getDisplayName(thing))
    .join(" · ");

/** @returns {Promise<Target[]>} studies, newest first */
async function listStudies() {
  const { analyses } = await fetchJson(`/v1/studies?limit=${MAX_STUDIES}`);
  return analyses.map(
    (/** @type {{id: string, base_plan: string, status: string, created: string}} */ study) =>
      createTarget(
        "study",
        study.id,
        t("finder.study", { time: formatDateTime(study.created) }),
        t(`status.${study.status}`),
        buildHash("study", { plan: study.base_plan, study: study.id }),
      ),
  );
}

/** @returns {Promise<Target[]>} plans, newest first */
async function listPlans() {
  const { view: shown, params } = getShownView();
  const view = ["", "start", "compare"].includes(shown) ? "briefing" : shown;
  const entries = await fetchRecentPlans(MAX_PLANS);
  return entries
    .filter((plan) => plan.status === "finished")
    .map((plan) => {
      const kept = carryContext(shown, params, view);
      const hasFigures = plan.served_share !== null;
      const href = buildHash(hasFigures ? view : "start", { ...kept, plan: plan.id });
      return createTarget("plan", plan.id, getPlanTitle(plan), describePlan(plan, entries), href);
    });
}

/**
 * Describe what tells a plan from others: state, served share, base plan, tags.
 * @param {PlanListEntry} plan the plan
 * @param {PlanListEntry[]} others plans among which the base plan is looked for
 * @returns {string} the description
 */
export function describePlan(plan, others) {
  const base = others.find(({ id }) => id === plan.base_plan);
  const baseName = base ? base.title || describePlanSource(base) : "";
  return [
    t(`approval.state.${plan.approval_state}`),
    plan.served_share === null
      ? t(`outcome.${plan.outcome}`)
      : t("plan.served", { share: formatShare(plan.served_share) }),
    plan.title && describePlanSource(plan),
    plan.base_plan && t("plan.base", { plan: baseName || plan.base_plan }),
    ...plan.tags.map((tag) => `#${tag}`),
    plan.title && formatDateTime(plan.created),
  ]
    .filter(Boolean)
    .join(" · ");
}

/** @param {TargetKind} kind @param {string} id @param {string} name @param {string} note @param {string} href @returns {Target} */
function createTarget(kind, id, name, note, href) {
  return { kind, id, name, note, href, words: `${name} ${note} ${id}`.toLowerCase() };
}
