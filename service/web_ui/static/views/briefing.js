/** Briefing: what a planner reads first about a plan. Every line leads to the view that explains it. */

import { Card, ShareBar, ViewHead, showContent } from "../lib/elements.js";
import {
  formatNumber,
  formatPeriod,
  formatQuantity,
  formatShare,
  formatWon,
} from "../lib/format.js";
import { loadViewTexts, t } from "../lib/i18n.js";
import { describePeriods } from "../lib/period-runs.js";
import { TitleEditor } from "../lib/title-editor.js";
import { html, useEffect, useState } from "../vendor/preact/preact.js";
import { hasRole } from "./approval/roles.js";
import { Figures } from "./briefing/figures.js";
import { writeHeadline } from "./briefing/headline.js";
import { NextSteps } from "./briefing/next-steps.js";
import { describeLimitOfAllPeriods, formatPoints } from "./shared/descriptions.js";
import { listPlanNames } from "../lib/view-headings.js";
import { loadStylesheet } from "../lib/stylesheets.js";

/** Roles that may change the title of a plan. */
const PLANNER_ROLES = ["bureau", "admin"];

export default {
  id: "briefing",
  title: "nav.briefing",
  /** @param {HTMLElement} root @param {ViewContext} context */
  async show(root, context) {
    const path = `/v1/plans/${encodeURIComponent(context.plan.id)}/briefing`;
    const other = context.params.get("with")?.split(",")[0];
    const query = other ? `?${new URLSearchParams({ with: other })}` : "";
    const [briefing, problemIndex] = await Promise.all([
      context.api.fetchJson(path + query, context.signal),
      context.loadProblemIndex(),
    ]);
    if (context.signal.aborted) return undefined;
    return showContent(root, html`<${BriefingView} ...${{ context, briefing, problemIndex }} />`);
  },
};

/** @typedef {{context: ViewContext, briefing: Briefing, problemIndex: ProblemIndex}} BriefingProps */

/** @param {BriefingProps} props */
function BriefingView({ context, briefing, problemIndex }) {
  const [plan, setPlan] = useState(context.plan);
  const onSaved = (/** @type {Plan} */ saved) => {
    setPlan(saved);
    context.setShownPlan(saved);
  };
  const print = () => globalThis.print();
  return html`
    <${ViewHead} title=${t("nav.briefing")} lead=${listPlanNames(plan).join(" · ")}>
      <div class="buttons">
        <${TitleEditor}
          ...${{ plan, canEdit: hasRole(context.me, plan, PLANNER_ROLES), onSaved }}
        />
        <span class="tag good">${t(`approval.state.${plan.approval_state}`)}</span>
        <button type="button" class="button small print" onClick=${print}>
          ${t("briefing.print")}
        </button>
      </div>
    <//>
    <p class="briefing-headline">${writeHeadline(briefing, problemIndex)}</p>
    <${Figures} ...${{ context, briefing }} />
    <div class="briefing-columns">
      <div>
        <${NextSteps} ...${{ context, briefing, problemIndex }} />
        <${ShortGoods} ...${{ context, briefing, problemIndex }} />
      </div>
      <div>
        <${HoldingLimits} ...${{ context, briefing, problemIndex }} />
        <${MissedDeadlines} ...${{ context, briefing, problemIndex }} />
      </div>
    </div>
    <${LeftOpenSlot} ...${{ context, problemIndex }} />
  `;
}

/**
 * What is left open, loaded when it is asked for, or if it was asked for before.
 * @param {{context: ViewContext, problemIndex: ProblemIndex}} props
 */
function LeftOpenSlot(props) {
  const { context } = props;
  const [isOpen, setOpen] = useState(context.params.has("ranges"));
  const [component, setComponent] = useState(/** @type {{LeftOpen: unknown}|null} */ (null));
  useEffect(() => {
    const query = new URLSearchParams({ base_plan: context.plan.id, limit: "1" });
    context.api.fetchJson(`/v1/ranges?${query}`, context.signal).then(
      ({ analyses }) => setOpen((known) => known || analyses.length > 0),
      () => {}, // the button stays
    );
  }, []);
  useEffect(() => {
    if (!isOpen) return;
    Promise.all([
      import("./briefing/ranges.js"),
      loadViewTexts("analysis"),
      loadViewTexts("ranges"),
      loadStylesheet("study"),
    ]).then(([module]) => setComponent(module));
  }, [isOpen]);
  if (component) return html`<${component.LeftOpen} ...${props} />`;
  return html`<div class="buttons">
    <button type="button" class="button" disabled=${isOpen} onClick=${() => setOpen(true)}>
      ${t("briefing.left-open")}
    </button>
  </div>`;
}

/** @param {BriefingProps} props */
function ShortGoods({ context, briefing, problemIndex }) {
  const { short_goods: goods, short_good_count: count } = briefing;
  if (!goods.length) {
    return html`<${Card} name="short-goods" title=${t("briefing.short")}>
      <p class="soft">${t("briefing.short-none")}</p>
    <//>`;
  }
  const greatest = goods[0].short_value;
  return html`<${Card} name="short-goods" title=${t("briefing.short")}>
    <ol class="ranking">
      ${goods.map((good) => {
        const where =
          good.counties === 1
            ? problemIndex.getName(good.county)
            : t("briefing.counties", { n: good.counties });
        return html`<li key=${good.item}>
          <a href=${context.buildHref("bottlenecks", { item: good.item })}>
            ${problemIndex.getName(good.item)}
          </a>
          <strong class="number">
            ${formatQuantity(good.short, problemIndex.getUnit(good.item))}
          </strong>
          <${ShareBar} share=${good.short_value / greatest} />
          <span class="soft small">
            ${t("briefing.good-text", {
              share: formatShare(good.served_share),
              won: formatWon(good.short_value),
              where,
              periods: describePeriods(good.periods, problemIndex.periods),
            })}
            ${renderChange(good.compared_served_share, good.served_share, 1)}
          </span>
        </li>`;
      })}
    </ol>
    ${
      count > goods.length &&
      html`<p class="small">
        <a href=${context.buildHref("bottlenecks")}>${t("briefing.more-goods", { n: count })}</a>
      </p>`
    }
  <//>`;
}

/** @param {BriefingProps} props */
function HoldingLimits({ context, briefing, problemIndex }) {
  const { limits, limit_count: count, short_good_count: shortCount } = briefing;
  if (!limits.length) {
    const text = shortCount ? "briefing.holds-rounding" : "briefing.holds-none";
    return html`<${Card} name="holding-limits" title=${t("briefing.holds")}>
      <p class="soft">${t(text)}</p>
    <//>`;
  }
  return html`<${Card} name="holding-limits" title=${t("briefing.holds")}>
    <ol class="ranking">
      ${limits.map((limit) => {
        const wanted = { rule: limit.rule, limit: limit.id };
        return html`<li key=${`${limit.rule} ${limit.id} ${limit.part}`}>
          <a href=${context.buildHref("bottlenecks", wanted)}>
            ${describeLimitOfAllPeriods(problemIndex, limit)}
          </a>
          <strong class="number">${formatShare(limit.held_share)}</strong>
          <${ShareBar} share=${limit.held_share} />
          <span class="soft small">
            ${t(limit.shortages === 1 ? "briefing.limit-text-one" : "briefing.limit-text", {
              n: formatNumber(limit.shortages),
              won: formatWon(limit.held_value),
              periods: describePeriods(limit.periods, problemIndex.periods),
            })}
            ${renderChange(limit.compared_held_share, limit.held_share, -1)}
          </span>
        </li>`;
      })}
    </ol>
    <p class="soft small">${t("briefing.holds-text")}</p>
    ${
      count > limits.length &&
      html`<p class="small">
        <a href=${context.buildHref("bottlenecks")}>${t("briefing.more-limits", { n: count })}</a>
      </p>`
    }
  <//>`;
}

/**
 * Render the change of a share against the other plan.
 * @param {number|null} compared share in the other plan; null without one
 * @param {number} share share in this plan
 * @param {1|-1} good whether a rise is good
 */
function renderChange(compared, share, good) {
  if (compared === null) return null;
  const difference = Math.sign(Math.round((share - compared) * 1e4)) * good;
  const tone = difference > 0 ? "better" : difference < 0 ? "worse" : "same";
  return html`${" · "}<span class=${`change ${tone}`}>${formatPoints(compared, share)}</span>`;
}

/** @param {BriefingProps} props */
function MissedDeadlines({ context, briefing, problemIndex }) {
  const { missed_deadlines: missed, missed_deadline_count: count } = briefing;
  const hasDueDates = briefing.figures.some(
    ({ name, value }) => name === "in_time_share" && value !== null,
  );
  if (!hasDueDates) return null;
  return html`<${Card} name="deadlines" title=${t("briefing.deadlines")}>
    ${
      missed.length
        ? html`<ul class="ranking">
            ${missed.map(
              (one) =>
                html`<li key=${`${one.item} ${one.period}`}>
                  <a
                    href=${context.buildHref("bottlenecks", { item: one.item, period: one.period })}
                  >
                    ${problemIndex.getName(one.item)}, ${describeDueDate(one)}
                  </a>
                  <strong class="number">
                    ${formatQuantity(one.missed, problemIndex.getUnit(one.item))}
                  </strong>
                  <span class="soft small">
                    ${t("briefing.deadline-text", {
                      share: formatShare(one.missed / one.due),
                      where:
                        one.counties === 1
                          ? problemIndex.getName(one.county)
                          : t("briefing.counties", { n: one.counties }),
                    })}
                  </span>
                </li>`,
            )}
          </ul>`
        : html`<p class="soft">${t("briefing.deadlines-none")}</p>`
    }
    ${
      count > missed.length &&
      html`<p class="soft small">${t("briefing.more-deadlines", { n: count })}</p>`
    }
  <//>`;
}

/** @param {MissedDeadline} deadline @returns {string} such as `by 15 April 2002` */
function describeDueDate({ period, by }) {
  const month = /^(\d{4})-(\d{2})$/.exec(period);
  if (!month) return t("briefing.due-in", { period });
  const days = new Date(Date.UTC(Number(month[1]), Number(month[2]), 0)).getUTCDate();
  const day = Math.round(by * days) || 1;
  return t("briefing.due-by", { day, period: formatPeriod(period, "long") });
}
