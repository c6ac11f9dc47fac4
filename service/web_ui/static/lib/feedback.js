/** What the page shows instead of a view: progress, an empty state, or an error. */

import { ApiError } from "./api.js";
import { h } from "./dom.js";
import { isEnglish, textOr, t } from "./i18n.js";

/**
 * Render a loading indicator.
 * @param {string} [text] what is in progress
 * @returns {HTMLElement} the indicator
 */
export function renderLoading(text = t("state.loading")) {
  return h(
    "div",
    { class: "state", role: "status" },
    h("span", { class: "spinner", "aria-hidden": "true" }),
    h("p", {}, text),
  );
}

/**
 * Render an empty state.
 * @param {string} title what is missing
 * @param {string} [text] what the user can do about it
 * @param {HTMLElement|null} [action] a button or link
 * @returns {HTMLElement} the state
 */
export function renderEmpty(title, text = "", action = null) {
  return h(
    "div",
    { class: "state" },
    h("p", { class: "state-title" }, title),
    text && h("p", {}, text),
    action,
  );
}

/**
 * Render an error.
 * @param {any} error an `ApiError`, or an unexpected error of the page
 * @param {(() => void)|null} [retry] repeats what failed
 * @param {HTMLElement|null} [action] a link to somewhere else
 * @returns {HTMLElement} the state
 */
export function renderFailure(error, retry = null, action = null) {
  const code = error instanceof ApiError ? error.type.split(":").pop() : "unexpected";
  const title = textOr(`problem.${code}`, error.title || t("problem.unexpected"));
  return h(
    "div",
    { class: "state failure", role: "alert" },
    h("p", { class: "state-title" }, title),
    renderErrorText(textOr(`problem.${code}-text`, ""), error.message),
    renderFindings(error.errors ?? []),
    error.requestId &&
      h("p", { class: "soft small" }, t("problem.request", { id: error.requestId })),
    (retry || action) &&
      h(
        "div",
        { class: "buttons" },
        retry &&
          h("button", { type: "button", class: "button", on: { click: retry } }, t("action.retry")),
        action,
      ),
  );
}

/**
 * Render the page's own text; otherwise the service's text, marked as English in other languages.
 * @param {string} pageText @param {string} serviceText @returns {Child}
 */
function renderErrorText(pageText, serviceText) {
  if (pageText) return h("p", {}, pageText);
  if (isEnglish()) return h("p", {}, serviceText);
  if (!serviceText) return null;
  const english = h("span", { lang: "en" }, serviceText);
  return h("p", { class: "small" }, t("problem.in-english"), " ", english);
}

/**
 * Render findings of the service, grouped by sheet or section.
 * @param {Finding[]} findings the findings
 * @returns {HTMLElement|null} an element that is filled as soon as the code for findings is loaded; null if there are no findings
 */
export function renderFindings(findings) {
  if (!findings.length) return null;
  // Filters change the list; that is no news of its own where the list is within an alert.
  const root = h("div", { class: "finding-report", "aria-live": "off" });
  import("./findings.js").then(({ fillFindings }) => fillFindings(root, findings));
  return root;
}

/**
 * Announce a text to screen readers.
 * @param {string} text the text
 */
export function announce(text) {
  const announcer = document.getElementById("announcer");
  if (announcer) announcer.textContent = text;
}
