/** The columns of the quota table. */

import { formatQuantityChange } from "../../lib/changes.js";
import {
  formatNumber,
  formatPeriod,
  formatQuantity,
  formatUnit,
  formatWeightedWon,
} from "../../lib/format.js";
import { formatPlainNumber } from "../../lib/grid-text.js";
import { t } from "../../lib/i18n.js";
import { html } from "../../vendor/preact/preact.js";

/** @typedef {import("../../lib/data-grid.js").GridColumn} GridColumn */

/**
 * Build the columns.
 * @param {ViewContext} context context of the view
 * @param {QuotaRow[]} rows the quotas
 * @param {boolean} isCompared whether there is a plan to compare with
 * @returns {GridColumn[]} the columns
 */
export function buildColumns(context, rows, isCompared) {
  return [
    ...buildNameColumns(context, rows),
    buildMonth(),
    buildQuantity("quantity"),
    ...(isCompared ? [buildQuantity("before"), buildChange()] : []),
    {
      field: "kwh",
      title: t("factories.kwh"),
      width: 90,
      isNumber: true,
      show: (row) => formatNumber(row.kwh),
    },
    {
      field: "price",
      title: t("factories.price"),
      width: 160,
      isNumber: true,
      show: (row) => formatWeightedWon(row.price),
    },
  ];
}

/**
 * Build the columns that name a line.
 * @param {ViewContext} context context of the view
 * @param {QuotaRow[]} rows the quotas
 * @returns {GridColumn[]} factory, county and item; the recipe, if there are any
 */
export function buildNameColumns(context, rows) {
  return [
    buildLink(context, "factoryName", "factory", "sheet", 200),
    buildLink(context, "countyName", "county", "county-sheet", 130),
    { field: "itemName", title: t("factories.item"), width: 140 },
    ...(rows.some((row) => row.recipe)
      ? [{ field: "recipe", title: t("factories.recipe"), width: 110 }]
      : []),
  ];
}

/** @param {ViewContext} context @param {string} field @param {"factory"|"county"} name @param {string} parameter @param {number} width @returns {GridColumn} */
function buildLink(context, field, name, parameter, width) {
  const title = t(name === "factory" ? "factories.open-sheet" : "factories.open-county-sheet");
  return {
    field,
    title: t(`factories.${name}`),
    width,
    show: (row) =>
      html`<a href=${context.buildHref("factories", { [parameter]: row[name] })} title=${title}>
        ${row[field]}
      </a>`,
  };
}

/** @returns {GridColumn} */
function buildMonth() {
  const title = t("factories.month");
  const write = (/** @type {QuotaRow} */ row) => formatPeriod(row.period, "long");
  return { field: "period", title, width: 130, show: write, texts: [{ title, write }] };
}

/** @param {"quantity"|"before"} field @returns {GridColumn} a quota of this plan, or of the other one */
function buildQuantity(field) {
  const title = t(`factories.${field}`);
  const unit = {
    title: t("sheet.unit"),
    write: (/** @type {QuotaRow} */ row) => formatUnit(row.unit),
  };
  return {
    field,
    title,
    width: 120,
    isNumber: true,
    show: (row) => formatQuantity(row[field], row.unit),
    texts: [
      { title, write: (row) => formatPlainNumber(row[field]) },
      ...(field === "quantity" ? [unit] : []),
    ],
  };
}

/** @returns {GridColumn} */
const buildChange = () => ({
  field: "change",
  title: t("factories.change"),
  width: 120,
  isNumber: true,
  show: ({ quantity, before, unit, isWhole }) =>
    html`<span class="change" title=${before === null ? t("factories.not-comparable") : undefined}>
      ${formatQuantityChange(before === null ? null : quantity, before, { unit, isWhole })}
    </span>`,
});
