/** Quality of what people get, by category and source, for a county or the province. */

import { renderColumnHeading } from "../../lib/components.js";
import { fill, h } from "../../lib/dom.js";
import { renderEmpty } from "../../lib/feedback.js";
import { formatNumber, formatWon } from "../../lib/format.js";
import { t, textOr } from "../../lib/i18n.js";

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
    const { columns } = await context.api.fetchTable(context.plan.id, "quality", query);
    fill(frame, renderQuality(columns));
  };
  fill(body, h("section", { class: "card" }, frame));
  await paint();
  return null;
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

/** @param {Columns} columns @returns {Child} */
function renderQuality(columns) {
  /** @param {Sum|undefined} sum */
  const renderCell = (sum) => {
    const text = sum?.value ? formatNumber(sum.good / sum.value) : "·";
    const title = sum?.value ? t("year.quality-of", { amount: formatWon(sum.value) }) : "";
    return h("td", { class: "number", title }, text);
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
      sources.map((source) => renderCell(bySource.get(source))),
    );
  });
  const head = [
    renderColumnHeading(t("year.category")),
    ...sources.map((source) => renderColumnHeading(t(`year.quality-source.${source}`), true)),
  ];
  return h(
    "table",
    { class: "rows" },
    h("caption", {}, t("year.quality-caption")),
    h("thead", {}, h("tr", {}, head)),
    h("tbody", {}, rows),
  );
}
