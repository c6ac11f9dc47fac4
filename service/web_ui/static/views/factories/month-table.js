/** Quotas by factory and item, with the months across. */

import { formatShortChange } from "../../lib/changes.js";
import { formatNumber, formatPeriod, formatUnit } from "../../lib/format.js";
import { formatPlainNumber } from "../../lib/grid-text.js";
import { t } from "../../lib/i18n.js";
import { html } from "../../vendor/preact/preact.js";
import { buildNameColumns } from "./quota-columns.js";

/** @typedef {import("../../lib/data-grid.js").GridColumn} GridColumn */
/** @typedef {import("./compared-quotas.js").ComparedRow} ComparedRow */

/**
 * A line: names of its first quota, its quotas by period in properties of these names, and what they add up to.
 * @typedef {Record<string, any> & {id: string, quantity: number, kwh: number, before: Record<string, number|null>}} LineRow
 */

/**
 * Put the quotas of a line in one row.
 * @param {(QuotaRow|ComparedRow)[]} rows quotas
 * @param {string[]} periods periods that become columns
 * @returns {LineRow[]} rows in the order of their first quotas; a period without a quota is null
 */
export function spreadMonths(rows, periods) {
  /** @type {Map<string, LineRow>} */
  const lines = new Map();
  const none = Object.fromEntries(periods.map((period) => [period, null]));
  for (const row of rows) {
    const id = `${row.factory} ${row.item} ${row.recipe}`;
    const line = lines.get(id) ?? { ...row, ...none, id, quantity: 0, kwh: 0, before: {} };
    line[row.period] = row.quantity;
    line.quantity += row.quantity;
    line.kwh += row.kwh;
    line.before[row.period] = "before" in row ? row.before : null;
    lines.set(id, line);
  }
  return [...lines.values()];
}

/**
 * Build the columns.
 * @param {ViewContext} context context of the view
 * @param {QuotaRow[]} rows the quotas
 * @param {string[]} periods periods that become columns
 * @param {boolean} isCompared whether there is a plan to compare with
 * @returns {GridColumn[]} the columns
 */
export function buildMonthColumns(context, rows, periods, isCompared) {
  const write = (/** @type {LineRow} */ row) => formatUnit(row.unit);
  const title = t("sheet.unit");
  return [
    ...buildNameColumns(context, rows),
    { field: "unit", title, width: 100, show: write, texts: [{ title, write }] },
    ...periods.map((period) => buildMonth(period, isCompared)),
    ...(periods.length > 1
      ? [buildSum("quantity", t("factories.total"), 100), buildSum("kwh", t("factories.kwh"), 90)]
      : []),
  ];
}

/** @param {string} period @param {boolean} isCompared @returns {GridColumn} */
function buildMonth(period, isCompared) {
  const title = formatPeriod(period, "long");
  const show = (/** @type {LineRow} */ row) => {
    const now = row[period];
    if (now === null) return "";
    if (!isCompared) return formatNumber(now);
    const before = row.before[period] ?? null;
    const change = formatShortChange(before === null ? null : now, before, row.isWhole);
    return html`${formatNumber(now)} <span class="change month-change">${change}</span>`;
  };
  const write = (/** @type {LineRow} */ row) =>
    row[period] === null ? "" : formatPlainNumber(row[period]);
  return {
    field: period,
    title: formatPeriod(period),
    width: 76,
    isNumber: true,
    show,
    texts: [{ title, write }],
  };
}

/** @param {"quantity"|"kwh"} field @param {string} title @param {number} width @returns {GridColumn} */
const buildSum = (field, title, width) => ({
  field,
  title,
  width,
  isNumber: true,
  show: (row) => formatNumber(row[field]),
  texts: [{ title, write: (row) => formatPlainNumber(row[field]) }],
});
