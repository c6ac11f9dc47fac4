/** Parts that the sheets of factories and counties share: head, tables by month, signatures. */

import { h } from "../../lib/dom.js";
import { formatPeriod, formatShare, formatUnit } from "../../lib/format.js";
import { t } from "../../lib/i18n.js";
import { getPlanTitle } from "../../lib/plans.js";
import { describeSpan, describeState, listNames } from "../../lib/print.js";
import { formatOnScale, roundToScale } from "../shared/scale.js";

/**
 * Read a table that plans of earlier versions lack.
 * @param {ViewContext} context context of the view
 * @param {string} name name of the table
 * @param {Record<string, string|string[]>} query filters
 * @returns {Promise<{total: number, columns: Columns}>} the table; without rows if the plan lacks it
 */
export async function fetchTableIfThere({ api, plan }, name, query) {
  if (plan.tables && name in plan.tables) return api.fetchTable(plan.id, name, query);
  return { total: 0, columns: { item: [], period: [] } };
}

/**
 * Render both names of a thing, the one in the language of the page first.
 * @param {Named|undefined} thing the thing
 * @param {string} id its identifier, for a thing without a name
 * @returns {Child[]} the names
 */
export function renderNames(thing, id) {
  const { first, second } = listNames(thing, id);
  return [first, second && h("span", { lang: second.language, class: "local" }, second.text)];
}

/**
 * Split columns by the values of one of them.
 * @param {Columns} columns columns of a table
 * @param {string} key name of the column to split by
 * @returns {Map<string, Columns>} columns of the rows with each value
 */
export function groupRows(columns, key) {
  /** @type {Map<string, Columns>} */
  const groups = new Map();
  const names = Object.keys(columns);
  (columns[key] ?? []).forEach((value, row) => {
    let group = groups.get(value);
    if (!group) {
      group = Object.fromEntries(names.map((name) => [name, []]));
      groups.set(value, group);
    }
    for (const name of names) group[name].push(columns[name][row]);
  });
  return groups;
}

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

/**
 * Sum values by period.
 * @param {string[]} periods period of each value
 * @param {number[]} values the values
 * @returns {Map<string, number>} sums by period
 */
export function sumByPeriod(periods, values) {
  const rows = periods.map(() => "all");
  return pivotByPeriod(rows, periods, values).get("all") ?? new Map();
}

/** @param {string} name @param {string} text @returns {HTMLElement} */
const renderHeadEntry = (name, text) => h("div", {}, h("dt", {}, name), h("dd", {}, text));

/**
 * Render the head of a sheet: its kind, the name, and which plan it belongs to.
 * @param {ViewContext} context context of the view
 * @param {ProblemIndex} problemIndex the problem
 * @param {string} title kind of the sheet
 * @param {Named|undefined} thing factory or county
 * @param {string} id identifier of the thing
 * @param {[string, string][]} entries further entries, names and texts
 * @returns {Child[]} the head
 */
export function renderSheetHead({ plan }, problemIndex, title, thing, id, entries) {
  return [
    h("p", { class: "soft small" }, title),
    h("h1", { tabindex: "-1" }, renderNames(thing, id)),
    h(
      "dl",
      { class: "sheet-head" },
      entries.map(([name, text]) => renderHeadEntry(name, text)),
      renderHeadEntry(t("sheet.periods"), describeSpan(problemIndex.periods)),
      renderHeadEntry(t("sheet.state"), describeState(plan)),
      renderHeadEntry(t("sheet.plan"), getPlanTitle(plan)),
      renderHeadEntry(t("sheet.number"), plan.id),
    ),
  ];
}

/**
 * Render a table with a column for every month.
 * @param {ProblemIndex} problemIndex the problem
 * @param {string} caption caption
 * @param {HTMLElement[]} head headings before the months
 * @param {HTMLElement[]} rows rows
 * @returns {HTMLElement} the table, which scrolls on a narrow screen
 */
export function renderMonthTable(problemIndex, caption, head, rows) {
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

/** @returns {HTMLElement[]} headings of item, unit and total */
export const renderItemHeadings = () => [
  h("th", { scope: "col" }, t("factories.item")),
  h("th", { scope: "col" }, t("sheet.unit")),
  h("th", { scope: "col", class: "number" }, t("sheet.total")),
];

/**
 * Render the total and the value of every month, as far as they can be weighed or counted; the total adds up what is shown.
 * @param {ProblemIndex} problemIndex the problem
 * @param {Map<string, number>} byPeriod values by period
 * @param {Item} [item] the item; without one the values are hours, kWh and the like
 * @returns {HTMLElement[]} the cells
 */
export function renderFigures(problemIndex, byPeriod, item) {
  const amounts = problemIndex.periods.map((id) => roundToScale(byPeriod.get(id) ?? 0, item));
  const total = roundToScale(
    amounts.reduce((sum, value) => sum + value, 0),
    item,
  );
  const cells = problemIndex.periods.map((id, k) =>
    h("td", { class: "number", data: { period: id } }, formatOnScale(amounts[k], item)),
  );
  return [h("td", { class: "number total" }, formatOnScale(total, item)), ...cells];
}

/**
 * Tell whether any amount can be weighed or counted.
 * @param {Map<string, number>} byPeriod units by period
 * @param {Item|undefined} item the item
 * @returns {boolean} false if all of them round to nothing
 */
export const isOnScale = (byPeriod, item) =>
  [...byPeriod.values()].some((amount) => roundToScale(amount, item) !== 0);

/**
 * Render a row of an item by months.
 * @param {ProblemIndex} problemIndex the problem
 * @param {string} id the item
 * @param {Map<string, number>} byPeriod units by period
 * @param {Child} [note] text below the name
 * @param {boolean} [isNamed] whether the row names the item; not below another row of the item
 * @returns {HTMLElement} the row
 */
export function renderItemRow(problemIndex, id, byPeriod, note = null, isNamed = true) {
  const item = problemIndex.items.get(id);
  return h(
    "tr",
    { data: { item: id } },
    h("th", { scope: "row" }, isNamed && renderNames(item, id), note),
    h("td", {}, formatUnit(problemIndex.getUnit(id))),
    renderFigures(problemIndex, byPeriod, item),
  );
}

/**
 * Describe what of an item is due before a period ends.
 * @param {Item|undefined} item the item
 * @returns {string[]} a text for each period with a due date
 */
export function describeDueDates(item) {
  return Object.entries(item?.due ?? {}).map(([period, { share, by }]) => {
    const values = { share: formatShare(share), period: formatPeriod(period, "long") };
    if (!by) return t("sheet.due-at-once", values);
    return t("sheet.due", { ...values, part: formatShare(by) });
  });
}

/** @returns {HTMLElement} the lines for signatures */
export const renderSignatures = () =>
  h("div", { class: "signatures" }, h("p", {}, t("sheet.issued")), h("p", {}, t("sheet.received")));
