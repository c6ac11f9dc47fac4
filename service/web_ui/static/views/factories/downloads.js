/** Links that download a table in several formats. */

import { h } from "../../lib/dom.js";
import { createFileLink, createWorkbookLink } from "../../lib/file-links.js";

const FORMATS = { xlsx: "Excel", csv: "CSV", parquet: "Parquet" };

/**
 * Render links that download a table of the plan, and the workbook of the plan.
 * @param {ViewContext} context context of the view
 * @param {string} table name of the table, such as `quotas`
 * @param {Record<string, string|string[]>} query filters and sort
 * @param {string} label text before the links
 * @returns {Child[]} the links
 */
export function renderDownloads(context, table, query, label) {
  const links = Object.entries(FORMATS).map(([format, name]) => {
    /** @type {Record<string, string>} */
    const form = format === "csv" ? { format, bom: "true" } : { format };
    const path = context.api.buildTablePath(context.plan.id, table, { ...query, ...form });
    return createFileLink(path, `${table}.${format}`, name);
  });
  return [h("span", { class: "soft small" }, label), links, createWorkbookLink(context.plan)];
}
