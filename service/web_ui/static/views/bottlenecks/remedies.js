/** Verified remedies: what each does and costs, applied to see. */

import { fill, h } from "../../lib/dom.js";
import { period as month, quantity, share, won } from "../../lib/format.js";
import { t } from "../../lib/i18n.js";
import { announce, failure, loading } from "../../lib/feedback.js";
import { keeper } from "../shared/save.js";
import { headline, most } from "../shared/comparison.js";
import { amountOf, changeName, limitName } from "../shared/descriptions.js";

const PLAIN = 10;

/**
 * Remedies as cards.
 * @param {object} context the view's
 * @param {import("../../lib/problem-index.js").Atlas} atlas the problem
 * @param {object} answer as `/remedies` gives it
 * @param {string[]} cell county, item, period
 * @returns {HTMLElement} a list; a sentence where there is none
 */
export function remedyList(context, atlas, answer, cell) {
  if (!answer.remedies.length) return h("p", {}, t("reasons.no-remedy", { n: answer.tried }));
  return h(
    "ol",
    { class: "remedies" },
    answer.remedies.map((remedy) => card(context, atlas, remedy, cell)),
  );
}

function card(context, atlas, remedy, cell) {
  const unit = atlas.unit(cell[1]);
  const values = { before: quantity(remedy.before, unit), after: quantity(remedy.after, unit) };
  return h(
    "li",
    { class: "remedy", data: { rule: remedy.rule, id: remedy.id, manner: remedy.manner } },
    h("h3", {}, title(atlas, remedy)),
    h("p", {}, t("reasons.leaves", values), " ", cost(remedy)),
    remedy.losers.length > 0 && losers(atlas, remedy),
    remedy.posted !== null &&
      h(
        "p",
        { class: "soft small posted" },
        t("reasons.posted", { posted: quantity(remedy.posted, unit) }),
      ),
    remedy.changes.length > 0 && applying(context, atlas, remedy),
    !remedy.changes.length &&
      remedy.manner !== "shared" &&
      h("p", { class: "soft small" }, t("reasons.no-change")),
  );
}

function title(atlas, remedy) {
  if (remedy.manner === "shared") return t("reasons.share");
  const more = {
    limit: limitName(atlas, remedy),
    amount: amountOf(remedy.amount, remedy.unit),
    share: remedy.relative <= PLAIN ? t("reasons.relative", { share: share(remedy.relative) }) : "",
  };
  return t(remedy.manner === "free" ? "reasons.more-free" : "reasons.more", more);
}

function cost(remedy) {
  if (remedy.objective === 0) return t("reasons.no-worse");
  return t(remedy.objective > 0 ? "reasons.costs" : "reasons.saves", {
    won: won(Math.abs(remedy.objective)),
  });
}

function losers(atlas, remedy) {
  const one = (need) =>
    t("reasons.loser", {
      item: atlas.name(need.item),
      county: atlas.name(need.county),
      period: month(need.period, "long"),
      units: quantity(need.units, atlas.unit(need.item)),
    });
  return h(
    "details",
    {},
    h(
      "summary",
      { class: "small" },
      t("reasons.losers", { lose: won(remedy.others_lose), gain: won(remedy.others_gain) }),
    ),
    h(
      "ul",
      { class: "said small" },
      remedy.losers.map((need) => h("li", {}, one(need))),
    ),
  );
}

function applying(context, atlas, remedy) {
  const place = h("div", { class: "tried", hidden: true });
  const button = h("button", { type: "button", class: "button small apply" }, t("reasons.apply"));
  const apply = async () => {
    place.hidden = false;
    button.disabled = true;
    fill(place, loading(t("reasons.solving")));
    try {
      const answer = await context.api.post(
        `/v1/plans/${encodeURIComponent(context.plan.id)}/what-if`,
        { changes: remedy.changes },
        { signal: context.signal },
      );
      fill(place, tried(context, atlas, remedy.changes, answer));
      announce(t("reasons.applied"));
    } catch (error) {
      if (!context.signal.aborted) fill(place, failure(error, apply));
    }
    button.disabled = false;
  };
  button.addEventListener("click", apply);
  const further = context.href("what-if", { changes: JSON.stringify(remedy.changes) });
  return [
    h(
      "div",
      { class: "buttons" },
      button,
      h("a", { class: "button small", href: further }, t("reasons.further")),
    ),
    place,
  ];
}

function tried(context, atlas, changes, answer) {
  return [
    h(
      "p",
      { class: "soft small" },
      t("reasons.tried", { change: changes.map((change) => changeName(atlas, change)).join("; ") }),
    ),
    headline(answer),
    h("div", {}, most(answer, atlas)),
    keeper(context, () => changes),
  ];
}
