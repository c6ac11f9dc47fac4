/** What is shown instead of a view: loading, nothing there, an error in words. */

import { Problem } from "./api.js";
import { h } from "./dom.js";
import { inEnglish, or, t } from "./i18n.js";

/** @param {string} [text] what is being done @returns {HTMLElement} a quiet sign that something comes */
export function loading(text = t("state.loading")) {
  return h(
    "div",
    { class: "state", role: "status" },
    h("span", { class: "spinner", "aria-hidden": "true" }),
    h("p", {}, text),
  );
}

/**
 * Nothing is there.
 * @param {string} title what is missing
 * @param {string} [text] what to do about it
 * @param {HTMLElement|null} [action] a button or link
 * @returns {HTMLElement} the state
 */
export function empty(title, text = "", action = null) {
  return h(
    "div",
    { class: "state" },
    h("p", { class: "state-title" }, title),
    text && h("p", {}, text),
    action,
  );
}

/**
 * An error in words.
 * @param {Error} error a Problem, or a mistake of ours
 * @param {(() => void)|null} [again] tries again
 * @returns {HTMLElement} the state
 */
export function failure(error, again = null) {
  const code = error instanceof Problem ? error.type.split(":").pop() : "mistake";
  const title = or(`problem.${code}`, error.title || t("problem.mistake"));
  return h(
    "div",
    { class: "state failure", role: "alert" },
    h("p", { class: "state-title" }, title),
    told(or(`problem.${code}-text`, ""), error.message),
    findings(error.errors ?? []),
    error.requestId &&
      h("p", { class: "soft small" }, t("problem.request", { id: error.requestId })),
    again &&
      h("button", { type: "button", class: "button", on: { click: again } }, t("action.again")),
  );
}

/** Our words; else the service's own, which are marked as English where another language is shown. */
function told(ours, theirs) {
  if (ours) return h("p", {}, ours);
  return inEnglish()
    ? h("p", {}, theirs)
    : theirs &&
        h("p", { class: "small" }, t("problem.in-english"), " ", h("span", { lang: "en" }, theirs));
}

/** Findings of the service as a list. @param {Array<{path: string, message: string, remedy: string, severity: string}>} all the findings @returns {HTMLElement|null} the list */
export function findings(all) {
  if (!all.length) return null;
  return h(
    "ul",
    { class: "findings" },
    all
      .slice(0, 50)
      .map((one) =>
        h(
          "li",
          { class: one.severity === "warning" ? "warning" : "error" },
          one.path && h("code", {}, one.path),
          " ",
          sentence(one),
        ),
      ),
  );
}

function sentence({ code, message, remedy }) {
  if (inEnglish()) return [`${message} `, h("span", { class: "soft" }, remedy)];
  return [
    or(`finding.${code}`, ""),
    h("p", { class: "soft small", lang: "en" }, message, " ", remedy),
  ];
}

/** Say something to those who listen rather than look. @param {string} text what is said */
export function announce(text) {
  document.getElementById("announcer").textContent = text;
}
