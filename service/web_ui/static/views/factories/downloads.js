/** Links to a table as files. */

import { h } from "../../lib/dom.js";
import { fileLink, workbook } from "../../lib/file-links.js";

const FORMATS = { xlsx: "Excel", csv: "CSV", parquet: "Parquet" };

/**
 * Links that download a table of the plan, and all of the plan.
 * @param {object} context the view's
 * @param {string} table such as `quotas`
 * @param {Object<string, string|string[]>} query its filters and order
 * @param {string} label what is downloaded, before the links
 * @returns {Array<HTMLElement|null>} the links
 */
export function downloads(context, table, query, label) {
  const asked = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    for (const one of [value].flat()) asked.append(name, one);
  return [
    h("span", { class: "soft small" }, label),
    Object.entries(FORMATS).map(([format, name]) =>
      fileLink(
        `/v1/plans/${encodeURIComponent(context.plan.id)}/${table}?${asked}&format=${format}`,
        `${table}.${format}`,
        name,
      ),
    ),
    workbook(context.plan),
  ];
}
