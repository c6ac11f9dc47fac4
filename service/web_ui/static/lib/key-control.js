/** Signing in and out: the control in the bar. A key is kept only after the service has accepted it. */

import { hasApiKey, saveApiKey } from "./api-key.js";
import { ApiError, fetchJson } from "./api.js";
import { createId, fill, h } from "./dom.js";
import { t } from "./i18n.js";
import { closeOnEscape } from "./opener.js";

const UNAUTHORIZED = 401;

/**
 * Render the control.
 * @param {Principal} me the caller
 * @returns {HTMLElement} the control
 */
export function renderKeyControl(me) {
  return hasApiKey() && me.caller ? renderSignOut(me.caller) : renderSignIn(hasApiKey());
}

/** @param {string} caller @returns {HTMLElement} */
function renderSignOut(caller) {
  const signOut = () => {
    saveApiKey("");
    location.reload();
  };
  const props = { type: "button", class: "button small", on: { click: signOut } };
  return renderPopup(caller, h("div", { class: "pop" }, h("button", props, t("shell.sign-out"))));
}

/** @param {boolean} isRejected whether the service does not know the key of this tab @returns {HTMLElement} */
function renderSignIn(isRejected) {
  const messageId = createId("key");
  const input = h("input", {
    type: "password",
    autocomplete: "off",
    "aria-label": t("shell.key"),
    "aria-describedby": messageId,
    placeholder: t("shell.key"),
  });
  const text = isRejected ? t("shell.key-unknown") : "";
  const message = h("p", { id: messageId, class: "key-message", role: "alert" }, text);
  const send = h("button", { type: "submit", class: "button small" }, t("shell.sign-in"));
  /** @param {Event} event */
  const submit = async (event) => {
    event.preventDefault();
    send.disabled = true;
    saveApiKey(input.value.trim());
    const problem = await findKeyProblem();
    if (!problem) return location.reload();
    saveApiKey("");
    send.disabled = false;
    fill(message, problem);
    input.setAttribute("aria-invalid", "true");
    return input.select();
  };
  const form = h("form", { class: "pop", on: { submit } }, input, send, message);
  return renderPopup(t("shell.sign-in"), form, isRejected);
}

/** @returns {Promise<string|null>} why the key of this tab does not work; null if it works */
async function findKeyProblem() {
  try {
    await fetchJson("/v1/me");
    return null;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return t(error.status === UNAUTHORIZED ? "shell.key-unknown" : "problem.unreachable");
  }
}

/** @param {string} label @param {HTMLElement} content @param {boolean} [isOpen] @returns {HTMLElement} */
function renderPopup(label, content, isOpen = false) {
  const summary = h("summary", { class: "tool wide" }, label);
  const popup = h("details", { class: "key", open: isOpen }, summary, content);
  closeOnEscape(popup, () => {
    popup.open = false;
    summary.focus();
  });
  return popup;
}
