/** The quota sheet of a factory: items by months, in English and Korean, for printing. */

import { h } from "../../lib/dom.js";
import { renderEmpty } from "../../lib/feedback.js";
import { formatNumber, formatPeriod, formatShare, formatUnit } from "../../lib/format.js";
import { t, textOr } from "../../lib/i18n.js";
import { getPlanTitle } from "../../lib/plans.js";
import { renderDownloads } from "./downloads.js";

/**
 * Render the quota sheet of a factory.
 * @param {ViewContext} context context of the view
 * @param {ProblemIndex} problemIndex the problem
 * @param {string} id identifier of the factory
 * @returns {Promise<Child>} the sheet and its controls
 */
export async function renderQuotaSheet(context, problemIndex, id) {
  const { api, plan } = context;
  const [quotas, machines] = await Promise.all([
    api.fetchTable(plan.id, "quotas", { factory: id }),
    api.fetchTable(plan.id, "capacity", { rule: "machine", id }),
  ]);
  const { item, period, quantity, kwh } = quotas.columns;
  const quotasByItem = pivotByPeriod(item, period, quantity);
  const power = sumByPeriod(period, kwh);
  const factory = problemIndex.factories.get(id);
  const county = problemIndex.places.get(factory?.place ?? "");
  const countyNames = [county?.name, county?.local_name].filter(Boolean).join(" · ");
  return [
    renderControls(context, id),
    h(
      "article",
      { class: "card sheet" },
      h("p", { class: "soft small" }, t("sheet.title")),
      h("h1", { tabindex: "-1" }, factory?.name || id, renderLocalName(factory)),
      h(
        "dl",
        { class: "sheet-head" },
        renderHeadEntry(t("sheet.county"), countyNames || "–"),
        renderHeadEntry(t("sheet.plan"), getPlanTitle(plan)),
        renderHeadEntry(t("sheet.number"), plan.id),
      ),
      quotasByItem.size
        ? renderQuotas(problemIndex, quotasByItem, power)
        : renderEmpty(t("sheet.no-quotas")),
      machines.total > 0 && renderMachineLoad(problemIndex, machines.columns),
      h(
        "div",
        { class: "signatures" },
        h("p", {}, t("sheet.issued")),
        h("p", {}, t("sheet.received")),
      ),
    ),
  ];
}

/** @param {ViewContext} context @param {string} factory @returns {HTMLElement} */
function renderControls(context, factory) {
  const printSheet = () => print();
  const props = { type: "button", class: "button main", on: { click: printSheet } };
  return h(
    "div",
    { class: "head no-print" },
    h("a", { href: context.buildHref("factories") }, t("factories.back")),
    h(
      "div",
      { class: "buttons" },
      renderDownloads(context, "quotas", { factory }, t("factories.download")),
      h("button", props, t("factories.print")),
    ),
  );
}

/** @param {Named|undefined} thing @returns {Child} the Korean name */
const renderLocalName = (thing) =>
  thing?.local_name && h("span", { lang: "ko", class: "local" }, thing.local_name);

/**
 * Arrange values by row and period; values of the same row and period are added up.
 * @param {string[]} rows row of each value
 * @param {string[]} periods period of each value
 * @param {number[]} values the values
 * @returns {Map<string, Map<string, number>>} sums by row and period
 */
export function pivotByPeriod(rows, periods, values) {
  /** @type {Map<string, Map<string, number>>} */
  const sums = new Map();
  rows.forEach((row, k) => {
    const byPeriod = sums.get(row) ?? new Map();
    byPeriod.set(periods[k], (byPeriod.get(periods[k]) ?? 0) + values[k]);
    sums.set(row, byPeriod);
  });
  return sums;
}

/** @param {string[]} periods @param {number[]} values @returns {Map<string, number>} */
function sumByPeriod(periods, values) {
  const rows = periods.map(() => "all");
  return pivotByPeriod(rows, periods, values).get("all") ?? new Map();
}

/** @param {string} name @param {string} text @returns {HTMLElement} */
const renderHeadEntry = (name, text) => h("div", {}, h("dt", {}, name), h("dd", {}, text));

/** @param {ProblemIndex} problemIndex @param {string} caption @param {HTMLElement[]} head @param {HTMLElement[]} rows @returns {HTMLElement} */
function renderMonthTable(problemIndex, caption, head, rows) {
  const months = problemIndex.periods.map((id) =>
    h("th", { scope: "col", class: "number" }, formatPeriod(id)),
  );
  const table = h(
    "table",
    { class: "rows months" },
    h("caption", {}, caption),
    h("thead", {}, h("tr", {}, head, months)),
    h("tbody", {}, rows),
  );
  return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption }, table);
}

/** @param {ProblemIndex} problemIndex @param {Map<string, Map<string, number>>} quotasByItem @param {Map<string, number>} power @returns {HTMLElement} */
function renderQuotas(problemIndex, quotasByItem, power) {
  /** @param {Map<string, number>} byPeriod */
  const renderFigures = (byPeriod) => {
    const total = [...byPeriod.values()].reduce((sum, value) => sum + value, 0);
    const cells = problemIndex.periods.map((id) => {
      const value = byPeriod.get(id);
      const text = value === undefined ? "·" : formatNumber(value);
      return h("td", { class: "number", data: { period: id } }, text);
    });
    return [h("td", { class: "number total" }, formatNumber(total)), ...cells];
  };
  const rows = [...quotasByItem].map(([id, byPeriod]) => {
    const item = problemIndex.items.get(id);
    return h(
      "tr",
      { data: { item: id } },
      h("th", { scope: "row" }, item?.name ?? id, renderLocalName(item)),
      h("td", {}, formatUnit(problemIndex.getUnit(id))),
      renderFigures(byPeriod),
    );
  });
  const name = h("th", { scope: "row" }, t("sheet.power"));
  rows.push(h("tr", { class: "sum" }, name, h("td", {}, "kWh"), renderFigures(power)));
  const head = [
    h("th", { scope: "col" }, t("factories.item")),
    h("th", { scope: "col" }, t("sheet.unit")),
    h("th", { scope: "col", class: "number" }, t("sheet.total")),
  ];
  return renderMonthTable(problemIndex, t("sheet.quotas"), head, rows);
}

/** @param {ProblemIndex} problemIndex @param {Columns} columns @returns {HTMLElement} */
function renderMachineLoad(problemIndex, columns) {
  const used = pivotByPeriod(columns.part, columns.period, columns.used);
  const limits = pivotByPeriod(columns.part, columns.period, columns.limit);
  const rows = [...used].map(([part, usedByPeriod]) => {
    const cells = problemIndex.periods.map((id) => {
      const limit = limits.get(part)?.get(id) ?? 0;
      const text = limit > 0 ? formatShare((usedByPeriod.get(id) ?? 0) / limit) : "–";
      return h("td", { class: "number" }, text);
    });
    const name = textOr(`machine.${part}`, part.replaceAll("-", " "));
    return h("tr", {}, h("th", { scope: "row" }, name), cells);
  });
  const head = [h("th", { scope: "col" }, t("sheet.machine"))];
  return renderMonthTable(problemIndex, t("sheet.load"), head, rows);
}
