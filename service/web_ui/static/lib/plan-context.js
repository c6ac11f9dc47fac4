/**
 * The context that all views share: plan, plan to compare with, county, good and month.
 *
 * It is in the URL of every view. Two views call the month `period`, as the tables of the API do.
 */

/** @typedef {"with"|"county"|"item"|"month"} ContextName parts of the context that users select */

/**
 * Parts of the context beside the plan.
 * @type {ContextName[]}
 */
export const CONTEXT_NAMES = ["with", "county", "item", "month"];

/** Views whose URL calls the month `period`. */
const PERIOD_VIEWS = new Set(["bottlenecks", "factories"]);

/**
 * What each view is filtered by and compared with. Other parts of the context stay in the URL for the next view.
 * @type {Record<string, ContextName[]>}
 */
export const VIEW_PARTS = {
  briefing: ["with"],
  map: ["with", "county", "item", "month"],
  year: ["with", "county", "item", "month"],
  factories: ["with", "county", "item", "month"],
  "by-hand": ["with", "county", "item"],
  study: ["county", "item"],
  bottlenecks: ["with", "county", "item", "month"],
};

/** @typedef {{view: string, plan: Plan|null, params: URLSearchParams}} ShownView a view, its plan, parameters of its URL */

/**
 * Read the plan that a view is compared with.
 * @param {URLSearchParams} params parameters of its URL
 * @returns {string|null} identifier of the plan; null if there is none
 */
export const readComparedPlan = (params) => params.get("with")?.split(",")[0] || null;

/** @type {ShownView} */
let shownView = { view: "", plan: null, params: new URLSearchParams() };

/** @type {Set<(shown: ShownView) => void>} */
const listeners = new Set();

/** @returns {ShownView} the view that is shown */
export const getShownView = () => shownView;

/**
 * Tell that another view is shown, or other parameters.
 * @param {ShownView} shown the view
 */
export function setShownView(shown) {
  shownView = shown;
  for (const listener of listeners) listener(shown);
}

/**
 * Call a function with the view that is shown, now and whenever it changes.
 * @param {(shown: ShownView) => void} listener the function
 * @returns {() => void} ends the calls
 */
export function watchShownView(listener) {
  listeners.add(listener);
  listener(shownView);
  return () => listeners.delete(listener);
}

/** @param {string} view @param {ContextName} name @returns {string} the parameter of a part of the context */
export const getParameterName = (view, name) =>
  name === "month" && PERIOD_VIEWS.has(view) ? "period" : name;

/**
 * Read the context of a URL.
 * @param {string} view the view that the URL shows
 * @param {URLSearchParams} params its parameters
 * @returns {Record<ContextName, string>} the parts; empty where nothing is selected
 */
export function readContext(view, params) {
  const parts = CONTEXT_NAMES.map((name) => [name, params.get(getParameterName(view, name)) ?? ""]);
  return /** @type {Record<ContextName, string>} */ (Object.fromEntries(parts));
}

/**
 * Carry the context over to another view.
 * @param {string} view the view that is shown
 * @param {URLSearchParams} params parameters of its URL
 * @param {string} other the other view
 * @returns {Record<string, string>} parameters of the other view
 */
export function carryContext(view, params, other) {
  const context = readContext(view, params);
  return Object.fromEntries(
    CONTEXT_NAMES.map((name) => [getParameterName(other, name), context[name]]),
  );
}

/** Views in which users make something that they may not have kept yet; their URLs hold it. */
const DRAFT_VIEWS = new Set(["by-hand", "what-if"]);

const SHARED_NAMES = new Set(["plan", ...CONTEXT_NAMES]);

/** @param {string} view @param {string} plan */
const nameDraft = (view, plan) => `allot.draft.${view}.${plan}`;

/**
 * Remember, for this tab, what the user made in the view that is shown.
 * @param {ShownView} shown the view
 */
export function rememberDraft({ view, plan, params }) {
  if (!plan || !DRAFT_VIEWS.has(view)) return;
  const own = [...params].filter(([name]) => !SHARED_NAMES.has(name));
  const name = nameDraft(view, plan.id);
  if (own.length) sessionStorage.setItem(name, JSON.stringify(Object.fromEntries(own)));
  else sessionStorage.removeItem(name);
}

/**
 * Read what the user made in a view of a plan, so that a link to the view leads back to it.
 * @param {string} view the view
 * @param {string} plan identifier of the plan
 * @returns {Record<string, string>} parameters of its URL; none if nothing was made
 */
export const readDraft = (view, plan) =>
  JSON.parse(sessionStorage.getItem(nameDraft(view, plan)) ?? "{}");
