/** What came of a plan, at a glance. */

import { h } from "../../lib/dom.js";
import { workbook } from "../../lib/file-links.js";
import { inEnglish, or } from "../../lib/i18n.js";
import { what } from "../../lib/plans.js";

/**
 * A card of a plan that has ended.
 * @param {object} plan its view
 * @param {import("../../lib/router.js").Context} context of the view
 * @returns {HTMLElement} the card
 */
export function result(plan, context) {
  const { t, href, has } = context;
  const good = plan.outcome === "optimal" || plan.outcome === "feasible";
  const state = plan.status === "cancelled" ? t("status.cancelled") : t(`outcome.${plan.outcome}`);
  const to = (view, text, main) =>
    has(view) &&
    h("a", { class: main ? "button main" : "button", href: href(view, { plan: plan.id }) }, text);
  return h(
    "section",
    { class: "card result", "aria-label": t("start.result") },
    h(
      "div",
      { class: "figure-head" },
      h("h2", {}, what(plan)),
      h("span", { class: good ? "tag good" : "tag bad" }, state),
    ),
    plan.summary ? figures(plan, context) : reason(plan),
    good &&
      h(
        "div",
        { class: "buttons" },
        to("map", t("start.see-map"), true),
        to("year", t("start.see-year"), false),
        workbook(plan),
      ),
  );
}

function figures(plan, { t, format }) {
  const { summary } = plan;
  const power = summary.power_limit_kwh ? summary.power_used_kwh / summary.power_limit_kwh : null;
  const one = (value, text, name) =>
    h("div", { data: { figure: name } }, h("dt", {}, text), h("dd", {}, value));
  return h(
    "dl",
    { class: "figures" },
    one(format.share(summary.served_share), t("start.served"), "served"),
    one(format.share(summary.local_share), t("start.local"), "local"),
    one(format.share(summary.central_share), t("start.central"), "central"),
    power !== null && one(format.share(power), t("start.power"), "power"),
    plan.started && one(format.took(plan.started, plan.finished), t("start.time-taken"), "time"),
  );
}

function reason(plan) {
  const rules = plan.diagnosis?.conflict ?? [];
  if (rules.length)
    return h(
      "ul",
      { class: "findings" },
      rules.slice(0, 12).map((rule) => h("li", {}, broken(rule))),
    );
  return plan.termination ? h("p", { lang: "en" }, plan.termination.detail) : null;
}

function broken({ rule, text }) {
  return inEnglish()
    ? text
    : [or(`rule.${rule}`, rule), h("p", { class: "soft small", lang: "en" }, text)];
}
