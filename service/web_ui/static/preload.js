/**
 * Requests what the view in the address needs, while the modules of the page still load.
 *
 * Without it a browser finds each module in the one before it, and the plan after all of them.
 */

import { fetchCached, startRequest } from "./lib/api.js";
import { h } from "./lib/dom.js";
import { parseHash } from "./lib/hash.js";
import { readLanguage } from "./lib/language.js";
import {
  listCachedPaths,
  listFirstPaths,
  listFurtherModules,
  listModulesBeside,
  VIEWS,
} from "./lib/view-list.js";

/** @type {Record<string, string[]>} modules by the module that imports them, of `index.html` */
const MODULES = JSON.parse(document.getElementById("modules")?.textContent ?? "{}");

/** @param {string} rel @param {string} name file @param {Record<string, string>} [props] */
const preload = (rel, name, props = {}) =>
  document.head.append(h("link", { rel, href: new URL(name, import.meta.url).href, ...props }));

/** @param {string} module a module that is imported when it is used @param {Record<string, string>} [props] */
const preloadModules = (module, props) => {
  for (const name of MODULES[module] ?? [module]) preload("modulepreload", name, props);
};

/** @param {import("./lib/view-list.js").ViewEntry} entry the view in the address */
function preloadTexts({ texts }) {
  const language = readLanguage();
  preload("modulepreload", `i18n/${language}.js`);
  for (const name of texts) preload("modulepreload", `i18n/${language}-${name}.js`);
}

/** @param {import("./lib/view-list.js").ViewEntry} entry the view in the address */
function preloadFiles({ id, styles }) {
  preloadModules(`views/${id}.js`);
  for (const name of styles) preload("preload", `css/${name}.css`, { as: "style" });
}

/** @param {import("./lib/view-list.js").ViewEntry} entry the view in the address @param {string|null} plan @param {URLSearchParams} params */
function requestData({ id, needs }, plan, params) {
  for (const path of plan && needs ? listCachedPaths(id, plan) : []) {
    fetchCached(path).catch(() => {}); // the view tells the error
  }
  for (const name of listFurtherModules(id, params)) preloadModules(name);
}

function preloadView() {
  const { id, params } = parseHash(location.hash) ?? { id: "", params: new URLSearchParams() };
  const entry = VIEWS.find((view) => view.id === id) ?? VIEWS[0];
  const plan = params.get("plan");
  startRequest("/v1/me");
  if (plan) startRequest(`/v1/plans/${encodeURIComponent(plan)}`);
  const isPlanKnown = plan !== null || !entry.needs;
  if (isPlanKnown) for (const path of listFirstPaths(entry.id, params)) startRequest(path);
  preloadTexts(entry); // the heading waits for them
  // The largest come next: they fill the line while many small files wait for their answers.
  if (isPlanKnown) requestData(entry, plan, params);
  preloadFiles(entry);
  for (const name of isPlanKnown ? listModulesBeside(entry.id) : []) {
    preloadModules(name, { fetchpriority: "low" });
  }
}

preloadView();
