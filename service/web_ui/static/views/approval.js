/** Life: where a plan is on its way, what the caller may do, what was made of it, who did what. */

import { fill, h } from "../lib/dom.js";
import { add, t } from "../lib/i18n.js";
import { title } from "../lib/plans.js";
import { style } from "./shared/stylesheets.js";
import { journey } from "./approval/workflow.js";
import { auditLog } from "./approval/audit-log.js";
import { fulfilment } from "./approval/fulfilment.js";
import { outputs } from "./approval/outputs.js";
import { replan } from "./approval/replan.js";
import { has } from "./approval/roles.js";

const PLANNERS = ["bureau", "admin"];

export default {
  id: "life",
  title: "nav.life",
  async show(root, context) {
    const path = `/v1/plans/${encodeURIComponent(context.plan.id)}`;
    const [atlas, life] = await Promise.all([
      context.atlas(),
      context.api.get(`${path}/life`, context.signal),
      style("life"),
      style("answer"),
      add("answer"),
    ]);
    if (context.signal.aborted) return;
    const log = auditLog(context, atlas);
    const made = context.plan.tables?.quotas ? carriedOut(context, atlas, log) : null;
    fill(
      root,
      h(
        "div",
        { class: "head" },
        h(
          "div",
          {},
          h("h1", { tabindex: "-1" }, t("nav.life")),
          h("p", { class: "lead" }, t("life.lead", { plan: title(context.plan) })),
        ),
      ),
      journey(context, life, () => log.renew()),
      made,
      made &&
        atlas.periods.length > 1 &&
        has(context.me, context.plan, PLANNERS) &&
        replan(context, atlas, () => log.renew()),
      log.element,
    );
  },
};

function carriedOut(context, atlas, log) {
  const ranking = fulfilment(context, atlas);
  const reported = () => {
    ranking.renew();
    log.renew();
  };
  return h("div", { class: "life-made" }, outputs(context, atlas, reported), ranking.element);
}
