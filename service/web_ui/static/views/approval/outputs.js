/** Reporting outputs: a factory in a month as a sheet, or many in a file. */

import { renderCard, renderColumnHeading, renderScrollTable } from "../../lib/components.js";
import { fill, h } from "../../lib/dom.js";
import { announce, renderFailure, renderFindings } from "../../lib/feedback.js";
import { formatDateTime, formatNumber, formatPeriod, formatQuantity } from "../../lib/format.js";
import { t } from "../../lib/i18n.js";
import { html, render } from "../../vendor/preact/preact.js";
import { OutputGrid } from "./output-grid.js";
import { hasRole } from "./roles.js";

const MAX_ROWS = 15;
const REPORTER_ROLES = ["factory", "bureau", "admin"];
const XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const CSV_COLUMNS = "factory,item,period,quantity";

/** @typedef {(body: any) => Promise<boolean>} SendReport sends a report; tells whether the service accepted it */

/**
 * Create the sheet of a factory, the upload for many, and the list of the latest reports.
 * @param {ViewContext} context context of the view
 * @param {ProblemIndex} problemIndex the problem
 * @param {() => void} onReported called after the service accepted a report
 * @returns {HTMLElement} the card
 */
export function createOutputReports(context, problemIndex, onReported) {
  const { api, signal } = context;
  const path = `/v1/plans/${encodeURIComponent(context.plan.id)}/outputs`;
  const status = h("div", { class: "report-status", role: "status" });
  const reportsFrame = h("div", {});
  const refresh = async () => {
    try {
      const list = await api.fetchJson(`${path}?limit=${MAX_ROWS}`, signal);
      fill(reportsFrame, list.total > 0 && renderReports(list, problemIndex));
    } catch (error) {
      if (!signal.aborted) fill(reportsFrame, renderFailure(error, refresh));
    }
  };
  /** @type {SendReport} */
  const sendReport = async (body) => {
    try {
      const { accepted, revision, findings } = await api.postJson(path, body, { signal });
      const message = t("outputs.accepted", { n: accepted, revision });
      fill(status, h("p", { class: "tag good" }, message), renderFindings(findings));
      announce(message);
      await refresh();
      onReported();
      return true;
    } catch (error) {
      if (!signal.aborted) fill(status, renderFailure(error));
      return false;
    }
  };
  refresh();
  const controls = hasRole(context.me, context.plan, REPORTER_ROLES)
    ? [createGrid(context, problemIndex, sendReport), createUpload(sendReport)]
    : h("p", { class: "soft" }, t("outputs.not-allowed"));
  const card = renderCard(t("outputs.title"), controls, status, reportsFrame);
  card.classList.add("outputs");
  return card;
}

/** @param {ViewContext} context @param {ProblemIndex} problemIndex @param {SendReport} sendReport @returns {HTMLElement} */
function createGrid(context, problemIndex, sendReport) {
  const frame = h("div", { class: "output-grid" });
  render(html`<${OutputGrid} ...${{ context, problemIndex, sendReport }} />`, frame);
  context.signal.addEventListener("abort", () => render(null, frame));
  return frame;
}

/** @param {SendReport} sendReport @returns {HTMLElement} */
function createUpload(sendReport) {
  const input = h("input", {
    type: "file",
    accept: ".csv,.xlsx,text/csv",
    "aria-describedby": "csv-hint",
  });
  input.addEventListener("change", async () => {
    const file = input.files?.[0];
    if (file) {
      const type = file.name.toLowerCase().endsWith(".xlsx") ? XLSX_TYPE : "text/csv";
      await sendReport(new Blob([await file.arrayBuffer()], { type }));
    }
    input.value = "";
  });
  const columns = h("code", {}, CSV_COLUMNS);
  return h(
    "div",
    { class: "field upload" },
    h("label", {}, t("outputs.file"), " ", input),
    h("p", { id: "csv-hint", class: "soft small" }, t("outputs.file-hint"), " ", columns),
  );
}

/** @param {OutputList} list @param {ProblemIndex} problemIndex @returns {HTMLElement} */
function renderReports(list, problemIndex) {
  const columns = ["factory", "item", "period", "quantity", "at"];
  const counts = { n: formatNumber(list.total), revision: list.revision };
  const table = renderScrollTable({
    label: t("outputs.title"),
    head: columns.map((name) => renderColumnHeading(t(`outputs.${name}`), name === "quantity")),
    rows: list.outputs.map(({ factory, item, period, quantity, caller, at }) =>
      h(
        "tr",
        {},
        h("td", {}, problemIndex.getName(factory)),
        h("td", {}, problemIndex.getName(item)),
        h("td", {}, formatPeriod(period, "long")),
        h("td", { class: "number" }, formatQuantity(quantity, problemIndex.getUnit(item))),
        h("td", {}, t("approval.by", { caller, at: formatDateTime(at) })),
      ),
    ),
  });
  return h("details", {}, h("summary", {}, t("outputs.reported", counts)), table);
}
