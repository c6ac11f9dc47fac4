/** Links to files of the service. */

import { download } from "./api.js";
import { h } from "./dom.js";
import { t } from "./i18n.js";
import { known } from "./api-key.js";
import { failure } from "./feedback.js";

/**
 * A link to a file; with a key it is fetched with it.
 * @param {string} path its address
 * @param {string} file its name
 * @param {string} text what is shown
 * @param {string} [label] what is said; that it is a download of that kind unless given
 * @returns {HTMLElement} the link
 */
export function fileLink(path, file, text, label = t("action.download-as", { name: text })) {
  const anchor = h(
    "a",
    { class: "button small", href: path, download: file, "aria-label": label },
    text,
  );
  if (!known()) return anchor;
  anchor.addEventListener("click", async (event) => {
    event.preventDefault();
    try {
      await download(path, file);
    } catch (error) {
      anchor.after(failure(error));
    }
  });
  return anchor;
}

/**
 * A link to all of a plan as one workbook: summary, every table, a quota sheet a factory.
 * @param {object} plan its view
 * @returns {HTMLElement|null} the link; null for a plan without tables
 */
export function workbook(plan) {
  if (!plan.tables?.quotas) return null;
  return fileLink(
    `/v1/plans/${encodeURIComponent(plan.id)}/workbook`,
    `${plan.id}.xlsx`,
    t("action.workbook"),
    t("action.workbook"),
  );
}
