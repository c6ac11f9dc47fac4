/** Help: keys of the page, and its terms in plain words. `?` opens it. */

import { loadViewTexts, t } from "./i18n.js";
import { loadStylesheet } from "./stylesheets.js";
import { html, render } from "../vendor/preact/preact.js";

/** Keys and the text that tells what they do. */
const KEYS = [
  ["Ctrl K", "help.key-find"],
  ["?", "help.key-help"],
  ["Tab", "help.key-tab"],
  ["← ↑ → ↓", "help.key-arrows"],
  ["Esc", "help.key-escape"],
];

/** Terms that are explained, in the order of their use. */
const TERMS = [
  "met",
  "shortage",
  "limit",
  "shadow-price",
  "weighted-won",
  "remedy",
  "relaxed",
  "proof",
];

/** Open the help. */
export async function openHelp() {
  await Promise.all([loadViewTexts("finder"), loadStylesheet("finder")]);
  const dialog = document.createElement("dialog");
  dialog.className = "help";
  dialog.setAttribute("aria-label", t("help.title"));
  document.body.append(dialog);
  dialog.addEventListener("close", () => {
    render(null, dialog);
    dialog.remove();
  });
  render(html`<${Help} close=${() => dialog.close()} />`, dialog);
  dialog.showModal();
}

/** @param {{close: () => void}} props */
function Help({ close }) {
  return html`
    <div class="figure-head">
      <h2>${t("help.title")}</h2>
      <button type="button" class="button small" onClick=${close}>${t("action.close")}</button>
    </div>
    <h3>${t("help.keys")}</h3>
    <dl class="help-keys">
      ${KEYS.map(
        ([key, text]) =>
          html`<div key=${key}>
            <dt><kbd>${key}</kbd></dt>
            <dd>${t(text)}</dd>
          </div>`,
      )}
    </dl>
    <h3>${t("help.terms")}</h3>
    <dl class="help-terms">
      ${TERMS.map(
        (term) =>
          html`<div key=${term}>
            <dt>${t(`help.term.${term}`)}</dt>
            <dd>${t(`help.text.${term}`)}</dd>
          </div>`,
      )}
    </dl>
    <p><a href="/docs">${t("help.docs")}</a></p>
  `;
}
