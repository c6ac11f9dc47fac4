/** Differences to the plan that is compared with, as a table of coloured cells. */

import { isChanged } from "../../lib/changes.js";
import { renderColourLegend } from "../../lib/colour-legend.js";
import { h } from "../../lib/dom.js";
import { formatCompact, formatSignedSum } from "../../lib/format.js";
import { renderHeatmap } from "../../lib/heatmap.js";
import { t } from "../../lib/i18n.js";
import { getScaleColour } from "../../lib/palette.js";
import { getPlanTitle } from "../../lib/plans.js";

/** Changes below this part of the largest amount of the table are none. */
const MIN_PART = 5e-4;

/**
 * @typedef {object} ChangeRow
 * @property {string} id identifier
 * @property {string} title heading
 * @property {(number|null)[]} now amounts by column; null where the plan cannot have one
 * @property {(number|null)[]} before the same of the other plan
 *
 * @typedef {object} ChangeTable
 * @property {string} title what changes
 * @property {string} corner heading of the column of row headings
 * @property {{id: string, title: string}[]} columns the columns
 * @property {ChangeRow[]} rows the rows
 * @property {(amount: number) => string} format formats an amount with its unit
 */

/**
 * Compute the changes of a table.
 * @param {ChangeRow[]} rows the rows
 * @returns {(ChangeRow & {values: (number|null)[]})[]} rows with any change; null where one of the plans has no amount, 0 where the change is too small to be told
 */
export function computeChanges(rows) {
  const amounts = rows.flatMap(({ now, before }) => [...now, ...before]);
  const least = MIN_PART * Math.max(0, ...amounts.map((amount) => Math.abs(amount ?? 0)));
  return rows
    .map((row) => ({
      ...row,
      values: row.now.map((now, k) => {
        const before = row.before[k];
        if (now === null || before === null) return null;
        return isChanged(now, before) && Math.abs(now - before) > least ? now - before : 0;
      }),
    }))
    .filter(({ values }) => values.some(Boolean));
}

/**
 * Render the card with the changes.
 * @param {ChangeTable} table what changes
 * @param {import("../../lib/compared-plan.js").ComparedPlan} compared the plan that is compared with
 * @returns {HTMLElement} the card
 */
export function renderChangeTable({ title, corner, columns, rows, format }, compared) {
  const changed = computeChanges(rows);
  const largest = Math.max(
    0,
    ...changed.flatMap(({ values }) => values.map((value) => Math.abs(value ?? 0))),
  );
  const name = { plan: getPlanTitle(compared.plan) };
  if (!largest) return renderComparisonNote(title, t("year.compare.same", name));
  const heatmap = renderHeatmap({
    label: title,
    corner,
    columns,
    groups: [{ title: null, rows: changed }],
    colour: (value) => getScaleColour("change", 0.5 + value / (2 * largest)),
    write: (value) => (value ? formatSignedSum(value, formatCompact) : "·"),
    full: (value, row, column) => {
      const [before, now] = [row.before[column], row.now[column]].map((one) => format(one ?? 0));
      const change = value ? formatSignedSum(value, format) : t("format.no-change");
      return t("year.compare.cell", { change, before, now });
    },
  });
  const ends = [-largest, 0, largest].map((amount) => formatSignedSum(amount, format));
  return renderComparisonNote(
    title,
    t("year.compare.note", name),
    heatmap,
    renderColourLegend(t("year.scale.amount"), "change", ends),
  );
}

/**
 * Render the card of a comparison.
 * @param {string} title title
 * @param {string} text what is compared, or why nothing is
 * @param {...Child} content the comparison
 * @returns {HTMLElement} the card
 */
export function renderComparisonNote(title, text, ...content) {
  return h(
    "section",
    { class: "card year-changes" },
    h("div", {}, h("h2", {}, title), h("p", { class: "soft small" }, text)),
    content,
  );
}

/**
 * Explain why a selection cannot be compared.
 * @param {ProblemIndex} problemIndex the problem
 * @param {import("../../lib/compared-plan.js").ComparedPlan} compared the plan that is compared with
 * @param {{county?: string|null, item?: string|null}} selection county and item; null for all
 * @returns {string|null} why not; null if it can be
 */
export function explainIncomparable(problemIndex, { problemIndex: other }, { county, item }) {
  if (county && !other.counties.has(county)) {
    return t("year.compare.no-county", { name: problemIndex.getName(county) });
  }
  const isSame =
    !item || (other.items.has(item) && other.getUnit(item) === problemIndex.getUnit(item));
  if (!isSame) return t("year.compare.no-item", { name: problemIndex.getName(item ?? "") });
  const isShared = problemIndex.periods.some((period) => other.periods.includes(period));
  return isShared ? null : t("year.compare.no-months");
}
