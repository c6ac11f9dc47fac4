/** Factories: the quota table, and a factory's quota sheet. */

import { fill, h } from "../lib/dom.js";
import { number, period as month, quantity, share, won } from "../lib/format.js";
import { t } from "../lib/i18n.js";
import { announce } from "../lib/feedback.js";
import { table } from "../lib/data-grid.js";
import { style } from "./shared/stylesheets.js";
import { downloads } from "./factories/downloads.js";
import { Filters } from "./factories/filters.js";
import { rowsOf } from "./factories/quota-rows.js";
import { sheet } from "./factories/quota-sheet.js";

const SORTS = ["factory", "item", "period", "-quantity", "-kwh", "-price"];

export default {
  id: "factories",
  title: "nav.factories",
  async show(root, context) {
    const [atlas] = await Promise.all([context.atlas(), style("factories")]);
    const wished = context.params.get("sheet");
    if (wished && atlas.factories.has(wished)) {
      fill(root, await sheet(context, atlas, wished));
      return;
    }
    const { columns } = await context.api.table(context.plan.id, "quotas");
    if (context.signal.aborted) return;
    await new Quotas(context, atlas, rowsOf(columns, atlas)).show(root);
  },
};

/** The quota table with its filters, figures and downloads. */
class Quotas {
  constructor(context, atlas, rows) {
    this.context = context;
    this.atlas = atlas;
    this.rows = rows;
    this.sort = SORTS.includes(context.params.get("sort")) ? context.params.get("sort") : "factory";
    this.filters = new Filters(context, atlas, rows, () => this.narrow());
    this.figures = h("dl", { class: "figures small" });
    this.links = h("div", { class: "buttons" });
  }

  async show(root) {
    const label = t("factories.table");
    const made = await table(
      { columns: this.columns(), rows: this.rows, label, height: 560 },
      this.context.signal,
    );
    if (this.context.signal.aborted) return;
    this.table = made.table;
    this.table.on("dataSorted", (sorters) => this.sorted(sorters));
    fill(
      root,
      h(
        "div",
        { class: "head" },
        h(
          "div",
          {},
          h("h1", { tabindex: "-1" }, t("nav.factories")),
          h("p", { class: "lead" }, t("factories.lead")),
        ),
        this.links,
      ),
      h(
        "form",
        {
          class: "card controls",
          role: "search",
          "aria-label": t("factories.filters"),
          on: { submit: (event) => event.preventDefault() },
        },
        this.filters.elements(),
        this.sorting(),
      ),
      this.figures,
      made.element,
    );
    this.order();
    this.narrow();
  }

  columns() {
    const sheetLink = (name, row) =>
      h(
        "a",
        {
          href: this.context.href("factories", { sheet: row.factory }),
          title: t("factories.open-sheet"),
        },
        name,
      );
    return [
      { field: "factoryName", title: t("factories.factory"), show: sheetLink, grow: 3 },
      { field: "countyName", title: t("factories.county"), grow: 1.5 },
      { field: "itemName", title: t("factories.item"), grow: 2 },
      { field: "period", title: t("factories.month"), show: (id) => month(id, "long"), grow: 1.2 },
      {
        field: "quantity",
        title: t("factories.quantity"),
        number: true,
        show: (value, row) => quantity(value, row.unit),
        grow: 1.3,
      },
      { field: "kwh", title: t("factories.kwh"), number: true, show: (value) => number(value) },
      {
        field: "price",
        title: t("factories.price"),
        number: true,
        show: (value) => won(value),
        grow: 1.5,
      },
    ];
  }

  sorting() {
    const select = h(
      "select",
      {},
      SORTS.map((value) =>
        h("option", { value, selected: value === this.sort }, t(`factories.sort.${value}`)),
      ),
    );
    select.addEventListener("change", () => {
      this.sort = select.value;
      this.order();
    });
    this.sortSelect = select;
    return h("label", { class: "field" }, h("span", {}, t("factories.sort")), select);
  }

  order() {
    const by = this.sort.replace("-", "");
    const field = { factory: "factoryName", item: "itemName" }[by] ?? by;
    this.table.setSort(field, this.sort.startsWith("-") ? "desc" : "asc");
  }

  sorted(sorters) {
    if (sorters.length) {
      const by =
        { factoryName: "factory", itemName: "item", countyName: "factory" }[sorters[0].field] ??
        sorters[0].field;
      this.sort = `${sorters[0].dir === "desc" ? "-" : ""}${by}`;
    }
    if (SORTS.includes(this.sort)) this.sortSelect.value = this.sort;
    this.context.update({ sort: this.sort === "factory" ? null : this.sort });
    this.offer();
  }

  narrow() {
    const keep = this.filters.test();
    this.table.setFilter(keep);
    const shown = this.rows.filter(keep);
    const sum = (field) => shown.reduce((total, row) => total + row[field], 0);
    const figure = (name, text) =>
      h("div", { data: { figure: name } }, h("dt", {}, t(`factories.${name}`)), h("dd", {}, text));
    fill(
      this.figures,
      figure(
        "shown",
        t("factories.of", { n: number(shown.length), all: number(this.rows.length) }),
      ),
      figure("worth", won(sum("worth"))),
      figure("power", `${number(sum("kwh"))}\u00a0kWh`),
      figure(
        "part",
        share(
          sum("worth") /
            Math.max(
              1,
              this.rows.reduce((total, row) => total + row.worth, 0),
            ),
        ),
      ),
    );
    announce(t("factories.said", { n: number(shown.length) }));
    this.offer();
  }

  offer() {
    fill(
      this.links,
      downloads(
        this.context,
        "quotas",
        { ...this.filters.query(), sort: this.sort },
        t("factories.download"),
      ),
    );
  }
}
