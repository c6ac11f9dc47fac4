/** Links to a table as files. */

import { h } from "../../lib/dom.js";
import { t } from "../../lib/i18n.js";
import { known } from "../../lib/key.js";
import { failure } from "../../lib/states.js";

const FORMATS = { xlsx: "Excel", csv: "CSV", parquet: "Parquet" };

/**
 * Links that download a table of the plan.
 * @param {object} context the view's
 * @param {string} table such as `quotas`
 * @param {Object<string, string|string[]>} query its filters and order
 * @param {string} label what is downloaded, before the links
 * @returns {HTMLElement[]} the links
 */
export function downloads(context, table, query, label) {
  const asked = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) for (const one of [value].flat()) asked.append(name, one);
  return [
    h("span", { class: "soft small" }, label),
    Object.entries(FORMATS).map(([format, name]) => link(context, `/v1/plans/${encodeURIComponent(context.plan.id)}/${table}?${asked}&format=${format}`, `${table}.${format}`, name)),
  ];
}

/**
 * A link to a file; with a key it is fetched with it.
 * @param {object} context the view's
 * @param {string} path its address
 * @param {string} file its name
 * @param {string} text what is shown
 * @returns {HTMLElement} the link
 */
export function link(context, path, file, text) {
  const anchor = h("a", { class: "button small", href: path, download: file, "aria-label": t("factories.download-as", { name: text }) }, text);
  if (!known()) return anchor;
  anchor.addEventListener("click", async (event) => {
    event.preventDefault();
    try {
      await context.api.download(path, file);
    } catch (error) {
      anchor.after(failure(error));
    }
  });
  return anchor;
}
