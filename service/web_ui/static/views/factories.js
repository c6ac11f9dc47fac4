/** Factories: the quota table, and the sheets of factories and counties. */

import { loadComparedPlan } from "../lib/compared-plan.js";
import { fill } from "../lib/dom.js";
import { getPlanTitle } from "../lib/plans.js";
import { showContent } from "../lib/elements.js";
import { html } from "../vendor/preact/preact.js";
import { compareQuotas } from "./factories/compared-quotas.js";
import { renderCountyView } from "./factories/county-sheet.js";
import { renderPrintJob } from "./factories/print-job.js";
import { buildQuotaRows } from "./factories/quota-rows.js";
import { renderQuotaSheet } from "./factories/quota-sheet.js";
import { QuotaTable } from "./factories/quota-table.js";

export default {
  id: "factories",
  title: "nav.factories",
  /** @param {HTMLElement} root @param {ViewContext} context */
  async show(root, context) {
    const problemIndex = await context.loadProblemIndex();
    const factory = context.params.get("sheet");
    if (factory && problemIndex.factories.has(factory)) {
      fill(root, await renderQuotaSheet(context, problemIndex, factory));
      return undefined;
    }
    const county = context.params.get("county-sheet");
    if (county && problemIndex.counties.has(county)) {
      fill(root, await renderCountyView(context, problemIndex, county));
      return undefined;
    }
    const sheets = context.params.get("sheets");
    if (sheets) {
      fill(root, await renderPrintJob(context, problemIndex, sheets));
      return undefined;
    }
    const props = await loadQuotas(context, problemIndex);
    if (context.signal.aborted) return undefined;
    return showContent(root, html`<${QuotaTable} ...${{ context, problemIndex, ...props }} />`);
  },
};

/** @param {ViewContext} context @param {ProblemIndex} problemIndex */
async function loadQuotas(context, problemIndex) {
  const [{ columns }, other] = await Promise.all([
    context.api.fetchTable(context.plan.id, "quotas"),
    loadComparedPlan(context),
  ]);
  const rows = buildQuotaRows(columns, problemIndex);
  if (!other) return { rows, compared: null };
  const quotas = await other.fetchTable("quotas");
  const compared = compareQuotas(rows, problemIndex, quotas, other.problemIndex);
  const title = getPlanTitle(other.plan);
  return { rows: compared.rows, compared: { title, missing: compared.missing } };
}
