/** The plans there are, newest first. */

import { fill, h } from "../../lib/dom.js";
import { what } from "../../lib/plans.js";
import { empty } from "../../lib/feedback.js";

const SHOWN = 8;

/**
 * Fill a card with the newest plans, and older ones on request.
 * @param {HTMLElement} card the card
 * @param {import("../../lib/router.js").Context} context of the view
 */
export async function recentPlans(card, context) {
  const { api, t } = context;
  const body = h("tbody");
  const more = h(
    "button",
    { type: "button", class: "button small", on: { click: () => add() } },
    t("start.more"),
  );
  let next = `/v1/plans?limit=${SHOWN}`;
  async function add() {
    const page = await api.get(next);
    body.append(...page.plans.map((plan) => row(plan, context)));
    next = page.next;
    more.hidden = next === null;
  }
  await add();
  const columns = ["plan", "made", "state"].map((name) =>
    h("th", { scope: "col" }, t(`start.col-${name}`)),
  );
  const head = h(
    "thead",
    {},
    h("tr", {}, columns, h("th", { scope: "col", class: "number" }, t("start.col-served"))),
  );
  const list = body.children.length
    ? [
        h(
          "div",
          { class: "scroll", tabindex: "0", role: "region", "aria-label": t("start.recent") },
          h("table", { class: "rows" }, head, body),
        ),
        more,
      ]
    : empty(t("start.recent-none"));
  fill(card, h("h2", {}, t("start.recent")), list);
}

function row(plan, { t, format, href, has }) {
  const planned = plan.served_share !== null;
  const address = href(planned && has("map") ? "map" : "start", { plan: plan.id });
  const state =
    plan.status === "finished" ? t(`outcome.${plan.outcome}`) : t(`status.${plan.status}`);
  const kind = planned ? "tag good" : plan.status === "finished" ? "tag bad" : "tag";
  return h(
    "tr",
    {},
    h("td", {}, h("a", { href: address }, what(plan))),
    h("td", { class: "soft" }, format.moment(plan.created)),
    h("td", {}, h("span", { class: kind }, state)),
    h("td", { class: "number" }, format.share(plan.served_share)),
  );
}
