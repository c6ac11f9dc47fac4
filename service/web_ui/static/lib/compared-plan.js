/** The plan that a view is compared with: its problem and its tables. */

import { ApiError, fetchTable } from "./api.js";
import { readComparedPlan } from "./plan-context.js";
import { fetchPlan } from "./plans.js";
import { loadProblemIndex } from "./problem-index.js";

/**
 * @typedef {object} ComparedPlan
 * @property {string} id identifier of the plan
 * @property {Plan} plan the plan
 * @property {ProblemIndex} problemIndex its problem, which may have other places, items and periods
 * @property {(name: string, query?: Record<string, string|string[]>) => Promise<Columns>} fetchTable reads a table of it
 */

/**
 * Value items of two problems alike: by this problem, and by the other one what this problem does not have.
 * @param {ProblemIndex} problemIndex this problem
 * @param {ProblemIndex} other the other problem
 * @returns {Pick<ProblemIndex, "periods"|"factories"|"isGood"|"getValue">} the periods of this problem, the factories of the other, and the values
 */
export function mergeValues(problemIndex, other) {
  const choose = (/** @type {string} */ id) => (problemIndex.items.has(id) ? problemIndex : other);
  return {
    periods: problemIndex.periods,
    factories: other.factories,
    isGood: (id) => choose(id).isGood(id),
    getValue: (id) => choose(id).getValue(id),
  };
}

/**
 * Load the plan that the URL compares with.
 * @param {Pick<ViewContext, "params">} context context of the view
 * @returns {Promise<ComparedPlan|null>} null if there is none, or none with tables
 */
export async function loadComparedPlan({ params }) {
  const id = readComparedPlan(params);
  if (!id) return null;
  try {
    const plan = await fetchPlan(id);
    if (!plan.tables?.supply) return null;
    const problemIndex = await loadProblemIndex(id);
    return {
      id,
      plan,
      problemIndex,
      fetchTable: async (name, query) => (await fetchTable(id, name, query)).columns,
    };
  } catch (error) {
    // The context bar takes a plan that is not there out of the URL.
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}
