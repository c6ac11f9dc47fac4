/** A URL for every view: `#/map?plan=…&month=…`. */

import { atlasOf } from "./problem-index.js";
import { fill, h } from "./dom.js";
import { add, named, or, t } from "./i18n.js";
import * as api from "./api.js";
import * as format from "./format.js";
import * as plans from "./plans.js";
import { announce, empty, failure, loading } from "./feedback.js";
import * as theme from "./theme.js";

/**
 * @typedef {object} Entry a view in the list of `app.js`
 * @property {string} id its name in URLs; its title is the text `nav.<id>`
 * @property {() => Promise<{default: View}>} load its module
 * @property {"tables"|"plan"|null} needs what it cannot do without: a finished plan with tables, or any plan
 * @property {boolean} texts whether it has texts of its own in `i18n/<language>-<id>.js`
 *
 * @typedef {object} View what a view's module exports as `default`
 * @property {string} id as in its entry
 * @property {string} title key of its title
 * @property {(root: HTMLElement, context: Context) => Promise<(() => void)|void>} show fills `root`; returns what cleans up
 *
 * @typedef {object} Context what a view works with
 * @property {typeof import("./api.js")} api the interface
 * @property {object|null} plan the plan's view, or null
 * @property {() => Promise<import("./problem-index.js").Atlas>} atlas the plan's problem by identifier
 * @property {URLSearchParams} params the URL's parameters
 * @property {(view: string, params?: object) => void} go another view; keeps the plan unless `params` names another
 * @property {(view: string, params?: object) => string} href the address of another view, for links
 * @property {(params: object, push?: boolean) => void} update changes parameters of this URL without showing the view again
 * @property {(plan: object) => void} looksAt says that another plan is looked at now: the bar follows
 * @property {(view: string) => boolean} has whether there is such a view
 * @property {typeof import("./i18n.js").t} t texts
 * @property {typeof import("./format.js")} format numbers, units, months
 * @property {typeof import("./theme.js")} theme light and dark
 * @property {{caller: string, authentication: string, grants: object[]}} me who asks
 * @property {AbortSignal} signal aborted when the view is left
 */

/** @param {string} hash such as `#/map?plan=…` @returns {{id: string, params: URLSearchParams}|null} its parts; null where it is no view's */
export function parse(hash) {
  if (!hash.startsWith("#/"))
    return hash === "" || hash === "#" ? { id: "", params: new URLSearchParams() } : null;
  const [id, query] = hash.slice(2).split(/\?(.*)/s);
  return { id, params: new URLSearchParams(query ?? "") };
}

/** @param {string} id a view @param {Object<string, *>|URLSearchParams} params its parameters; null ones are left out @returns {string} the hash */
export function hashOf(id, params) {
  const pairs =
    params instanceof URLSearchParams
      ? [...params]
      : Object.entries(params).filter(
          ([, value]) => value !== null && value !== undefined && value !== "",
        );
  const query = new URLSearchParams(pairs).toString();
  return `#/${id}${query ? `?${query}` : ""}`;
}

/** Shows the view of the URL, and the next one when it changes. */
export class Router {
  /**
   * @param {HTMLElement} root where views are shown
   * @param {Entry[]} views all views; the first is shown where the URL names none
   * @param {{me: object, shown: (id: string, plan: object|null) => void}} shell who asks, and what is told of every view
   */
  constructor(root, views, shell) {
    this.root = root;
    this.views = views;
    this.shell = shell;
    this.leaving = new AbortController();
    this.cleanup = null;
    addEventListener("hashchange", () => this.show());
    addEventListener("popstate", () => this.show());
  }

  /** Show what the URL names; called by itself when it changes. */
  async show() {
    const place = parse(location.hash);
    if (!place || location.hash === this.at) return;
    this.at = location.hash;
    this.leave();
    const entry = this.views.find((view) => view.id === (place.id || this.views[0].id));
    fill(this.root, loading());
    const { signal } = this.leaving;
    try {
      await this.enter(entry, place.params, signal);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof api.Problem)) console.warn(error);
      fill(
        this.root,
        h("h1", { tabindex: "-1" }, entry ? t(`nav.${entry.id}`) : "Allot"),
        failure(error, () => this.again()),
      );
    }
  }

  /** Show the same URL anew. */
  again() {
    this.at = null;
    return this.show();
  }

  leave() {
    this.leaving.abort();
    this.leaving = new AbortController();
    this.cleanup?.();
    this.cleanup = null;
  }

  async enter(entry, params, signal) {
    if (!entry) throw new api.Problem({ type: "urn:allot:no-view" });
    const [module, plan] = await Promise.all([
      entry.load(),
      this.planFor(entry, params),
      entry.texts ? add(entry.id) : null,
    ]);
    if (signal.aborted) return;
    const title = t(module.default.title);
    document.title = `${title} · Allot`;
    this.shell.shown(entry.id, plan);
    const lack = missing(entry, plan);
    const view = h("div", { class: `view view-${entry.id}` });
    fill(this.root, view);
    if (lack) fill(view, h("h1", { tabindex: "-1" }, title), lack);
    else {
      const cleanup =
        (await module.default.show(view, this.context(entry, plan, params, signal))) ?? null;
      if (signal.aborted) cleanup?.();
      else this.cleanup = cleanup;
    }
    if (!signal.aborted) this.arrive(view, title);
  }

  arrive(view, title) {
    if (this.arrived) (view.querySelector("h1") ?? this.root).focus({ preventScroll: true });
    if (this.arrived) scrollTo(0, 0);
    this.arrived = true;
    announce(t("state.shown", { title }));
  }

  async planFor(entry, params) {
    const asked = params.get("plan") ?? (entry.needs ? await plans.latest() : null);
    if (!asked) return null;
    const plan = await plans.read(asked);
    if (plan.status === "finished") plans.remember(plan.id);
    if (!params.has("plan")) {
      params.set("plan", plan.id);
      this.replace(hashOf(entry.id, params));
    }
    return plan;
  }

  replace(hash, push = false) {
    history[push ? "pushState" : "replaceState"](null, "", hash);
    this.at = hash;
  }

  context(entry, plan, params, signal) {
    const href = (view, wished = {}) => hashOf(view, plan ? { plan: plan.id, ...wished } : wished);
    return {
      api,
      t,
      or,
      named,
      format,
      theme,
      plan,
      params,
      signal,
      href,
      me: this.shell.me,
      atlas: () => atlasOf(plan.id),
      looksAt: (other) => this.shell.shown(entry.id, other),
      has: (view) => this.views.some((one) => one.id === view),
      go: (view, wished) => {
        location.hash = href(view, wished);
      },
      update: (wished, push = false) => {
        for (const [name, value] of Object.entries(wished)) {
          if (value === null || value === undefined || value === "") params.delete(name);
          else params.set(name, String(value));
        }
        if (!signal.aborted) this.replace(hashOf(entry.id, params), push);
      },
    };
  }
}

function missing(entry, plan) {
  if (!entry.needs) return null;
  const start = h(
    "a",
    { class: "button", href: hashOf("start", plan ? { plan: plan.id } : {}) },
    t("nav.start"),
  );
  if (!plan) return empty(t("state.no-plan"), t("state.no-plan-text"), start);
  if (plan.status !== "finished")
    return empty(t(`status.${plan.status}`), t("state.unfinished"), start);
  if (entry.needs === "tables" && !plan.tables?.supply)
    return empty(t(`outcome.${plan.outcome}`), t("state.no-tables"), start);
  return null;
}
