/** A URL for every view: `#/map?plan=…&month=…`. */

import * as api from "./api.js";
import { buildHash, isBlank, parseHash } from "./hash.js";
import { renderViewHead } from "./components.js";
import { fill, h } from "./dom.js";
import { announce, renderFailure, renderLoading } from "./feedback.js";
import { loadViewTexts, t } from "./i18n.js";
import {
  createEntryState,
  findPlace,
  getEntry,
  readPlace,
  rememberPlace,
  restorePlace,
} from "./place-memory.js";
import { getShownView, setShownView } from "./plan-context.js";
import * as plans from "./plans.js";
import { loadStylesheet } from "./stylesheets.js";
import { describeView } from "./view-headings.js";

/**
 * @typedef {import("./view-list.js").ViewEntry} ViewEntry
 *
 * @typedef {object} View what the module of a view exports as `default`
 * @property {string} id as in its entry
 * @property {string} title key of its title
 * @property {(root: HTMLElement, context: ViewContext) => Promise<(() => void)|void>} show fills `root`; returns a clean-up function
 *
 * @typedef {object} ViewContext what a view works with
 * @property {typeof import("./api.js")} api the API client
 * @property {Plan} plan the plan shown; views that do not need a plan may get null
 * @property {() => Promise<ProblemIndex>} loadProblemIndex reads the problem of the plan
 * @property {URLSearchParams} params parameters of the URL
 * @property {(view: string, params?: Record<string, any>) => void} navigate opens another view; keeps the plan unless `params` names another
 * @property {(view: string, params?: Record<string, any>) => string} buildHref builds the address of another view
 * @property {(params: Record<string, any>, push?: boolean) => void} updateParams changes parameters of this URL without showing the view again
 * @property {(plan: Plan) => void} setShownPlan shows another plan in the bar
 * @property {Principal} me the caller
 * @property {AbortSignal} signal aborted when the user leaves the view
 *
 * @typedef {object} PlanBar what the router tells of every view
 * @property {Principal} me the caller
 * @property {(id: string, plan: Plan|null) => void} updateForView called when a view is shown
 */

/** Parameters that open one thing of a list instead of the list. */
const DETAILS = ["sheet", "sheets", "county-sheet", "study", "backtest"];

/**
 * Let a link from one thing to its list go back to the list as it was, if it was opened from there.
 * @param {MouseEvent} event a click
 */
function goBackToList(event) {
  const target = /** @type {Element} */ (event.target);
  const link = /** @type {HTMLAnchorElement|null} */ (target.closest("a[data-back]"));
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const list = parseHash(link.hash);
  const from = parseHash(history.state?.from ?? "");
  const isOpenedFromList = list && from && isSameList(list, from, link.dataset.back ?? "");
  if (!isOpenedFromList) return;
  event.preventDefault();
  history.back();
}

/**
 * @typedef {{id: string, params: URLSearchParams}} Target a view and its parameters
 * @param {Target} list @param {Target} other @param {string} details parameters that open one thing of the list
 * @returns {boolean} whether the other address shows the list, perhaps with other filters
 */
const isSameList = (list, other, details) =>
  list.id === other.id &&
  list.params.get("plan") === other.params.get("plan") &&
  !details.split(" ").some((name) => other.params.has(name));

/** Shows the view of the URL, and the next view when the URL changes. */
export class Router {
  /**
   * @param {HTMLElement} root element that contains the view
   * @param {ViewEntry[]} views all views; the first is the default
   * @param {PlanBar} bar bar above the views
   */
  constructor(root, views, bar) {
    this.root = root;
    this.views = views;
    this.bar = bar;
    this.abortController = new AbortController();
    /** @type {(() => void)|null} */
    this.cleanup = null;
    /** @type {string|null} */
    this.shownHash = null;
    /** Key of the entry of the history that is shown. */
    this.shownEntry = "";
    this.hasNavigated = false;
    history.scrollRestoration = "manual";
    addEventListener("hashchange", () => this.show());
    addEventListener("popstate", () => this.show());
    addEventListener("pagehide", () => this.rememberShownPlace());
    root.addEventListener("click", goBackToList);
  }

  rememberShownPlace() {
    if (this.shownEntry) rememberPlace(this.shownEntry, this.root);
  }

  /** Show the view that the URL names. */
  async show() {
    const target = parseHash(location.hash);
    if (!target || location.hash === this.shownHash) return;
    this.rememberShownPlace();
    const { key, isNew } = getEntry(this.shownHash);
    const entry = this.views.find((view) => view.id === (target.id || this.views[0].id));
    const place = this.findPlaceToKeep(target, key, isNew);
    this.shownHash = location.hash;
    this.shownEntry = key;
    // The page keeps its height, so that the place does not move while the view is drawn again.
    this.root.style.minHeight = place ? `${place.top + innerHeight}px` : "";
    const isSameView = place !== null && getShownView().view === target.id;
    this.leaveView();
    if (!isSameView) fill(this.root, renderLoading());
    const { signal } = this.abortController;
    try {
      await this.enterView(entry, target.params, signal, place);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof api.ApiError)) console.warn(error);
      const title = entry ? t(`nav.${entry.id}`) : "Allot";
      const hasOtherPlans = error instanceof api.ApiError && target.params.has("plan");
      const start = h("a", { class: "button", href: buildHash("start", {}) }, t("nav.start"));
      const failure = renderFailure(error, () => this.reload(), hasOtherPlans ? start : null);
      this.root.style.minHeight = "";
      fill(this.root, h("h1", { tabindex: "-1" }, title), failure);
    }
  }

  /**
   * Find where the user was in a view that is shown again: after Back, a refresh, or another selection in the same view.
   * @param {{id: string, params: URLSearchParams}} target @param {string} key @param {boolean} isNew
   * @returns {import("./place-memory.js").Place|null} null for a view that begins at its top
   */
  findPlaceToKeep(target, key, isNew) {
    if (!isNew) return findPlace(key);
    const shown = getShownView();
    const isSame =
      shown.view === target.id &&
      shown.plan?.id === target.params.get("plan") &&
      DETAILS.every((name) => shown.params.get(name) === target.params.get(name));
    return isSame ? readPlace(this.root) : null;
  }

  /** Show the same URL again. */
  reload() {
    this.shownHash = null;
    return this.show();
  }

  leaveView() {
    this.abortController.abort();
    this.abortController = new AbortController();
    this.cleanup?.();
    this.cleanup = null;
  }

  /**
   * @param {ViewEntry|undefined} entry @param {URLSearchParams} params @param {AbortSignal} signal
   * @param {import("./place-memory.js").Place|null} place
   */
  async enterView(entry, params, signal, place) {
    if (!entry) throw new api.ApiError({ type: "urn:allot:no-view" });
    const view = h("div", { class: `view view-${entry.id}` });
    const texts = Promise.all(entry.texts.map(loadViewTexts));
    const loading = Promise.all([
      entry.load(),
      this.loadPlan(entry, params),
      texts,
      ...entry.styles.map(loadStylesheet),
    ]);
    await Promise.race([texts, loading]);
    if (signal.aborted) return;
    if (getShownView().view !== entry.id) {
      this.showHeading(view, describeView(entry.id, params, null));
    }
    const [module, plan] = await loading;
    if (signal.aborted) return;
    const title = t(module.default.title);
    document.title = `${title} · Allot`;
    this.bar.updateForView(entry.id, plan);
    this.tellShownView(entry.id, plan, params);
    const missing = isAvailable(entry, plan) ? null : await this.renderMissingPlan(plan, signal);
    if (signal.aborted) return;
    fill(this.root, view);
    if (missing) fill(view, h("h1", { tabindex: "-1" }, title), missing);
    else {
      const context = this.createContext(entry, plan, params, signal);
      this.showHeading(view, describeView(entry.id, params, plan));
      const cleanup = (await module.default.show(view, context)) ?? null;
      if (signal.aborted) cleanup?.();
      else this.cleanup = cleanup;
    }
    if (signal.aborted) return;
    this.finishNavigation(view, title, place);
    await preparePrinting(title, plan);
  }

  /** @param {Plan|null} plan @param {AbortSignal} signal @returns {Promise<HTMLElement>} why the view cannot be shown */
  async renderMissingPlan(plan, signal) {
    const { renderUnavailablePlan } = await import("./unavailable-plan.js");
    return renderUnavailablePlan(plan, signal, () => this.reload());
  }

  /** @param {HTMLElement} view @param {import("./view-headings.js").Heading|null} heading what is known before the view is shown */
  showHeading(view, heading) {
    if (!heading) return;
    fill(view, renderViewHead(heading.title, heading.lead), renderLoading());
    fill(this.root, view);
  }

  /** @param {string} id @param {Plan|null} plan @param {URLSearchParams} params */
  tellShownView(id, plan, params) {
    setShownView({ view: id, plan, params: new URLSearchParams(params) });
  }

  /** @param {HTMLElement} view @param {string} title @param {import("./place-memory.js").Place|null} place */
  finishNavigation(view, title, place) {
    this.root.style.minHeight = "";
    if (place) {
      const isElsewhere = document.activeElement !== document.body;
      const isFocused = restorePlace(place, this.root);
      if (!isFocused && !isElsewhere) view.querySelector("h1")?.focus({ preventScroll: true });
    } else if (this.hasNavigated) {
      (view.querySelector("h1") ?? this.root).focus({ preventScroll: true });
      scrollTo(0, 0);
    }
    this.hasNavigated = true;
    announce(t("state.shown", { title }));
  }

  /** @param {ViewEntry} entry @param {URLSearchParams} params @returns {Promise<Plan|null>} */
  async loadPlan(entry, params) {
    const id = params.get("plan") ?? (entry.needs ? await plans.findLatestPlan() : null);
    if (!id) return null;
    const plan = await plans.fetchPlan(id);
    if (plan.status === "finished") plans.rememberPlan(plan.id);
    if (!params.has("plan")) {
      params.set("plan", plan.id);
      this.replaceUrl(buildHash(entry.id, params));
    }
    return plan;
  }

  /** @param {string} hash @param {boolean} [push] adds an entry to the history */
  replaceUrl(hash, push = false) {
    if (push) this.rememberShownPlace();
    const state = push ? createEntryState(this.shownHash) : history.state;
    history[push ? "pushState" : "replaceState"](state, "", hash);
    this.shownEntry = history.state?.entry ?? this.shownEntry;
    this.shownHash = hash;
  }

  /**
   * @param {ViewEntry} entry @param {Plan|null} plan @param {URLSearchParams} params @param {AbortSignal} signal
   * @returns {ViewContext}
   */
  createContext(entry, plan, params, signal) {
    /** @param {string} view @param {Record<string, any>} [wanted] */
    const buildHref = (view, wanted = {}) =>
      buildHash(view, plan ? { plan: plan.id, with: params.get("with"), ...wanted } : wanted);
    const shown = /** @type {Plan} */ (plan);
    return {
      api,
      plan: shown,
      params,
      signal,
      buildHref,
      me: this.bar.me,
      loadProblemIndex: async () => (await import("./problem-index.js")).loadProblemIndex(shown.id),
      setShownPlan: (other) => {
        this.bar.updateForView(entry.id, other);
        this.tellShownView(entry.id, other, params);
      },
      navigate: (view, wanted) => {
        location.hash = buildHref(view, wanted);
      },
      updateParams: (changed, push = false) => {
        for (const [name, value] of Object.entries(changed)) {
          if (isBlank(value)) params.delete(name);
          else params.set(name, String(value));
        }
        if (signal.aborted) return;
        this.replaceUrl(buildHash(entry.id, params), push);
        this.tellShownView(entry.id, getShownView().plan, params);
      },
    };
  }
}

/** @param {string} title @param {Plan|null} plan */
async function preparePrinting(title, plan) {
  if (!plan && !document.documentElement.style.getPropertyValue("--print-title")) return;
  const { setPrintHeader } = await import("./print.js");
  setPrintHeader(title, plan, []);
  if (!plan?.tables) return;
  const { loadProblemIndex } = await import("./problem-index.js");
  const { periods } = await loadProblemIndex(plan.id);
  setPrintHeader(title, plan, periods);
}

/** @param {ViewEntry} entry @param {Plan|null} plan @returns {boolean} whether the plan has what the view needs */
function isAvailable({ needs }, plan) {
  if (!needs) return true;
  if (plan?.status !== "finished") return false;
  if (needs === "plan" || plan.tables?.supply) return true;
  return needs === "outcome" && plan.outcome === "infeasible";
}
