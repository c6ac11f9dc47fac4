/** Figures that the charts of studies show, from the tables of a study. */

/**
 * A row of a table of a study.
 * @typedef {Record<string, any>} Row
 */

/**
 * Turn columns into rows.
 * @param {Columns} columns lists of equal length by name
 * @returns {Row[]} rows
 */
export function listRows(columns) {
  const names = Object.keys(columns);
  const count = names.length ? columns[names[0]].length : 0;
  return Array.from({ length: count }, (_, row) =>
    Object.fromEntries(names.map((name) => [name, columns[name][row]])),
  );
}

/** Part of the runs at each end of a factor whose outcomes are compared. */
const END_PART = 0.25;

/**
 * Find the factors and outcomes among the columns of the table `runs`.
 * @param {string[]} columns its columns
 * @param {string[]} factors names of the factors
 * @param {string[]} outcomes names of the outcomes
 * @returns {{factors: string[], outcomes: string[]}} both in the order of the table
 */
export const splitColumns = (columns, factors, outcomes) => ({
  factors: columns.filter((name) => factors.includes(name)),
  outcomes: columns.filter((name) => outcomes.includes(name)),
});

/**
 * @typedef {object} Driver how an outcome follows a factor
 * @property {string} factor name of the factor
 * @property {number|null} first share of the variance that it alone explains
 * @property {number|null} total share of the variance that remains while only it is unknown
 * @property {number|null} error half the width of the confidence interval of `total`
 * @property {number|null} low mean outcome of the runs with its lowest values
 * @property {number|null} high mean outcome of the runs with its highest values
 */

/**
 * Order the drivers of an outcome, the strongest first.
 * @param {Row[]} drivers rows of the table `drivers` of one lever and outcome
 * @param {Row[]} runs rows of the table `runs` of the same lever
 * @param {string} outcome the outcome
 * @returns {Driver[]} the drivers
 */
export function orderDrivers(drivers, runs, outcome) {
  const found = drivers.map((row) => ({
    factor: row.factor,
    first: row.first_order,
    total: row.total,
    error: row.total_error,
    ...compareEnds(runs, row.factor, outcome),
  }));
  const strength = (/** @type {Driver} */ driver) =>
    driver.total ?? Math.abs((driver.high ?? 0) - (driver.low ?? 0));
  return found.toSorted((one, other) => strength(other) - strength(one));
}

/**
 * Order factors by how much they drive the served share of all needs, the strongest first.
 * @param {string[]} factors names of the factors
 * @param {Row[]} drivers rows of the table `drivers` of one lever
 * @returns {string[]} the names
 */
export function orderFactors(factors, drivers) {
  const totals = new Map(
    drivers.filter((row) => row.outcome === "served_share").map((row) => [row.factor, row.total]),
  );
  return factors.toSorted((one, other) => (totals.get(other) ?? 0) - (totals.get(one) ?? 0));
}

/**
 * Compare the outcome at both ends of a factor.
 * @param {Row[]} runs runs of one lever
 * @param {string} factor the factor
 * @param {string} outcome the outcome
 * @returns {{low: number|null, high: number|null}} mean outcome of the quarter of the runs with the lowest and with the highest values
 */
export function compareEnds(runs, factor, outcome) {
  const solved = runs
    .filter((run) => typeof run[outcome] === "number")
    .toSorted((one, other) => one[factor] - other[factor]);
  const count = Math.floor(solved.length * END_PART);
  if (!count) return { low: null, high: null };
  const mean = (/** @type {Row[]} */ rows) =>
    rows.reduce((sum, run) => sum + run[outcome], 0) / rows.length;
  return { low: mean(solved.slice(0, count)), high: mean(solved.slice(-count)) };
}

/**
 * Compute how often each county falls below a served share.
 * @param {Row[]} runCounties rows of the table `run_counties`
 * @param {Set<number>} runs numbers of the runs that count
 * @param {number} least the served share
 * @returns {Map<string, number>} share of the runs by county; a run without a plan serves nobody
 */
export function computeFailures(runCounties, runs, least) {
  /** @type {Map<string, {below: number, count: number}>} */
  const counties = new Map();
  for (const { run, county, served_share: served } of runCounties) {
    if (!runs.has(run)) continue;
    const tally = counties.get(county) ?? { below: 0, count: 0 };
    tally.count += 1;
    if (served === null || served < least) tally.below += 1;
    counties.set(county, tally);
  }
  return new Map([...counties].map(([county, { below, count }]) => [county, below / count]));
}

/**
 * Tell whether a run fails a threshold.
 * @param {Row} run the run
 * @param {{outcome: string, least?: number|null, most?: number|null}} threshold the threshold
 * @returns {boolean} whether it fails; a run without a plan fails
 */
export function isFailed(run, { outcome, least, most }) {
  const value = run[outcome];
  if (typeof value !== "number") return true;
  return typeof least === "number" ? value < least : value > (most ?? Infinity);
}

/**
 * @typedef {object} Box a box of factors in which a threshold fails
 * @property {number} number its number
 * @property {Map<string, [number, number]>} sides least and greatest value by factor
 * @property {number} coverage share of all failures that lie in it
 * @property {number} density share of its runs that fail
 */

/**
 * Collect the boxes of a threshold.
 * @param {Row[]} rows rows of the table `boxes` of one lever and threshold
 * @returns {Box[]} the boxes in order
 */
export function collectBoxes(rows) {
  /** @type {Map<number, Box>} */
  const boxes = new Map();
  for (const { box, factor, least, greatest, coverage, density } of rows) {
    const known = boxes.get(box) ?? { number: box, sides: new Map(), coverage, density };
    known.sides.set(factor, [least, greatest]);
    boxes.set(box, known);
  }
  return [...boxes.values()].toSorted((one, other) => one.number - other.number);
}

/**
 * @typedef {object} LeverRegret what choosing a lever without knowing the draw costs
 * @property {string} lever
 * @property {number} mean mean regret
 * @property {number} p90 regret that a tenth of the draws exceeds
 * @property {number} greatest greatest regret
 * @property {number} bestShare share of the draws in which no lever is better
 * @property {number[]} regrets regret by draw
 * @property {number} missing draws without a plan
 */

/**
 * Sum up the regret of each lever.
 * @param {Row[]} rows rows of the table `regret`
 * @returns {LeverRegret[]} levers, that of the lowest mean regret first
 */
export function sumRegret(rows) {
  const levers = [...new Set(rows.map((row) => row.lever))];
  const sums = levers.map((lever) => {
    const all = rows.filter((row) => row.lever === lever);
    const regrets = all
      .map((row) => row.regret)
      .filter((value) => typeof value === "number")
      .toSorted((one, other) => one - other);
    const count = regrets.length || 1;
    return {
      lever,
      mean: regrets.reduce((sum, value) => sum + value, 0) / count,
      p90: regrets[Math.ceil(0.9 * regrets.length) - 1] ?? 0,
      greatest: regrets.at(-1) ?? 0,
      bestShare: regrets.filter((value) => value <= 1e-6 * (regrets.at(-1) ?? 1)).length / count,
      regrets,
      missing: all.length - regrets.length,
    };
  });
  return sums.toSorted((one, other) => one.mean - other.mean);
}

/**
 * Compute a quantile of numbers.
 * @param {number[]} sorted numbers in ascending order
 * @param {number} share share of the numbers below it
 * @returns {number} the quantile, interpolated; 0 without numbers
 */
export function computeQuantile(sorted, share) {
  const place = share * (sorted.length - 1);
  const low = Math.floor(place);
  const [from, to] = [sorted[low] ?? 0, sorted[low + 1] ?? sorted[low] ?? 0];
  return from + (to - from) * (place - low);
}
