/** Factories: the quota table, and the sheets of factories and counties. */

import { renderField, renderFigure, renderViewHead } from "../lib/components.js";
import { createDataGrid } from "../lib/data-grid.js";
import { fill, h } from "../lib/dom.js";
import { announce } from "../lib/feedback.js";
import {
  formatNumber,
  formatPeriod,
  formatQuantity,
  formatShare,
  formatWeightedWon,
  formatWon,
} from "../lib/format.js";
import { t } from "../lib/i18n.js";
import { renderCountyView } from "./factories/county-sheet.js";
import { renderDownloads } from "./factories/downloads.js";
import { Filters } from "./factories/filters.js";
import { renderPrintJob, renderPrintLinks } from "./factories/print-job.js";
import { buildQuotaRows } from "./factories/quota-rows.js";
import { renderQuotaSheet } from "./factories/quota-sheet.js";
import { loadStylesheet } from "../lib/stylesheets.js";

const SORTS = ["factory", "item", "period", "-quantity", "-kwh", "-price"];

/** Fields of the table for the sorts of the API.
 * @type {Record<string, string>} */
const SORT_FIELDS = { factory: "factoryName", item: "itemName" };

/** Sorts of the API for fields of the table.
 * @type {Record<string, string>} */
const FIELD_SORTS = { factoryName: "factory", itemName: "item", countyName: "factory" };

export default {
  id: "factories",
  title: "nav.factories",
  /** @param {HTMLElement} root @param {ViewContext} context */
  async show(root, context) {
    const [problemIndex] = await Promise.all([
      context.loadProblemIndex(),
      loadStylesheet("factories"),
    ]);
    const factory = context.params.get("sheet");
    if (factory && problemIndex.factories.has(factory)) {
      fill(root, await renderQuotaSheet(context, problemIndex, factory));
      return;
    }
    const county = context.params.get("county-sheet");
    if (county && problemIndex.counties.has(county)) {
      fill(root, await renderCountyView(context, problemIndex, county));
      return;
    }
    const sheets = context.params.get("sheets");
    if (sheets) {
      fill(root, await renderPrintJob(context, problemIndex, sheets));
      return;
    }
    const { columns } = await context.api.fetchTable(context.plan.id, "quotas");
    if (context.signal.aborted) return;
    const rows = buildQuotaRows(columns, problemIndex);
    await new QuotaTableView(context, problemIndex, rows).show(root);
  },
};

/** The quota table with its filters, figures and downloads. */
class QuotaTableView {
  /** @param {ViewContext} context @param {ProblemIndex} problemIndex @param {QuotaRow[]} rows */
  constructor(context, problemIndex, rows) {
    this.context = context;
    this.rows = rows;
    const sort = context.params.get("sort") ?? "";
    this.sort = SORTS.includes(sort) ? sort : "factory";
    this.filters = new Filters(context, problemIndex, rows, () => this.applyFilters());
    this.figures = h("dl", { class: "figures small" });
    this.links = h("div", { class: "buttons" });
    this.sortSelect = this.createSortSelect();
    /** @type {any} */
    this.table = null;
  }

  /** @param {HTMLElement} root */
  async show(root) {
    const label = t("factories.table");
    const options = { columns: this.buildColumns(), rows: this.rows, label, height: 560 };
    const grid = await createDataGrid(options, this.context.signal);
    if (this.context.signal.aborted) return;
    this.table = grid.table;
    this.table.on("dataSorted", (/** @type {any[]} */ sorters) => this.handleSort(sorters));
    const form = h(
      "form",
      {
        class: "card controls",
        role: "search",
        "aria-label": t("factories.filters"),
        on: { submit: (/** @type {Event} */ event) => event.preventDefault() },
      },
      this.filters.renderControls(),
      renderField(t("factories.sort"), this.sortSelect),
    );
    const head = renderViewHead(t("nav.factories"), t("factories.lead"), this.links);
    const printing = renderPrintLinks(this.context, null);
    fill(root, head, printing, form, this.figures, grid.element);
    this.applySort();
    this.applyFilters();
  }

  /** @returns {import("../lib/data-grid.js").GridColumn[]} */
  buildColumns() {
    /** @param {string} name @param {QuotaRow} row */
    const renderSheetLink = (name, row) => {
      const href = this.context.buildHref("factories", { sheet: row.factory });
      return h("a", { href, title: t("factories.open-sheet") }, name);
    };
    /** @param {string} name @param {QuotaRow} row */
    const renderCountyLink = (name, row) => {
      const href = this.context.buildHref("factories", { "county-sheet": row.county });
      return h("a", { href, title: t("factories.open-county-sheet") }, name);
    };
    return [
      { field: "factoryName", title: t("factories.factory"), show: renderSheetLink, grow: 3 },
      {
        field: "countyName",
        title: t("factories.county"),
        show: renderCountyLink,
        grow: 1.5,
      },
      { field: "itemName", title: t("factories.item"), grow: 2 },
      ...(this.rows.some((row) => row.recipe)
        ? [{ field: "recipe", title: t("factories.recipe"), grow: 1.5 }]
        : []),
      {
        field: "period",
        title: t("factories.month"),
        show: (id) => formatPeriod(id, "long"),
        grow: 1.2,
      },
      {
        field: "quantity",
        title: t("factories.quantity"),
        number: true,
        show: (value, row) => formatQuantity(value, row.unit),
        grow: 1.3,
      },
      { field: "kwh", title: t("factories.kwh"), number: true, show: formatNumber },
      {
        field: "price",
        title: t("factories.price"),
        number: true,
        show: formatWeightedWon,
        grow: 1.5,
      },
    ];
  }

  createSortSelect() {
    const options = SORTS.map((value) =>
      h("option", { value, selected: value === this.sort }, t(`factories.sort.${value}`)),
    );
    const select = h("select", {}, options);
    select.addEventListener("change", () => {
      this.sort = select.value;
      this.applySort();
    });
    return select;
  }

  applySort() {
    const column = this.sort.replace("-", "");
    const direction = this.sort.startsWith("-") ? "desc" : "asc";
    this.table.setSort(SORT_FIELDS[column] ?? column, direction);
  }

  /** @param {{field: string, dir: string}[]} sorters */
  handleSort([sorter]) {
    if (sorter) {
      const column = FIELD_SORTS[sorter.field] ?? sorter.field;
      this.sort = `${sorter.dir === "desc" ? "-" : ""}${column}`;
    }
    if (SORTS.includes(this.sort)) this.sortSelect.value = this.sort;
    this.context.updateParams({ sort: this.sort === "factory" ? null : this.sort });
    this.updateDownloads();
  }

  applyFilters() {
    const isShown = this.filters.createPredicate();
    this.table.setFilter(isShown);
    const shown = this.rows.filter(isShown);
    const [worth, total] = [shown, this.rows].map((rows) => sumField(rows, "worth"));
    const counts = { n: formatNumber(shown.length), all: formatNumber(this.rows.length) };
    fill(
      this.figures,
      renderFigure("shown", t("factories.shown"), t("factories.of", counts)),
      renderFigure("worth", t("factories.worth"), formatWon(worth)),
      renderFigure(
        "power",
        t("factories.power"),
        `${formatNumber(sumField(shown, "kwh"))}\u00a0kWh`,
      ),
      renderFigure("part", t("factories.part"), formatShare(worth / Math.max(1, total))),
    );
    announce(t("factories.announcement", { n: formatNumber(shown.length) }));
    this.updateDownloads();
  }

  updateDownloads() {
    const query = { ...this.filters.buildQuery(), sort: this.sort };
    fill(this.links, renderDownloads(this.context, "quotas", query, t("factories.download")));
  }
}

/** @param {QuotaRow[]} rows @param {"worth"|"kwh"} field @returns {number} */
const sumField = (rows, field) => rows.reduce((sum, row) => sum + row[field], 0);
