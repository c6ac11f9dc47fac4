/** Starts the page and lists its views. */

import { ApiError, fetchJson } from "./lib/api.js";
import { renderFailure } from "./lib/feedback.js";
import { guardFocus } from "./lib/focus-guard.js";
import { loadTexts, t } from "./lib/i18n.js";
import { VIEW_PARTS, watchShownView } from "./lib/plan-context.js";
import { Router } from "./lib/router.js";
import { Shell } from "./lib/shell.js";
import { applyTheme } from "./lib/theme.js";
import { VIEWS } from "./lib/view-list.js";

/**
 * Show the context bar above the views that it filters. Only these load it.
 * @param {HTMLElement} root the element of the bar
 */
function watchContextBar(root) {
  watchShownView(async ({ view, plan }) => {
    root.hidden = !(view in VIEW_PARTS) || !plan?.tables?.supply;
    if (!root.hidden) (await import("./lib/context-bar.js")).showContextBar(root);
  });
}

/**
 * Read who the caller is. Without valid credentials the bar offers to sign in.
 * @returns {Promise<Principal>} the caller
 */
async function fetchPrincipal() {
  try {
    return await fetchJson("/v1/me");
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 401)) throw error;
    return { caller: "", authentication: "on", grants: [] };
  }
}

/** @param {string} id @returns {HTMLElement} an element of `index.html` */
function getElement(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`index.html has no element ${id}`);
  return element;
}

async function startApplication() {
  applyTheme();
  await loadTexts();
  const main = getElement("main");
  const skip = getElement("skip");
  skip.textContent = t("shell.skip");
  skip.addEventListener("click", (event) => {
    event.preventDefault();
    (main.querySelector("h1") ?? main).focus();
  });
  try {
    const shell = new Shell(getElement("bar"), VIEWS, await fetchPrincipal());
    watchContextBar(getElement("context"));
    for (const part of [main, getElement("context")]) guardFocus(part);
    await new Router(main, VIEWS, shell).show();
  } catch (error) {
    main.replaceChildren(renderFailure(error, () => location.reload()));
  }
}

startApplication();
