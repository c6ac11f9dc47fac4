/** The list of plans, newest first. */

import { renderColumnHeading, renderScrollTable } from "../../lib/components.js";
import { fill, h } from "../../lib/dom.js";
import { renderEmpty } from "../../lib/feedback.js";
import { formatDateTime, formatPeriod, formatShare } from "../../lib/format.js";
import { t } from "../../lib/i18n.js";
import { describePlanSource } from "../../lib/plans.js";
import { MAX_RECENT_PLANS } from "../../lib/view-list.js";

/**
 * Fill a card with the newest plans, and older plans on request.
 * @param {HTMLElement} card the card
 * @param {ViewContext} context context of the view
 */
export async function renderRecentPlans(card, context) {
  /** @type {string|null} */
  let next = `/v1/plans?limit=${MAX_RECENT_PLANS}`;
  const loadPage = async () => {
    const page = await context.api.fetchJson(next ?? "");
    next = page.next;
    return page.plans.map((/** @type {PlanListEntry} */ plan) => renderRow(plan, context));
  };
  const rows = await loadPage();
  const title = h("h2", {}, t("start.recent"));
  if (!rows.length) {
    fill(card, title, renderEmpty(t("start.recent-none")));
    return;
  }
  const table = renderScrollTable({
    label: t("start.recent"),
    head: ["plan", "created", "state", "served"].map((name) =>
      renderColumnHeading(t(`start.col-${name}`), name === "served"),
    ),
    rows,
  });
  const more = h("button", { type: "button", class: "button small" }, t("start.more"));
  more.hidden = next === null;
  more.addEventListener("click", async () => {
    table.querySelector("tbody")?.append(...(await loadPage()));
    more.hidden = next === null;
  });
  fill(card, title, table, more);
}

/** @param {PlanListEntry} plan @param {ViewContext} context @returns {HTMLElement} */
function renderRow(plan, context) {
  const isFinished = plan.status === "finished";
  const hasFigures = plan.served_share !== null;
  const href = context.buildHref(hasFigures ? "briefing" : "start", { plan: plan.id });
  const state = isFinished ? `outcome.${plan.outcome}` : `status.${plan.status}`;
  const tone = hasFigures ? "tag good" : isFinished ? "tag bad" : "tag";
  return h(
    "tr",
    {},
    h(
      "td",
      {},
      h("a", { href }, plan.title || describePlanSource(plan)),
      h("p", { class: "soft small" }, listParticulars(plan).join(" · ")),
    ),
    h("td", { class: "soft" }, formatDateTime(plan.created)),
    h(
      "td",
      {},
      h("span", { class: tone }, t(state)),
      hasFigures && h("p", { class: "soft small" }, t(`approval.state.${plan.approval_state}`)),
    ),
    h("td", { class: "number" }, formatShare(plan.served_share)),
  );
}

/** @param {PlanListEntry} plan @returns {string[]} what tells a plan from others, beside its name */
function listParticulars(plan) {
  const origin = plan.source.replanned
    ? t("plan.replanned", { period: formatPeriod(plan.source.replanned.from, "long") })
    : plan.base_plan && t("plan.changed");
  const source = plan.title ? describePlanSource(plan) : "";
  return [source, origin ?? "", ...plan.tags.map((tag) => `#${tag}`)].filter(Boolean);
}
