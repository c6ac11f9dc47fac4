/** Plans: reading, selecting and naming them. */

import { fetchJson } from "./api.js";
import { formatDateTime } from "./format.js";
import { textOr, t } from "./i18n.js";

const STORAGE_KEY = "allot.plan";

/**
 * Read a plan.
 * @param {string} id identifier of the plan
 * @returns {Promise<Plan>} the plan
 */
export const fetchPlan = (id) => fetchJson(`/v1/plans/${encodeURIComponent(id)}`);

/**
 * Read the newest plans.
 * @param {number} [limit] greatest number of plans
 * @returns {Promise<PlanListEntry[]>} entries of the list of plans
 */
export const fetchRecentPlans = async (limit = 20) =>
  (await fetchJson(`/v1/plans?limit=${limit}`)).plans;

/**
 * Find the plan that this browser showed last; otherwise the newest finished plan.
 * @returns {Promise<string|null>} its identifier; null if there is no finished plan
 */
export async function findLatestPlan() {
  const plans = await fetchRecentPlans(50);
  return selectLatestPlan(plans, localStorage.getItem(STORAGE_KEY));
}

/**
 * Select the plan to show.
 * @param {PlanListEntry[]} plans plans, newest first
 * @param {string|null} lastId identifier of the plan shown last
 * @returns {string|null} identifier of a finished plan, preferably one with figures
 */
export function selectLatestPlan(plans, lastId) {
  const finished = plans.filter((plan) => plan.status === "finished");
  const last = finished.find((plan) => plan.id === lastId);
  const withFigures = finished.find((plan) => plan.served_share !== null);
  return (last ?? withFigures ?? finished[0])?.id ?? null;
}

/**
 * Remember a plan as the one shown last.
 * @param {string} id identifier of the plan
 */
export const rememberPlan = (id) => localStorage.setItem(STORAGE_KEY, id);

/**
 * Name a plan.
 * @param {{title: string, source: PlanSource, created: string}} plan a plan or an entry of the list of plans
 * @returns {string} its title; without one, its source and the time of its creation
 */
export function getPlanTitle(plan) {
  return plan.title || `${describePlanSource(plan)} · ${formatDateTime(plan.created)}`;
}

/**
 * Describe where the problem of a plan came from.
 * @param {{source: PlanSource}} plan a plan or an entry of the list of plans
 * @returns {string} province, scenario and number of changes
 */
export function describePlanSource({ source }) {
  if (!source.province) return source.name || t("plan.inline-problem");
  const parts = [textOr(`province.${source.province}`, source.name || source.province)];
  if (source.scenario) parts.push(textOr(`scenario.${source.scenario}`, source.scenario));
  const count = source.changes.length;
  if (count) parts.push(t("plan.changes", { n: count }));
  return parts.join(" · ");
}
