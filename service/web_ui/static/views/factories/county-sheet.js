/** The sheet of a county: what comes and from whom, what its factories make, and slips of its shops, for printing. */

import { h } from "../../lib/dom.js";
import { renderEmpty } from "../../lib/feedback.js";
import { formatNumber, formatShare, formatUnit } from "../../lib/format.js";
import { t } from "../../lib/i18n.js";
import { describeSpan, describeState } from "../../lib/print.js";
import { renderDownloads } from "./downloads.js";
import { describeParties, listParties } from "./parties.js";
import {
  describeDueDates,
  fetchTableIfThere,
  isOnScale,
  pivotByPeriod,
  renderItemHeadings,
  renderItemRow,
  renderMonthTable,
  renderNames,
  renderSheetHead,
  renderSignatures,
} from "./sheet-tables.js";
import { formatOnScale, roundToScale } from "../shared/scale.js";

/**
 * @typedef {object} CountyTables rows of a county
 * @property {Columns} deliveries rows of the table `deliveries` for its people
 * @property {Columns} supply rows of the table `supply`
 * @property {Columns} quotas rows of the table `quotas`, of its factories at least
 * @property {Columns} slips rows of the table `slips`
 */

/**
 * Render the sheet of a county and the slips of its shops with their controls.
 * @param {ViewContext} context context of the view
 * @param {ProblemIndex} problemIndex the problem
 * @param {string} id identifier of the county
 * @returns {Promise<Child>} the sheet and its controls
 */
export async function renderCountyView(context, problemIndex, id) {
  const { api, plan } = context;
  const factories = listFactories(problemIndex, id).map((factory) => factory.id);
  const [deliveries, supply, quotas, slips] = await Promise.all([
    fetchTableIfThere(context, "deliveries", { use: "people", to: id }),
    api.fetchTable(plan.id, "supply", { county: id, columns: "item,period,demand" }),
    api.fetchTable(plan.id, "quotas", { factory: factories }),
    fetchTableIfThere(context, "slips", { county: id }),
  ]);
  const tables = {
    deliveries: deliveries.columns,
    supply: supply.columns,
    quotas: quotas.columns,
    slips: slips.columns,
  };
  return [
    renderControls(context, id),
    renderCountySheet(context, problemIndex, id, tables),
    renderSlips(context, problemIndex, id, tables.slips),
  ];
}

/** @param {ProblemIndex} problemIndex @param {string} county @returns {Factory[]} */
const listFactories = (problemIndex, county) =>
  [...problemIndex.factories.values()].filter(({ place }) => place === county);

/**
 * Render the sheet of a county.
 * @param {ViewContext} context context of the view
 * @param {ProblemIndex} problemIndex the problem
 * @param {string} id identifier of the county
 * @param {CountyTables} tables its rows
 * @returns {HTMLElement} the sheet
 */
export function renderCountySheet(context, problemIndex, id, { deliveries, supply, quotas }) {
  const county = problemIndex.counties.get(id);
  const heads = formatNumber(problemIndex.getPopulation(id));
  return h(
    "article",
    { class: "card sheet", data: { countySheet: id } },
    renderSheetHead(context, problemIndex, t("county-sheet.title"), county, id, [
      [t("county-sheet.people"), heads],
    ]),
    deliveries.item.length
      ? renderSupplies(problemIndex, deliveries, supply)
      : renderEmpty(t("county-sheet.nothing")),
    listFactories(problemIndex, id).map((factory) => renderFactory(problemIndex, factory, quotas)),
    renderSignatures(),
  );
}

/**
 * Render the slips of the shops of a county.
 * @param {ViewContext} context context of the view
 * @param {ProblemIndex} problemIndex the problem
 * @param {string} id identifier of the county
 * @param {Columns} slips rows of the table `slips` of the county
 * @returns {Child[]} a slip for each shop
 */
export const renderSlips = (context, problemIndex, id, slips) =>
  (problemIndex.counties.get(id)?.shops ?? []).map((shop) =>
    renderSlip(context, problemIndex, id, shop, slips),
  );

/** @param {ViewContext} context @param {string} county @returns {HTMLElement} */
function renderControls(context, county) {
  const props = { type: "button", class: "button main", on: { click: () => print() } };
  return h(
    "div",
    { class: "head no-print" },
    h("a", { href: context.buildHref("map", { county }) }, t("county-sheet.back")),
    h(
      "div",
      { class: "buttons" },
      renderDownloads(
        context,
        "deliveries",
        { use: "people", to: county },
        t("county-sheet.download"),
      ),
      h("button", props, t("factories.print")),
    ),
  );
}

/** @param {ProblemIndex} problemIndex @param {Columns} deliveries @param {Columns} supply @returns {HTMLElement} */
function renderSupplies(problemIndex, deliveries, supply) {
  const { item, period, quantity, quality } = deliveries;
  const arriving = pivotByPeriod(item, period, quantity);
  const needs = sumByRow(supply.item, supply.demand);
  const units = sumByRow(item, quantity);
  const good = sumByRow(
    item,
    quantity.map((amount, row) => amount * quality[row]),
  );
  const parties = listParties(deliveries, "from");
  const ids = [...problemIndex.items.keys()].filter(
    (id) => needs.get(id) || isOnScale(arriving.get(id) ?? new Map(), problemIndex.items.get(id)),
  );
  const rows = ids.map((id) => {
    const total = units.get(id) ?? 0;
    const figures = {
      need: formatOnScale(
        roundToScale(needs.get(id) ?? 0, problemIndex.items.get(id)),
        problemIndex.items.get(id),
      ),
      unit: formatUnit(problemIndex.getUnit(id)),
    };
    const notes = [
      t("county-sheet.need", figures),
      total > 0 &&
        t("county-sheet.quality", { quality: formatNumber((good.get(id) ?? 0) / total) }),
      total > 0 && describeParties(problemIndex, id, parties.get(id) ?? []),
      ...describeDueDates(problemIndex.items.get(id)),
    ].filter(Boolean);
    const note = h("span", { class: "note" }, notes.join(" · "));
    return renderItemRow(problemIndex, id, arriving.get(id) ?? new Map(), note);
  });
  return h(
    "div",
    {},
    renderMonthTable(problemIndex, t("county-sheet.goods"), renderItemHeadings(), rows),
    h("p", { class: "soft small" }, t("sheet.mixing")),
  );
}

/** @param {string[]} rows @param {number[]} values @returns {Map<string, number>} */
function sumByRow(rows, values) {
  /** @type {Map<string, number>} */
  const sums = new Map();
  rows.forEach((row, k) => sums.set(row, (sums.get(row) ?? 0) + values[k]));
  return sums;
}

/** @param {ProblemIndex} problemIndex @param {Factory} factory @param {Columns} quotas @returns {Child} */
function renderFactory(problemIndex, factory, quotas) {
  const mine = quotas.item.map((_, row) => row).filter((row) => quotas.factory[row] === factory.id);
  if (!mine.length) return null;
  /** @param {string} column */
  const pick = (column) => mine.map((row) => quotas[column][row]);
  const made = pivotByPeriod(pick("item"), pick("period"), pick("quantity"));
  const rows = [...made]
    .filter(([id, byPeriod]) => isOnScale(byPeriod, problemIndex.items.get(id)))
    .map(([id, byPeriod]) => renderItemRow(problemIndex, id, byPeriod));
  if (!rows.length) return null;
  const caption = t("county-sheet.made", { factory: problemIndex.getName(factory.id) });
  return renderMonthTable(problemIndex, caption, renderItemHeadings(), rows);
}

/**
 * @param {ViewContext} context @param {ProblemIndex} problemIndex @param {string} county @param {Named & {share: number}} shop
 * @param {Columns} slips @returns {Child}
 */
function renderSlip(context, problemIndex, county, shop, slips) {
  const mine = slips.item.map((_, row) => row).filter((row) => slips.shop[row] === shop.id);
  /** @param {string} column */
  const pick = (column) => mine.map((row) => slips[column][row]);
  const goods = pivotByPeriod(pick("item"), pick("period"), pick("quantity"));
  const rows = [...problemIndex.items.keys()]
    .filter((id) => isOnScale(goods.get(id) ?? new Map(), problemIndex.items.get(id)))
    .map((id) => renderItemRow(problemIndex, id, goods.get(id) ?? new Map()));
  return h(
    "article",
    { class: "card sheet slip", data: { shop: shop.id } },
    h("p", { class: "soft small" }, t("slip.title")),
    h("h2", {}, renderNames(shop, shop.id)),
    h(
      "p",
      {},
      t("slip.of", {
        county: problemIndex.getName(county),
        share: formatShare(shop.share),
        months: describeSpan(problemIndex.periods),
        state: describeState(context.plan),
        plan: context.plan.id,
      }),
    ),
    renderMonthTable(problemIndex, t("slip.goods"), renderItemHeadings(), rows),
    renderSignatures(),
  );
}
