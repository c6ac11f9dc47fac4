/** Verified remedies: what each one does, what it costs, and the plan with it. */

import { fill, h } from "../../lib/dom.js";
import { announce, renderFailure, renderLoading } from "../../lib/feedback.js";
import { formatPeriod, formatQuantity, formatShare, formatWeightedWon } from "../../lib/format.js";
import { t } from "../../lib/i18n.js";
import {
  hasFigures,
  renderHeadline,
  renderInfeasibleComparison,
  renderLargestChanges,
  renderReservedNeeds,
} from "../shared/comparison.js";
import { describeChange, describeLimit, formatAmount } from "../shared/descriptions.js";
import { createSaveControl } from "../shared/save.js";

/** Larger relative amounts are left out: they say nothing where the limit is close to zero. */
const MAX_RELATIVE_AMOUNT = 10;

/** Limits from below, which a remedy makes smaller. */
const FLOORS = new Set(["due", "served_least", "local_floor", "line_least", "stock_least"]);

/**
 * Render remedies as cards.
 * @param {ViewContext} context context of the view
 * @param {ProblemIndex} problemIndex the problem
 * @param {Remedies} answer what `/remedies` answers
 * @param {string} item the item that is short
 * @returns {HTMLElement} a list, or a sentence if there is no remedy
 */
export function renderRemedies(context, problemIndex, answer, item) {
  if (!answer.remedies.length) {
    const reason = answer.reason ? t(`bottlenecks.reason.${answer.reason}`) : "";
    return h("p", {}, t("bottlenecks.no-remedy", { n: answer.evaluated }), " ", reason);
  }
  const unit = problemIndex.getUnit(item);
  const cards = answer.remedies.map((remedy) => renderRemedy(context, problemIndex, remedy, unit));
  return h("ol", { class: "remedies" }, cards);
}

/** @param {ViewContext} context @param {ProblemIndex} problemIndex @param {Remedy} remedy @param {string} unit @returns {HTMLElement} */
function renderRemedy(context, problemIndex, remedy, unit) {
  const values = {
    before: formatQuantity(remedy.before, unit),
    after: formatQuantity(remedy.after, unit),
  };
  const remaining = remedy.shortage_if_not_reserved;
  return h(
    "li",
    { class: "remedy", data: { rule: remedy.rule, id: remedy.id, kind: remedy.kind } },
    h("h3", {}, t("bottlenecks.effect", values)),
    h("p", { class: "remedy-means" }, describeMeans(problemIndex, remedy)),
    h("p", {}, describeCost(remedy)),
    remedy.worse_off.length > 0 && renderWorseOff(problemIndex, remedy),
    remaining !== null &&
      h(
        "p",
        { class: "soft small not-reserved" },
        t("bottlenecks.not-reserved", { amount: formatQuantity(remaining, unit) }),
      ),
    remedy.changes.length > 0 && createApplyControl(context, problemIndex, remedy.changes),
    !remedy.is_whole && h("p", { class: "soft small" }, t("bottlenecks.not-whole")),
  );
}

/** @param {ProblemIndex} problemIndex @param {Remedy} remedy @returns {string} what becomes larger, and for whom */
function describeMeans(problemIndex, remedy) {
  if (remedy.kind === "reallocated") return t("bottlenecks.reallocated");
  const limits = remedy.limits.map((limit) => describeLargerLimit(problemIndex, limit));
  return t(`bottlenecks.${remedy.kind}`, { limits: limits.join(t("bottlenecks.together")) });
}

/** @param {ProblemIndex} problemIndex @param {RemedyLimit} limit @returns {string} */
function describeLargerLimit(problemIndex, limit) {
  const relative =
    limit.relative_amount <= MAX_RELATIVE_AMOUNT
      ? t("bottlenecks.relative", { share: formatShare(limit.relative_amount) })
      : "";
  const isFloor = FLOORS.has(limit.rule);
  return t(isFloor ? "bottlenecks.less" : "bottlenecks.more", {
    limit: describeLimit(problemIndex, limit),
    amount: formatAmount(limit.amount, limit.unit),
    relative: isFloor ? "" : relative,
  });
}

/** @param {Remedy} remedy @returns {string} */
function describeCost(remedy) {
  const change = remedy.objective_change;
  if (change === 0) return t("bottlenecks.no-cost");
  const won = formatWeightedWon(Math.abs(change));
  return t(change > 0 ? "bottlenecks.costs" : "bottlenecks.saves", { won });
}

/** @param {ProblemIndex} problemIndex @param {Remedy} remedy @returns {HTMLElement} */
function renderWorseOff(problemIndex, remedy) {
  const items = remedy.worse_off.map((need) => {
    const values = {
      item: problemIndex.getName(need.item),
      county: problemIndex.getName(need.county),
      period: formatPeriod(need.period, "long"),
      units: formatQuantity(need.units, problemIndex.getUnit(need.item)),
    };
    return h("li", {}, t("bottlenecks.worse-off-need", values));
  });
  const totals = {
    loss: formatWeightedWon(remedy.loss_to_others),
    gain: formatWeightedWon(remedy.gain_to_others),
  };
  return h(
    "details",
    {},
    h("summary", { class: "small" }, t("bottlenecks.worse-off", totals)),
    h("ul", { class: "sentences small" }, items),
  );
}

/** @param {ViewContext} context @param {ProblemIndex} problemIndex @param {Change[]} changes @returns {Child} */
function createApplyControl(context, problemIndex, changes) {
  const frame = h("div", { class: "applied", hidden: true });
  const button = h(
    "button",
    { type: "button", class: "button small apply" },
    t("bottlenecks.apply"),
  );
  const path = `/v1/plans/${encodeURIComponent(context.plan.id)}/what-if`;
  const apply = async () => {
    frame.hidden = false;
    button.disabled = true;
    fill(frame, renderLoading(t("bottlenecks.solving-one")));
    try {
      const options = { signal: context.signal };
      const comparison = await context.api.postJson(path, { changes }, options);
      fill(frame, renderAppliedRemedy(context, problemIndex, changes, comparison));
      announce(t("bottlenecks.applied"));
    } catch (error) {
      if (!context.signal.aborted) fill(frame, renderFailure(error, apply));
    }
    button.disabled = false;
  };
  button.addEventListener("click", apply);
  const href = context.buildHref("what-if", { changes: JSON.stringify(changes) });
  const link = h("a", { class: "button small", href }, t("bottlenecks.open-what-if"));
  return [h("div", { class: "buttons" }, button, link), frame];
}

/** @param {ViewContext} context @param {ProblemIndex} problemIndex @param {Change[]} changes @param {Comparison} comparison @returns {Child} */
function renderAppliedRemedy(context, problemIndex, changes, comparison) {
  const change = changes.map((one) => describeChange(problemIndex, one)).join("; ");
  const solved = h("p", { class: "soft small" }, t("bottlenecks.solved-with", { change }));
  if (!hasFigures(comparison)) {
    return [solved, renderInfeasibleComparison(comparison, problemIndex)];
  }
  return [
    solved,
    renderReservedNeeds(comparison, problemIndex),
    renderHeadline(comparison),
    h("div", {}, renderLargestChanges(comparison, problemIndex)),
    createSaveControl(context, () => changes),
  ];
}
