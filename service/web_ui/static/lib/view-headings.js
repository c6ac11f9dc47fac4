/** What the heading of a view says before its module and its figures are loaded. */

import { t } from "./i18n.js";
import { describePlanSource, getPlanTitle } from "./plans.js";
import { chooseYearPart } from "./view-list.js";

/** Parameters of the view `factories` that show sheets, which have headings of their own. */
const SHEETS = ["sheet", "county-sheet", "sheets"];

/**
 * Choose what the view `study` lists.
 * @param {URLSearchParams} params parameters of its URL
 * @returns {"studies"|"backtests"} the kind of analysis
 */
export const chooseStudyPart = (params) =>
  params.get("part") === "backtests" ? "backtests" : "studies";

/**
 * List the names of a plan.
 * @param {Plan} plan the plan
 * @returns {string[]} its title, if it has one, and its source
 */
export const listPlanNames = (plan) => [plan.title, describePlanSource(plan)].filter(Boolean);

/** @typedef {{title: string, lead: string}} Heading title and introduction of a view */

/** @type {Record<string, (params: URLSearchParams, plan: Plan|null) => Heading|null>} */
const HEADINGS = {
  start: () => ({ title: t("start.title"), lead: t("start.lead") }),
  briefing: (_, plan) =>
    plan && { title: t("nav.briefing"), lead: listPlanNames(plan).join(" · ") },
  year: (params) => ({
    title: t("year.title"),
    lead: t(`year.lead.${chooseYearPart(params)}`),
  }),
  factories: (params) =>
    SHEETS.some((name) => params.has(name))
      ? null
      : { title: t("nav.factories"), lead: t("factories.lead") },
  "by-hand": () => ({ title: t("by-hand.title"), lead: t("by-hand.lead") }),
  "what-if": () => ({ title: t("nav.what-if"), lead: t("what-if.lead") }),
  study: (params) => {
    if (params.has("study") || params.has("backtest")) return null;
    const part = chooseStudyPart(params);
    return { title: t(`study.title.${part}`), lead: t(`study.lead.${part}`) };
  },
  compare: () => ({ title: t("nav.compare"), lead: t("compare.lead") }),
  bottlenecks: () => ({ title: t("nav.bottlenecks"), lead: t("bottlenecks.lead") }),
  approval: (_, plan) =>
    plan && {
      title: t("nav.approval"),
      lead: t("approval.lead", { plan: getPlanTitle(plan) }),
    },
};

/**
 * Describe a view before its figures are read.
 * @param {string} id the view
 * @param {URLSearchParams} params parameters of its URL
 * @param {Plan|null} plan its plan; null until it is read
 * @returns {Heading|null} its heading; null if it depends on more than is known
 */
export const describeView = (id, params, plan) => HEADINGS[id]?.(params, plan) ?? null;
