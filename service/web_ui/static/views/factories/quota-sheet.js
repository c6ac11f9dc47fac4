/** The sheet of a factory: quotas, electricity, labour, materials and destinations, in English and Korean, for printing. */

import { h } from "../../lib/dom.js";
import { renderEmpty } from "../../lib/feedback.js";
import { formatShare, formatUnit } from "../../lib/format.js";
import { t, textOr } from "../../lib/i18n.js";
import { listNames } from "../../lib/print.js";
import { renderDownloads } from "./downloads.js";
import { describeParties, describeParty, listParties } from "./parties.js";
import {
  describeDueDates,
  fetchTableIfThere,
  isOnScale,
  pivotByPeriod,
  renderFigures,
  renderItemHeadings,
  renderItemRow,
  renderMonthTable,
  renderNames,
  renderSheetHead,
  renderSignatures,
  sumByPeriod,
} from "./sheet-tables.js";

/**
 * @typedef {object} FactoryTables rows of a factory
 * @property {Columns} quotas rows of the table `quotas`
 * @property {Columns} machines rows of the rule `machine` of the table `capacity`
 * @property {Columns} materials rows of the table `deliveries` that bring materials
 * @property {Columns} goods rows of the table `deliveries` that take its goods away
 */

/**
 * Render the quota sheet of a factory with its controls.
 * @param {ViewContext} context context of the view
 * @param {ProblemIndex} problemIndex the problem
 * @param {string} id identifier of the factory
 * @returns {Promise<Child>} the sheet and its controls
 */
export async function renderQuotaSheet(context, problemIndex, id) {
  const { api, plan } = context;
  const [quotas, machines, materials, goods] = await Promise.all([
    api.fetchTable(plan.id, "quotas", { factory: id }),
    api.fetchTable(plan.id, "capacity", { rule: "machine", id }),
    fetchTableIfThere(context, "deliveries", { use: "material", to: id }),
    fetchTableIfThere(context, "deliveries", { source: "factory", from: id }),
  ]);
  const tables = {
    quotas: quotas.columns,
    machines: machines.columns,
    materials: materials.columns,
    goods: goods.columns,
  };
  return [renderControls(context, id), renderFactorySheet(context, problemIndex, id, tables)];
}

/**
 * Render the quota sheet of a factory.
 * @param {ViewContext} context context of the view
 * @param {ProblemIndex} problemIndex the problem
 * @param {string} id identifier of the factory
 * @param {FactoryTables} tables its rows
 * @returns {HTMLElement} the sheet
 */
export function renderFactorySheet(context, problemIndex, id, { quotas, machines, ...moved }) {
  const { item, period, quantity, kwh } = quotas;
  const made = pivotByPeriod(item, period, quantity);
  const quotasByItem = new Map(
    [...made].filter(([good, units]) => isOnScale(units, problemIndex.items.get(good))),
  );
  const quotasByRecipe = pivotByPeriod(listRecipes(quotas), period, quantity);
  const factory = problemIndex.factories.get(id);
  const labour = computeLabourHours(factory, quotas);
  const county = problemIndex.places.get(factory?.place ?? "");
  const power = sumByPeriod(period, kwh);
  const { first, second } = listNames(county, "–");
  return h(
    "article",
    { class: "card sheet", data: { factory: id } },
    renderSheetHead(context, problemIndex, t("sheet.title"), factory, id, [
      [t("sheet.county"), [first, second?.text].filter(Boolean).join(" · ")],
    ]),
    quotasByItem.size
      ? renderQuotas(problemIndex, factory, quotasByItem, quotasByRecipe, power, labour)
      : renderEmpty(t("sheet.no-quotas")),
    machines.part?.length > 0 && renderMachineLoad(problemIndex, machines),
    renderMaterials(problemIndex, moved.materials),
    renderDestinations(problemIndex, moved.goods),
    moved.goods.item.length > 0 && h("p", { class: "soft small" }, t("sheet.mixing")),
    renderSignatures(),
  );
}

/** @param {ViewContext} context @param {string} factory @returns {HTMLElement} */
function renderControls(context, factory) {
  const printSheet = () => print();
  const props = { type: "button", class: "button main", on: { click: printSheet } };
  return h(
    "div",
    { class: "head no-print" },
    h(
      "a",
      { href: context.buildHref("factories"), "data-back": "sheet sheets county-sheet" },
      t("factories.back"),
    ),
    h(
      "div",
      { class: "buttons" },
      renderDownloads(context, "quotas", { factory }, t("factories.download")),
      h("button", props, t("factories.print")),
    ),
  );
}

/** @param {Columns} quotas @returns {string[]} `item/recipe` of each quota */
const listRecipes = ({ item, recipe }) => item.map((id, row) => `${id}/${recipe[row]}`);

/**
 * @param {ProblemIndex} problemIndex @param {Factory|undefined} factory @param {Map<string, Map<string, number>>} quotasByItem
 * @param {Map<string, Map<string, number>>} quotasByRecipe @param {Map<string, number>} power @param {Map<string, number>} labour
 * @returns {HTMLElement}
 */
function renderQuotas(problemIndex, factory, quotasByItem, quotasByRecipe, power, labour) {
  const rows = [...quotasByItem].flatMap(([id, byPeriod]) => {
    const due = describeDueDates(problemIndex.items.get(id)).join(" · ");
    const note = due && h("span", { class: "note" }, due);
    const recipes = (factory?.lines ?? []).filter(({ item }) => item === id);
    const isDivided = recipes.length > 1 || Boolean(recipes[0]?.recipe);
    return [
      renderItemRow(problemIndex, id, byPeriod, note),
      ...(isDivided ? recipes : []).map(({ recipe = "" }) =>
        renderRecipeRow(problemIndex, id, recipe, quotasByRecipe.get(`${id}/${recipe}`)),
      ),
    ];
  });
  for (const [name, unit, byPeriod] of /** @type {[string, string, Map<string, number>][]} */ ([
    [t("sheet.power"), "kWh", power],
    [t("sheet.labour"), t("sheet.hours"), labour],
  ])) {
    const heading = h("th", { scope: "row" }, name);
    const cells = renderFigures(problemIndex, byPeriod);
    rows.push(h("tr", { class: "sum" }, heading, h("td", {}, unit), cells));
  }
  return renderMonthTable(problemIndex, t("sheet.quotas"), renderItemHeadings(), rows);
}

/**
 * @param {ProblemIndex} problemIndex @param {string} item @param {string} recipe @param {Map<string, number>} [byPeriod]
 * @returns {HTMLElement}
 */
function renderRecipeRow(problemIndex, item, recipe, byPeriod = new Map()) {
  return h(
    "tr",
    { class: "recipe", data: { item, recipe } },
    h("th", { scope: "row" }, recipe || t("recipe.none")),
    h("td", {}, formatUnit(problemIndex.getUnit(item))),
    renderFigures(problemIndex, byPeriod, problemIndex.items.get(item)),
  );
}

/** @param {ProblemIndex} problemIndex @param {Columns} deliveries materials that the factory receives @returns {Child} what comes, from where, and in which month */
function renderMaterials(problemIndex, deliveries) {
  const parties = listParties(deliveries, "from");
  const rows = [...parties].flatMap(([id, sources]) => {
    const item = problemIndex.items.get(id);
    return sources
      .filter(({ byPeriod }) => isOnScale(byPeriod, item))
      .map((party, k) => {
        const source = h("span", { class: "note" }, describeParty(problemIndex, party));
        return renderItemRow(problemIndex, id, party.byPeriod, source, k === 0);
      });
  });
  if (!rows.length) return null;
  return renderMonthTable(problemIndex, t("sheet.materials"), renderItemHeadings(), rows);
}

/** @param {ProblemIndex} problemIndex @param {Columns} deliveries goods that the factory makes @returns {Child} */
function renderDestinations(problemIndex, deliveries) {
  const rows = [...listParties(deliveries, "to")]
    .map(([id, parties]) => ({ id, text: describeParties(problemIndex, id, parties) }))
    .filter(({ text }) => text)
    .map(({ id, text }) =>
      h(
        "tr",
        { data: { item: id } },
        h("th", { scope: "row" }, renderNames(problemIndex.items.get(id), id)),
        h("td", {}, formatUnit(problemIndex.getUnit(id))),
        h("td", {}, text),
      ),
    );
  if (!rows.length) return null;
  const head = [t("factories.item"), t("sheet.unit"), t("sheet.to")].map((text) =>
    h("th", { scope: "col" }, text),
  );
  return h(
    "table",
    { class: "rows months destinations" },
    h("caption", {}, t("sheet.destinations")),
    h("thead", {}, h("tr", {}, head)),
    h("tbody", {}, rows),
  );
}

/**
 * Compute the labour of a factory by period.
 * @param {Factory|undefined} factory the factory
 * @param {Columns} quotas its quotas
 * @returns {Map<string, number>} hours by period
 */
export function computeLabourHours(factory, quotas) {
  const perUnit = new Map(
    (factory?.lines ?? []).map(({ item, recipe = "", labour_hours_per_unit: hours = 0 }) => [
      `${item}/${recipe}`,
      hours,
    ]),
  );
  const recipes = listRecipes(quotas);
  return sumByPeriod(
    quotas.period,
    quotas.quantity.map((units, row) => units * (perUnit.get(recipes[row]) ?? 0)),
  );
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
