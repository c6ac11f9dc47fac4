/** Links to files of the service. */

import { hasApiKey } from "./api-key.js";
import { downloadFile } from "./api.js";
import { h } from "./dom.js";
import { renderFailure } from "./feedback.js";
import { t } from "./i18n.js";

/**
 * Create a link to a file. If there is an API key, the page downloads the file with the key.
 * @param {string} path path of the file
 * @param {string} file name of the file
 * @param {string} text text of the link
 * @param {string} [label] label for screen readers
 * @returns {HTMLElement} the link
 */
export function createFileLink(path, file, text, label = t("action.download-as", { name: text })) {
  const anchor = h(
    "a",
    { class: "button small", href: path, download: file, "aria-label": label },
    text,
  );
  if (!hasApiKey()) return anchor;
  anchor.addEventListener("click", async (event) => {
    event.preventDefault();
    try {
      await downloadFile(path, file);
    } catch (error) {
      anchor.after(renderFailure(error));
    }
  });
  return anchor;
}

/**
 * Create a link to a workbook with the summary, every table and a quota sheet for each factory.
 * @param {Plan} plan the plan
 * @returns {HTMLElement|null} the link; null for a plan without tables
 */
export function createWorkbookLink(plan) {
  if (!plan.tables?.quotas) return null;
  const path = `/v1/plans/${encodeURIComponent(plan.id)}/workbook`;
  return createFileLink(path, `${plan.id}.xlsx`, t("action.workbook"), t("action.workbook"));
}
