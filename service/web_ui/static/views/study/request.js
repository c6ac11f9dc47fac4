/** From the forms of the page to the requests of the service. */

import { createRandomKey } from "../../lib/dom.js";
import { buildTypedDistribution } from "./observed-values.js";

/** @typedef {import("./factor-kinds.js").FactorKind} FactorKind */

/**
 * @typedef {object} FactorChoice something that is not known
 * @property {string} key identifier within the form
 * @property {string} kind kind of factor
 * @property {string} where what it selects; empty for everything
 * @property {number} low least factor
 * @property {number} high greatest factor
 * @property {"uniform"|"triangular"|"empirical"|"list"} shape whether all factors are equally likely, or those near the plan's most, or those that are typed
 * @property {string} typed values of past years or a list of values, as typed; empty until one of these shapes is chosen
 *
 * @typedef {object} CorrelationChoice how two factors move together
 * @property {string} first key of a factor
 * @property {string} second key of another factor
 * @property {number} value rank correlation, −1 to 1
 *
 * @typedef {object} AdaptiveChoice further draws where the bounds leave most open
 * @property {number} maxRuns most further draws
 * @property {number} width relative width of the bounds at which to stop
 * @property {string} limit objective of which only the side matters, as typed; empty for none
 *
 * @typedef {object} LeverChoice something that the planner could do
 * @property {string} kind kind of change
 * @property {string} where what it selects; empty for everything
 * @property {number} factor factor
 *
 * @typedef {object} ThresholdChoice a served share that should be kept
 * @property {string} of needs that count, such as `priority:1`; empty for all
 * @property {number} least least served share
 *
 * @typedef {object} StudyForm what the form of a study states
 * @property {FactorChoice[]} factors
 * @property {CorrelationChoice[]} correlations may name factors that were removed
 * @property {LeverChoice[]} levers
 * @property {ThresholdChoice[]} thresholds
 * @property {number} size number of draws
 * @property {string} fidelity length of periods
 * @property {string} hold what the plan holds
 * @property {AdaptiveChoice|null} adaptive further draws; null for none
 */

/** A threshold begins at a whole multiple of this, at least a little below the plan. */
const [THRESHOLD_STEP, THRESHOLD_ROOM] = [0.05, 0.02];

/** Problems with as many periods are first solved by longer periods. */
const MANY_PERIODS = 6;

/** Draws to begin with: a power of two. */
const DEFAULT_SIZE = 128;

/** Names are at most this long, with room for a number. */
const MAX_NAME = 90;

/** Kinds that a form begins with, if the problem has them. */
const FIRST_KINDS = ["power", "deliveries", "rail"];

/**
 * Choose a factor of a kind with its plain range.
 * @param {FactorKind} kind the kind
 * @returns {FactorChoice} the choice
 */
export const chooseFactor = ({ id, low, high }) => ({
  key: createRandomKey(), // kept forms have keys of an earlier page
  kind: id,
  where: "",
  low,
  high,
  shape: "uniform",
  typed: "",
});

/**
 * Choose further draws with the choices of the service.
 * @returns {AdaptiveChoice} the choice
 */
export const createAdaptiveChoice = () => ({ maxRuns: 64, width: 0.02, limit: "" });

/**
 * Fill the form of a study with plain choices.
 * @param {FactorKind[]} kinds kinds of factors that the problem has
 * @param {{periods: string[]}} problem the problem
 * @param {number} served served share of the plan
 * @returns {StudyForm} the form
 */
export function createStudyForm(kinds, { periods }, served) {
  const first = kinds.filter(({ id }) => FIRST_KINDS.includes(id));
  const least = Math.max(
    0,
    Math.floor((served - THRESHOLD_ROOM) / THRESHOLD_STEP + 1e-9) * THRESHOLD_STEP,
  );
  return {
    factors: (first.length ? first : kinds.slice(0, 1)).map(chooseFactor),
    correlations: [],
    levers: [],
    thresholds: [{ of: "", least: Number(least.toFixed(2)) }],
    size: DEFAULT_SIZE,
    fidelity: periods.length >= MANY_PERIODS ? "auto" : "month",
    hold: "nothing",
    adaptive: null,
  };
}

/** @param {{what: string}} kind @param {{where: string}} choice */
const buildTarget = ({ what }, { where }) => ({ what, ...(where ? { where } : {}) });

/**
 * Name choices after their kind and place, each name once.
 * @param {{kind: string, where: string}[]} choices the choices
 * @returns {string[]} names in the same order
 */
export function nameChoices(choices) {
  /** @type {Map<string, number>} */
  const seen = new Map();
  return choices.map(({ kind, where }) => {
    const name = (where ? `${kind}-${where}` : kind).slice(0, MAX_NAME);
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count > 1 ? `${name}-${count}` : name;
  });
}

/** @param {FactorChoice} choice @param {FactorKind} kind @returns {Record<string, any>} */
function buildDistribution({ low, high, shape, typed }, { most }) {
  if (shape === "uniform") return { kind: "uniform", low, high };
  if (shape !== "triangular") return buildTypedDistribution(shape, typed, most);
  return { kind: "triangular", low, mode: Math.min(high, Math.max(low, 1)), high };
}

/** @param {FactorChoice[]} factors @param {FactorKind[]} kinds @returns {Record<string, any>[]} */
function buildFactors(factors, kinds) {
  const names = nameChoices(factors);
  return factors.map((choice, k) => {
    const kind = findKind(kinds, choice.kind);
    return {
      name: names[k],
      changes: [buildTarget(kind, choice)],
      distribution: buildDistribution(choice, kind),
    };
  });
}

/** @param {StudyForm} form @returns {Record<string, any>[]} rank correlations of the factors that are there */
function buildCorrelations({ factors, correlations }) {
  const names = nameChoices(factors);
  const find = (/** @type {string} */ key) => names[factors.findIndex((one) => one.key === key)];
  return correlations
    .map(({ first, second, value }) => ({ factors: [find(first), find(second)], value }))
    .filter((pair) => pair.factors.every(Boolean));
}

/** @param {AdaptiveChoice} choice @returns {Record<string, any>} */
function buildAdaptive({ maxRuns, width, limit }) {
  return { max_runs: maxRuns, width, ...(limit ? { threshold: Number(limit) } : {}) };
}

/** @param {FactorKind[]} kinds @param {string} id @returns {FactorKind} */
function findKind(kinds, id) {
  const kind = kinds.find((one) => one.id === id);
  if (!kind) throw new Error(`the problem has no factor ${id}`);
  return kind;
}

/**
 * Read a selection of needs.
 * @param {string} of such as `priority:1` or `county:hyesan`; empty for all needs
 * @returns {Record<string, any>} the property `of` of a measure; nothing for all needs
 */
export function readSelection(of) {
  const [name, value] = of.split(/:(.*)/s);
  if (!value) return {};
  return { of: { [name]: [name === "priority" ? Number(value) : value] } };
}

/**
 * List the priorities of the goods of a problem.
 * @param {Problem} problem the problem
 * @returns {number[]} priorities in ascending order
 */
export const listPriorities = (problem) =>
  [
    ...new Set(
      (problem.items ?? [])
        .filter((item) => (item.kind ?? "good") === "good")
        .map((item) => item.priority ?? 2),
    ),
  ].sort();

/**
 * Build the request of a study.
 * @param {StudyForm} form what the form states
 * @param {FactorKind[]} kinds kinds of factors that the problem has
 * @param {{plan: string, problem: Problem}} base the plan and its problem
 * @returns {Record<string, any>} body of `POST /v1/studies`
 */
export function buildStudyRequest(form, kinds, { plan, problem }) {
  const leverNames = nameChoices(form.levers);
  const priorities = listPriorities(problem).map((one) => readSelection(`priority:${one}`));
  return {
    base: { plan },
    factors: buildFactors(form.factors, kinds),
    rank_correlation: buildCorrelations(form),
    levers: form.levers.map((choice, k) => ({
      name: leverNames[k],
      changes: [{ ...buildTarget(findKind(kinds, choice.kind), choice), factor: choice.factor }],
    })),
    design: { kind: "sobol", size: form.size, seed: 1 },
    ...(form.adaptive ? { adaptive: buildAdaptive(form.adaptive) } : {}),
    fidelity: form.fidelity,
    hold: form.hold,
    outcomes: priorities.map((of) => ({ outcome: "served_share", ...of })),
    thresholds: form.thresholds.map(({ of, least }) => ({
      outcome: "served_share",
      ...readSelection(of),
      least,
    })),
    keep: "tables",
  };
}

/**
 * @typedef {object} BacktestForm what the form of a backtest states
 * @property {FactorChoice[]} factors
 * @property {string[]} policies names of ways of planning
 * @property {number} years number of drawn years
 * @property {number} persistence rank correlation of a factor with itself one period earlier
 * @property {boolean} isShort whether plans look three periods ahead in detail, and then by quarters
 */

/**
 * Ways of planning that the page offers, by name.
 * @type {Record<string, Record<string, any>>}
 */
export const POLICIES = {
  once: { replan_every: null, forecast: "base" },
  quarterly: { replan_every: 3, forecast: "last" },
  monthly: { replan_every: 1, forecast: "last" },
  "monthly-mean": { replan_every: 1, forecast: "mean" },
  "monthly-close": { replan_every: 1, forecast: "last", quotas: "kept_close" },
  "monthly-ceilings": { replan_every: 1, forecast: "last", quotas: "ceilings" },
};

const SHORT_HORIZON = 3;
const DEFAULT_YEARS = 20;

/**
 * Fill the form of a backtest with plain choices.
 * @param {FactorKind[]} kinds kinds of factors that the problem has
 * @param {{periods: string[]}} problem the problem
 * @returns {BacktestForm} the form
 */
export const createBacktestForm = (kinds, problem) => ({
  factors: createStudyForm(kinds, problem, 0).factors,
  policies: ["once", "monthly", "monthly-close"],
  years: DEFAULT_YEARS,
  persistence: 0.5,
  isShort: problem.periods.length >= MANY_PERIODS,
});

/**
 * Build the request of a backtest.
 * @param {BacktestForm} form what the form states
 * @param {FactorKind[]} kinds kinds of factors that the problem has
 * @param {string} plan the plan
 * @returns {Record<string, any>} body of `POST /v1/backtests`
 */
export function buildBacktestRequest(form, kinds, plan) {
  const horizon = form.isShort ? { horizon: { months: SHORT_HORIZON, then: "quarters" } } : {};
  return {
    base: { plan },
    factors: buildFactors(form.factors, kinds),
    paths: { count: form.years, seed: 1, persistence: form.persistence },
    policies: form.policies.map((name) => ({ name, ...POLICIES[name], ...horizon })),
  };
}
