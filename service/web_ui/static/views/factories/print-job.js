/** All sheets of factories and counties, and all slips of shops, as one print job: a page each. */

import { fill, h } from "../../lib/dom.js";
import { renderEmpty } from "../../lib/feedback.js";
import { formatNumber } from "../../lib/format.js";
import { t } from "../../lib/i18n.js";
import { renderCountySheet, renderSlips } from "./county-sheet.js";
import { renderFactorySheet } from "./quota-sheet.js";
import { fetchTableIfThere, groupRows } from "./sheet-tables.js";

/** What a job may contain. */
const JOBS = ["all", "factories", "counties", "slips"];

/** Rows of a thing that a table does not mention.
 * @type {Columns} */
const NO_ROWS = {
  item: [],
  period: [],
  quantity: [],
  quality: [],
  kwh: [],
  demand: [],
  part: [],
  shop: [],
  factory: [],
};

/** Sheets rendered between two frames, so that the page stays responsive. */
const SHEETS_AT_ONCE = 8;

/**
 * Render links to the print jobs.
 * @param {ViewContext} context context of the view
 * @param {string|null} shown the job that is shown, which needs no link
 * @returns {HTMLElement} the links
 */
export function renderPrintLinks(context, shown) {
  const county = context.params.get("county");
  const links = JOBS.filter((job) => job !== shown).map((job) => {
    const href = context.buildHref("factories", { sheets: job, county });
    return h("a", { class: "button small", href }, t(`print-job.${job}`));
  });
  return h(
    "div",
    { class: "buttons no-print" },
    h("span", { class: "soft small" }, t("print-job.label")),
    links,
  );
}

/**
 * Render a print job: with the parameter `county` only the sheets of that county.
 * @param {ViewContext} context context of the view
 * @param {ProblemIndex} problemIndex the problem
 * @param {string} wanted what the job contains, one of `JOBS`; everything for another word
 * @returns {Promise<Child>} controls and sheets
 */
export async function renderPrintJob(context, problemIndex, wanted) {
  const job = JOBS.includes(wanted) ? wanted : JOBS[0];
  const tables = await loadTables(context, job);
  const only = context.params.get("county");
  const counties = [...problemIndex.counties.keys()].filter((id) => !only || id === only);
  const makers = counties.flatMap((county) =>
    listSheets(context, problemIndex, job, county, tables),
  );
  const props = { type: "button", class: "button main", on: { click: () => print() } };
  const button = h("button", { ...props, disabled: true }, t("factories.print"));
  const count = h("p", { "aria-live": "polite" });
  const sheets = h("div", { class: "print-job" });
  const head = h(
    "section",
    { class: "card no-print print-job-head" },
    h("h1", { tabindex: "-1" }, t(`print-job.${job}`)),
    h("p", { class: "lead" }, t("print-job.lead")),
    count,
    h("div", { class: "buttons" }, button),
    renderPrintLinks(context, job),
    h(
      "p",
      {},
      h(
        "a",
        {
          href: context.buildHref("factories", { county: only }),
          "data-back": "sheet sheets county-sheet",
        },
        t("factories.back"),
      ),
    ),
  );
  renderSheets(context.signal, sheets, makers, (done) => {
    const values = { n: formatNumber(done), all: formatNumber(makers.length) };
    fill(count, t(done < makers.length ? "print-job.progress" : "print-job.ready", values));
    button.disabled = done < makers.length;
  });
  return [head, makers.length ? sheets : renderEmpty(t("print-job.none"))];
}

/**
 * Render sheets a few at a time.
 * @param {AbortSignal} signal @param {HTMLElement} frame @param {(() => Child)[]} makers @param {(done: number) => void} onProgress
 */
function renderSheets(signal, frame, makers, onProgress, start = 0) {
  if (signal.aborted) return;
  const end = Math.min(makers.length, start + SHEETS_AT_ONCE);
  for (const make of makers.slice(start, end)) {
    frame.append(...[make()].flat().filter((sheet) => sheet instanceof Node));
  }
  onProgress(end);
  if (end < makers.length) setTimeout(() => renderSheets(signal, frame, makers, onProgress, end));
}

/** @typedef {Record<"quotas"|"machines"|"materials"|"goods"|"deliveries"|"supply"|"slips"|"made", Map<string, Columns>>} JobTables rows by factory or county */

/** @param {ViewContext} context @param {string} job @returns {Promise<JobTables>} */
async function loadTables(context, job) {
  const { api, plan } = context;
  const isWanted = (/** @type {string} */ part) => job === "all" || job === part;
  const nothing = Promise.resolve({ columns: NO_ROWS });
  const [quotas, machines, deliveries, supply, slips] = await Promise.all([
    isWanted("factories") || isWanted("counties") ? api.fetchTable(plan.id, "quotas") : nothing,
    isWanted("factories") ? api.fetchTable(plan.id, "capacity", { rule: "machine" }) : nothing,
    job === "slips" ? nothing : fetchTableIfThere(context, "deliveries", {}),
    isWanted("counties")
      ? api.fetchTable(plan.id, "supply", { columns: "county,item,period,demand" })
      : nothing,
    isWanted("slips") ? fetchTableIfThere(context, "slips", {}) : nothing,
  ]);
  const bySource = groupRows(deliveries.columns, "source");
  const byUse = groupRows(deliveries.columns, "use");
  return {
    quotas: groupRows(quotas.columns, "factory"),
    machines: groupRows(machines.columns, "id"),
    materials: groupRows(byUse.get("material") ?? NO_ROWS, "to"),
    goods: groupRows(bySource.get("factory") ?? NO_ROWS, "from"),
    deliveries: groupRows(byUse.get("people") ?? NO_ROWS, "to"),
    supply: groupRows(supply.columns, "county"),
    slips: groupRows(slips.columns, "county"),
    made: new Map([["all", quotas.columns]]),
  };
}

/** @param {ViewContext} context @param {ProblemIndex} problemIndex @param {string} job @param {string} county @param {JobTables} tables @returns {(() => Child)[]} functions that render the sheets of a county */
function listSheets(context, problemIndex, job, county, tables) {
  /** @param {Map<string, Columns>} table @param {string} id */
  const pick = (table, id) => table.get(id) ?? NO_ROWS;
  const makers = [];
  if (job === "all" || job === "counties") {
    makers.push(() =>
      renderCountySheet(context, problemIndex, county, {
        deliveries: pick(tables.deliveries, county),
        supply: pick(tables.supply, county),
        quotas: pick(tables.made, "all"),
        slips: NO_ROWS,
      }),
    );
  }
  if (job === "all" || job === "factories") {
    for (const { id, place } of problemIndex.factories.values()) {
      if (place !== county || !tables.quotas.has(id)) continue;
      makers.push(() =>
        renderFactorySheet(context, problemIndex, id, {
          quotas: pick(tables.quotas, id),
          machines: pick(tables.machines, id),
          materials: pick(tables.materials, id),
          goods: pick(tables.goods, id),
        }),
      );
    }
  }
  const slips = tables.slips.get(county);
  if (slips) makers.push(() => renderSlips(context, problemIndex, county, slips));
  return makers;
}
