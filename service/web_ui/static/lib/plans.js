/** Plans: which one is looked at, and what they are called. */

import { get } from "./api.js";
import { moment } from "./format.js";
import { or, t } from "./i18n.js";

const KEY = "allot.plan";

/** Read a plan. @param {string} id the plan @returns {Promise<object>} its view */
export const read = (id) => get(`/v1/plans/${encodeURIComponent(id)}`);

/** The newest plans. @param {number} [limit] how many @returns {Promise<object[]>} their heads */
export const recent = async (limit = 20) => (await get(`/v1/plans?limit=${limit}`)).plans;

/** @returns {Promise<string|null>} the plan last looked at in this browser, if it still is there; else the newest finished one */
export async function latest() {
  const all = await recent(50);
  const last = localStorage.getItem(KEY);
  const there = all.filter((plan) => plan.status === "finished");
  return (
    (
      there.find((plan) => plan.id === last) ??
      there.find((plan) => plan.served_share !== null) ??
      there[0]
    )?.id ?? null
  );
}

/** Remember a plan as the one that is looked at. @param {string} id the plan */
export const remember = (id) => localStorage.setItem(KEY, id);

/**
 * What a plan is called.
 * @param {{id: string, source: object, created: string}} plan its view or head
 * @returns {string} its province and scenario, or that its problem was written out; and when it was made
 */
export function title(plan) {
  return `${what(plan)} · ${moment(plan.created)}`;
}

/** What a plan plans. @param {{source: object}} plan its view or head @returns {string} province, scenario and how many changes */
export function what({ source }) {
  if (!source.province) return t("plan.written-out");
  const parts = [or(`province.${source.province}`, source.province)];
  if (source.scenario) parts.push(or(`scenario.${source.scenario}`, source.scenario));
  if (source.changes.length)
    parts.push(
      t(source.changes.length === 1 ? "plan.change" : "plan.changes", { n: source.changes.length }),
    );
  return parts.join(" · ");
}
