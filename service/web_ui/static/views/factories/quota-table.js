/** The quota table with its filters, figures and downloads, and the differences to the plan that is compared with. */

import { DataGrid } from "../../lib/data-grid.js";
import { h } from "../../lib/dom.js";
import { ShowElement, ViewHead } from "../../lib/elements.js";
import { announce } from "../../lib/feedback.js";
import { formatNumber, formatSignedSum, formatShare, formatWon } from "../../lib/format.js";
import { t } from "../../lib/i18n.js";
import { html, useEffect, useMemo, useRef, useState } from "../../vendor/preact/preact.js";
import { renderDownloads } from "./downloads.js";
import { FILTER_NAMES, buildQuery, listOptions, readFilter, selectRows } from "./filters.js";
import { buildMonthColumns, spreadMonths } from "./month-table.js";
import { renderPrintLinks } from "./print-job.js";
import { buildColumns } from "./quota-columns.js";
import { SORTS, readSort, writeSort } from "./quota-sort.js";
import { TextButtons } from "./text-buttons.js";

/** @typedef {import("./filters.js").QuotaFilter} QuotaFilter */
/** @typedef {import("./compared-quotas.js").ComparedRow} ComparedRow */

/** Time between the last key in the search and its result. */
const DEBOUNCE_MS = 120;

/**
 * @typedef {object} QuotaTableProps
 * @property {ViewContext} context context of the view
 * @property {ProblemIndex} problemIndex the problem
 * @property {(QuotaRow|ComparedRow)[]} rows quotas; with a plan to compare with, also those that only that plan has
 * @property {{title: string, missing: number}|null} compared the plan that is compared with, and how many of its quotas this plan cannot have
 */

/** @param {QuotaTableProps} props */
export function QuotaTable({ context, problemIndex, rows, compared }) {
  const [filter, setFilter] = useState(() => readFilter(context.params));
  const [sort, setSort] = useState(
    /** @returns {import("../../lib/data-grid.js").GridSort|null} */ () =>
      readSort(context.params.get("sort") ?? ""),
  );
  const own = useMemo(() => rows.filter((row) => !isWithdrawn(row)), [rows]);
  const shown = useMemo(() => selectRows(rows, filter), [rows, filter]);
  const [layout, setLayout] = useState(() => readLayout(context.params));
  const isCompared = compared !== null;
  const { columns, drawn } = useMemo(() => {
    if (layout === "rows") {
      return { columns: buildColumns(context, rows, isCompared), drawn: shown };
    }
    const periods = filter.period ? [filter.period] : problemIndex.periods;
    return {
      columns: buildMonthColumns(context, rows, periods, isCompared),
      drawn: spreadMonths(shown, periods),
    };
  }, [context, rows, shown, layout, filter.period, isCompared]);
  const count = shown.filter((row) => !isWithdrawn(row)).length;
  useEffect(() => announce(t("factories.announcement", { n: formatNumber(count) })), [count]);
  /** @param {Partial<QuotaFilter>} changed */
  const select = (changed) => {
    setFilter((last) => ({ ...last, ...changed }));
    context.updateParams(changed);
  };
  /** @param {import("../../lib/data-grid.js").GridSort|null} next */
  const order = (next) => {
    setSort(next);
    const written = writeSort(next);
    context.updateParams({ sort: written === SORTS[0] ? null : written });
  };
  /** @param {Layout} next */
  const arrange = (next) => {
    setLayout(next);
    context.updateParams({ layout: next === "rows" ? null : next });
  };
  const clear = () =>
    select(
      /** @type {QuotaFilter} */ (
        Object.fromEntries(["q", ...FILTER_NAMES].map((name) => [name, ""]))
      ),
    );
  const links = useMemo(() => {
    const query = { ...buildQuery(own, filter), sort: writeSort(sort) };
    return h(
      "div",
      { class: "buttons" },
      renderDownloads(context, "quotas", query, t("factories.download")),
    );
  }, [own, filter, sort]);
  const heads = buildHeadFilters(rows, problemIndex, filter, select);
  return html`
    <${ViewHead} title=${t("nav.factories")} lead=${t("factories.lead")}>
      <div class="quota-files">
        <${ShowElement} element=${links} />
        <${TextButtons} ...${{ columns, rows: drawn, sort }} />
      </div>
    <//>
    <${ShowElement} element=${useMemo(() => renderPrintLinks(context, null), [])} />
    <${FilterForm}
      ...${{ rows, problemIndex, filter, select, columns, sort, order, layout, arrange, clear }}
    />
    <${Figures} ...${{ all: own, shown, count, isCompared }} />
    ${compared && html`<${ComparedNote} ...${compared} />`}
    <${DataGrid}
      label=${t("factories.table")}
      columns=${columns}
      rows=${drawn}
      getKey=${getId}
      sort=${sort}
      onSort=${order}
      filters=${heads}
      empty=${html`<p>${t("table.none")}</p>
        <button type="button" class="button" onClick=${clear}>${t("factories.clear")}</button>`}
    />
  `;
}

/** @typedef {"rows"|"months"} Layout one row for each quota, or one for each line with the months across */

/** @param {URLSearchParams} params @returns {Layout} */
const readLayout = (params) => (params.get("layout") === "months" ? "months" : "rows");

/** @param {{id: string|number}} row */
const getId = (row) => row.id;

/** @param {QuotaRow|ComparedRow} row @returns {boolean} whether only the plan that is compared with has the quota */
const isWithdrawn = (row) => "isWithdrawn" in row && row.isWithdrawn;

/**
 * @param {QuotaRow[]} rows @param {ProblemIndex} problemIndex @param {QuotaFilter} filter
 * @param {(changed: Partial<QuotaFilter>) => void} select
 * @returns {Record<string, import("../../lib/data-grid.js").GridFilter>} filters by column
 */
function buildHeadFilters(rows, problemIndex, filter, select) {
  /** @type {[string, "factory"|"county"|"item"|"period"][]} */
  const fields = [
    ["factoryName", "factory"],
    ["countyName", "county"],
    ["itemName", "item"],
    ["period", "period"],
  ];
  return Object.fromEntries(
    fields.map(([field, name]) => [
      field,
      {
        options: listOptions(name, rows, problemIndex),
        selected: filter[name],
        onChange: (/** @type {string} */ value) => select({ [name]: value }),
      },
    ]),
  );
}

/**
 * @param {object} props
 * @param {QuotaRow[]} props.rows @param {ProblemIndex} props.problemIndex @param {QuotaFilter} props.filter
 * @param {(changed: Partial<QuotaFilter>) => void} props.select
 * @param {import("../../lib/data-grid.js").GridColumn[]} props.columns @param {import("../../lib/data-grid.js").GridSort|null} props.sort
 * @param {(sort: import("../../lib/data-grid.js").GridSort|null) => void} props.order
 * @param {Layout} props.layout @param {(layout: Layout) => void} props.arrange @param {() => void} props.clear
 */
function FilterForm(props) {
  const { rows, problemIndex, filter, select, columns, sort, order, layout, arrange, clear } =
    props;
  const timer = useRef(/** @type {ReturnType<typeof setTimeout>|undefined} */ (undefined));
  const search = (/** @type {any} */ event) => {
    const q = event.currentTarget.value.trim();
    clearTimeout(timer.current);
    timer.current = setTimeout(() => select({ q }), DEBOUNCE_MS);
  };
  const chooseCategory = (/** @type {any} */ event) =>
    select({ category: event.currentTarget.value });
  const chooseSort = (/** @type {any} */ event) => order(readSort(event.currentTarget.value));
  const chooseLayout = (/** @type {any} */ event) => arrange(event.currentTarget.value);
  const sorts = SORTS.filter((value) =>
    columns.some(({ field }) => field === readSort(value).field),
  );
  const isFiltered = Object.values(filter).some(Boolean);
  const written = writeSort(sort);
  const preventReload = (/** @type {Event} */ event) => event.preventDefault();
  return html`<form
    class="card controls"
    role="search"
    aria-label=${t("factories.filters")}
    onSubmit=${preventReload}
  >
    <label class="field">
      <span>${t("factories.search")}</span>
      <input
        type="search"
        value=${filter.q}
        placeholder=${t("factories.search-hint")}
        autocomplete="off"
        onInput=${search}
      />
    </label>
    <label class="field">
      <span>${t("factories.category")}</span>
      <select name="category" value=${filter.category} onChange=${chooseCategory}>
        <option value="">${t("factories.any")}</option>
        ${listOptions("category", rows, problemIndex).map(
          ({ value, text }) => html`<option key=${value} value=${value}>${text}</option>`,
        )}
      </select>
    </label>
    <label class="field">
      <span>${t("factories.sort")}</span>
      <select value=${written} onChange=${chooseSort}>
        ${!sorts.includes(written) && html`<option value=${written}>${t("factories.sort.heading")}</option>`}
        ${sorts.map((value) => html`<option key=${value} value=${value}>${t(`factories.sort.${value}`)}</option>`)}
      </select>
    </label>
    <label class="field">
      <span>${t("factories.layout")}</span>
      <select name="layout" value=${layout} onChange=${chooseLayout}>
        <option value="rows">${t("factories.layout.rows")}</option>
        <option value="months">${t("factories.layout.months")}</option>
      </select>
    </label>
    ${
      isFiltered &&
      html`<button type="button" class="button" onClick=${clear}>${t("factories.clear")}</button>`
    }
  </form>`;
}

/** @param {{all: QuotaRow[], shown: (QuotaRow|ComparedRow)[], count: number, isCompared: boolean}} props */
function Figures({ all, shown, count, isCompared }) {
  const [worth, total] = [shown, all].map((rows) => sumField(rows, "worth"));
  const compared = isCompared ? listCompared(shown) : [];
  /** @type {[string, string, string][]} */
  const figures = [
    [
      "shown",
      t("factories.shown"),
      t("factories.of", { n: formatNumber(count), all: formatNumber(all.length) }),
    ],
    ["worth", t("factories.worth"), formatWon(worth)],
    ["power", t("factories.power"), `${formatNumber(sumField(shown, "kwh"))}\u00a0kWh`],
    ["part", t("factories.part"), formatShare(worth / Math.max(1, total))],
  ];
  if (compared.length) {
    const changed = compared.filter(({ change }) => change).length;
    figures.push(["changed", t("factories.changed"), formatNumber(changed)]);
  }
  return html`<dl class="figures small">
    ${figures.map(
      ([name, label, value]) =>
        html`<div key=${name} data-figure=${name}>
          <dt>${label}</dt>
          <dd>${value}</dd>
          ${
            name === "worth" &&
            compared.length > 0 &&
            html`<dd class="figure-note change">${formatWorthChange(compared)}</dd>`
          }
        </div>`,
    )}
  </dl>`;
}

/** @param {(QuotaRow|ComparedRow)[]} rows @returns {ComparedRow[]} the quotas that both plans can have */
const listCompared = (rows) =>
  rows.flatMap((row) => ("change" in row && row.change !== null ? [row] : []));

/** @param {ComparedRow[]} compared @returns {string} how much more or less their value is */
function formatWorthChange(compared) {
  const change = compared.reduce((sum, row) => sum + (row.change ?? 0) * row.value, 0);
  return Math.abs(change) < 1 ? t("format.no-change") : formatSignedSum(change, formatWon);
}

/** @param {{title: string, missing: number}} props */
function ComparedNote({ title, missing }) {
  return html`<p class="soft small compared-note">
    ${t("factories.compared", { plan: title })}
    ${missing > 0 && html` ${t("factories.compared-missing", { n: formatNumber(missing) })}`}
  </p>`;
}

/** @param {QuotaRow[]} rows @param {"worth"|"kwh"} field @returns {number} */
const sumField = (rows, field) => rows.reduce((sum, row) => sum + row[field], 0);
