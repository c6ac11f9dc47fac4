/** Quality of what people get, by category and source, for a county or the province. */

import { renderColumnHeading, renderScrollTable } from "../../lib/components.js";
import { fill, h } from "../../lib/dom.js";
import { renderEmpty } from "../../lib/feedback.js";
import { formatNumber, formatSignedSum, formatWon } from "../../lib/format.js";
import { t, textOr } from "../../lib/i18n.js";
import { getPlanTitle } from "../../lib/plans.js";
import { explainIncomparable } from "./change-table.js";

/** Changes of a mean quality below this are not told. */
const MIN_CHANGE = 5e-4;

const SOURCES = ["factory", "centre", "partner", "stock", "before"];

/** @typedef {{value: number, good: number}} Sum value delivered, won, and the same times quality */

/**
 * Show the part.
 * @param {HTMLElement} body element of the part
 * @param {YearView} year the view
 * @returns {Promise<null>} null: nothing depends on the theme
 */
export async function showPart(body, year) {
  const { context, problemIndex } = year;
  const frame = h("div", {});
  const paint = async () => {
    const county = year.getSelected("county", problemIndex.counties);
    if (!context.plan.tables?.quality) {
      fill(frame, renderEmpty(t("year.no-quality")));
      return;
    }
    /** @type {Record<string, string>} */
    const query = county ? { county } : {};
    const [{ columns }, before] = await Promise.all([
      context.api.fetchTable(context.plan.id, "quality", query),
      loadBefore(year, query),
    ]);
    fill(frame, renderQuality(columns, before), before?.note);
  };
  fill(body, h("section", { class: "card" }, frame));
  await paint();
  return null;
}

/**
 * @typedef {object} Before the quality in the plan that is compared with
 * @property {Map<string, Map<string, Sum>>} sums sums as of `sumQuality`
 * @property {HTMLElement} note what is compared, or why nothing is
 */

/** @param {YearView} year @param {Record<string, string>} query @returns {Promise<Before|null>} null without a plan to compare with */
async function loadBefore(year, query) {
  const compared = await year.loadComparedPlan();
  if (!compared) return null;
  const county = query.county ?? null;
  const hasQuality = Boolean(compared.plan.tables?.quality);
  const reason = hasQuality
    ? explainIncomparable(year.problemIndex, compared, { county })
    : t("year.compare.no-quality");
  const text = reason ?? t("year.compare.quality", { plan: getPlanTitle(compared.plan) });
  const columns = reason ? null : await compared.fetchTable("quality", query);
  return {
    sums: columns ? sumQuality(columns) : new Map(),
    note: h("p", { class: "soft small compared-note" }, text),
  };
}

/**
 * Sum values by category and source; the source `all` has the sum of all, and so has the category `all`.
 * @param {Columns} columns rows of the table `quality`
 * @returns {Map<string, Map<string, Sum>>} sums by category, then by source
 */
export function sumQuality({ category, source, value, quality }) {
  /** @type {Map<string, Map<string, Sum>>} */
  const sums = new Map([["all", new Map()]]);
  category.forEach((name, row) => {
    for (const group of ["all", name]) {
      const bySource = sums.get(group) ?? new Map();
      sums.set(group, bySource);
      for (const kind of ["all", source[row]]) {
        const sum = bySource.get(kind) ?? { value: 0, good: 0 };
        sum.value += value[row];
        sum.good += value[row] * quality[row];
        bySource.set(kind, sum);
      }
    }
  });
  return sums;
}

/** @param {Sum|undefined} sum @returns {number|null} */
const computeMean = (sum) => (sum?.value ? sum.good / sum.value : null);

/** @param {Sum|undefined} sum @param {Sum|undefined} other @returns {Child} the change, where both plans deliver something */
function renderQualityChange(sum, other) {
  const [now, before] = [sum, other].map(computeMean);
  if (now === null || before === null || Math.abs(now - before) < MIN_CHANGE) return null;
  const name = `change ${now > before ? "better" : "worse"}`;
  return h("div", { class: `small ${name}` }, formatSignedSum(now - before, formatNumber));
}

/** @param {Columns} columns @param {Before|null} before @returns {Child} */
function renderQuality(columns, before) {
  /** @param {Sum|undefined} sum @param {Sum|undefined} other */
  const renderCell = (sum, other) => {
    const mean = computeMean(sum);
    const text = mean === null ? "·" : formatNumber(mean);
    const title = sum?.value ? t("year.quality-of", { amount: formatWon(sum.value) }) : "";
    return h("td", { class: "number", title }, text, before && renderQualityChange(sum, other));
  };
  const sums = sumQuality(columns);
  const sources = ["all", ...SOURCES.filter((source) => sums.get("all")?.has(source))];
  const rows = [...sums].map(([category, bySource]) => {
    const name =
      category === "all" ? t("year.all-goods") : textOr(`category.${category}`, category);
    return h(
      "tr",
      { data: { category } },
      h("th", { scope: "row" }, name),
      sources.map((source) =>
        renderCell(bySource.get(source), before?.sums.get(category)?.get(source)),
      ),
    );
  });
  const head = [
    renderColumnHeading(t("year.category")),
    ...sources.map((source) => renderColumnHeading(t(`year.quality-source.${source}`), true)),
  ];
  const caption = t("year.quality-caption");
  return [h("h2", {}, caption), renderScrollTable({ label: caption, caption, head, rows })];
}
