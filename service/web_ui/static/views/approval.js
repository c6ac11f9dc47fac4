/** Approval: state of a plan, allowed acts, reported outputs, fulfilment, replanning and audit log. */

import { renderViewHead } from "../lib/components.js";
import { fill, h } from "../lib/dom.js";
import { t } from "../lib/i18n.js";
import { getPlanTitle } from "../lib/plans.js";
import { createAuditLog } from "./approval/audit-log.js";
import { createFulfilment } from "./approval/fulfilment.js";
import { createOutputReports } from "./approval/outputs.js";
import { createReplanForm } from "./approval/replan.js";
import { hasRole } from "./approval/roles.js";
import { createWorkflow } from "./approval/workflow.js";

const PLANNER_ROLES = ["bureau", "admin"];

export default {
  id: "approval",
  title: "nav.approval",
  /** @param {HTMLElement} root @param {ViewContext} context */
  async show(root, context) {
    const { api, me, plan, signal } = context;
    const path = `/v1/plans/${encodeURIComponent(plan.id)}/approval`;
    const [problemIndex, approval] = await Promise.all([
      context.loadProblemIndex(),
      api.fetchJson(path, signal),
    ]);
    if (signal.aborted) return;
    const log = createAuditLog(context);
    const hasQuotas = Boolean(plan.tables?.quotas);
    const canReplan =
      hasQuotas && problemIndex.periods.length > 1 && hasRole(me, plan, PLANNER_ROLES);
    fill(
      root,
      renderViewHead(t("nav.approval"), t("approval.lead", { plan: getPlanTitle(plan) })),
      createWorkflow(context, approval, log.refresh),
      hasQuotas && renderExecution(context, problemIndex, log.refresh),
      canReplan && createReplanForm(context, problemIndex, log.refresh),
      log.element,
    );
  },
};

/** @param {ViewContext} context @param {ProblemIndex} problemIndex @param {() => void} refreshLog @returns {HTMLElement} */
function renderExecution(context, problemIndex, refreshLog) {
  const fulfilment = createFulfilment(context, problemIndex);
  const onReported = () => {
    fulfilment.refresh();
    refreshLog();
  };
  const outputs = createOutputReports(context, problemIndex, onReported);
  return h("div", { class: "execution" }, outputs, fulfilment.element);
}
