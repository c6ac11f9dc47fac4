/**
 * Origins of the goods that people get.
 *
 * Goods of one item that meet at a place are mixed completely: everything that leaves the place has the same mix of
 * origins. Therefore the mixes follow from the tables, month by month.
 */

const MAX_ROUNDS = 200;
const CONVERGENCE_TOLERANCE = 1e-10;

/** @typedef {Map<string, number>} Mix shares or amounts by origin */
/** @typedef {{inflows: [string, number][], opening: number, total: number, served: number}} PlaceFlow */
/** @typedef {{from: string, to: string, quantity: number}} Shipment */
/** @typedef {{places: Map<string, PlaceFlow>, shipments: Shipment[]}} MonthFlow */

/**
 * @typedef {object} Flow what the people of a county get from an origin
 * @property {string} origin `centre:<place>`, `factories:<place>`, `partner:<id>` or `stock`
 * @property {string} county the county
 * @property {number} amount units of the item, or won
 */

/**
 * Trace the origins of goods.
 * @param {Pick<ProblemIndex, "periods"|"counties"|"partners"|"isGood"|"getValue">} problemIndex the problem
 * @param {{supply: Columns, shipments: Columns, swaps: Columns}} tables tables of the plan
 * @param {{item: string|null, month: string|null}} selection an item (in its unit) or all goods (in won); a month or all
 * @returns {Flow[]} the flows
 */
export function traceOrigins(problemIndex, tables, { item, month }) {
  /** @type {Map<string, Map<string, number>>} */
  const totals = new Map();
  for (const [id, months] of collectFlows(problemIndex, tables, item)) {
    const value = item ? 1 : problemIndex.getValue(id);
    /** @type {Map<string, Mix>} */
    let previous = new Map();
    for (const period of problemIndex.periods) {
      const flow = months.get(period);
      if (!flow) continue;
      const mixes = computeMixes(flow, previous);
      if (!month || month === period) addServed(totals, flow, mixes, value, problemIndex);
      previous = mixes;
    }
  }
  return [...totals].flatMap(([origin, counties]) =>
    [...counties]
      .filter(([, amount]) => amount > 0)
      .map(([county, amount]) => ({ origin, county, amount })),
  );
}

/**
 * @param {Pick<ProblemIndex, "partners"|"isGood">} problemIndex
 * @param {{supply: Columns, shipments: Columns, swaps: Columns}} tables @param {string|null} item
 * @returns {Map<string, Map<string, MonthFlow>>} flows by item and period
 */
function collectFlows(problemIndex, { supply, shipments, swaps }, item) {
  /** @type {Map<string, Map<string, MonthFlow>>} */
  const flows = new Map();
  /** @param {string} id @param {string} period @returns {MonthFlow} */
  const getFlow = (id, period) => {
    const months = flows.get(id) ?? new Map();
    const flow = months.get(period) ?? { places: new Map(), shipments: [] };
    flows.set(id, months.set(period, flow));
    return flow;
  };
  /** @param {string} id */
  const isWanted = (id) => (item ? id === item : problemIndex.isGood(id));
  supply.item.forEach((id, row) => {
    if (!isWanted(id)) return;
    const place = supply.county[row];
    getFlow(id, supply.period[row]).places.set(place, buildPlaceFlow(supply, row, place));
  });
  swaps.item.forEach((id, row) => {
    const taken = swaps.taken[row];
    if (!isWanted(id) || taken <= 0) return;
    const partner = swaps.partner[row];
    const place = problemIndex.partners.get(partner)?.at ?? "";
    const { places } = getFlow(id, swaps.period[row]);
    places.get(place)?.inflows.push([`partner:${partner}`, taken]);
  });
  shipments.item.forEach((id, row) => {
    if (!isWanted(id)) return;
    const [from, to, quantity] = ["from", "to", "quantity"].map((name) => shipments[name][row]);
    getFlow(id, shipments.period[row]).shipments.push({ from, to, quantity });
  });
  return flows;
}

/** @param {Columns} supply @param {number} row @param {string} place @returns {PlaceFlow} */
function buildPlaceFlow(supply, row, place) {
  /** @param {string} name @returns {number} */
  const get = (name) => supply[name][row];
  const outflow = get("served") + get("used") + get("sent") + get("given") + get("stock");
  const inflow = get("made") + get("central") + get("arrived") + get("taken");
  return {
    inflows: [
      [`factories:${place}`, get("made")],
      [`centre:${place}`, get("central")],
    ],
    opening: Math.max(0, outflow - inflow),
    total: Math.max(outflow, inflow),
    served: get("served"),
  };
}

/**
 * Compute the mix of every place. Goods may be shipped in circles, so the mixes are computed by fixed-point iteration.
 * @param {MonthFlow} flow flows of the month
 * @param {Map<string, Mix>} previous mixes of the month before
 * @returns {Map<string, Mix>} shares by origin for each place
 */
function computeMixes({ places, shipments }, previous) {
  /** @type {Map<string, Mix>} */
  const base = new Map(
    [...places].map(([id, place]) => [
      id,
      sumByOrigin([...place.inflows, ...getOpeningAmounts(place, previous.get(id))]),
    ]),
  );
  let mixes = computeShares(base, places);
  for (let round = 0; round < MAX_ROUNDS && shipments.length; round += 1) {
    const amounts = new Map([...base].map(([id, mix]) => [id, new Map(mix)]));
    for (const { from, to, quantity } of shipments) {
      const target = amounts.get(to);
      for (const [origin, share] of mixes.get(from) ?? []) {
        target?.set(origin, (target.get(origin) ?? 0) + share * quantity);
      }
    }
    const next = computeShares(amounts, places);
    const change = findLargestChange(mixes, next);
    mixes = next;
    if (change < CONVERGENCE_TOLERANCE) break;
  }
  return mixes;
}

/**
 * Opening stock has the mix of the month before. In the first month its origin is unknown.
 * @param {PlaceFlow} place @param {Mix|undefined} mix @returns {[string, number][]}
 */
function getOpeningAmounts({ opening }, mix) {
  if (!mix?.size) return [["stock", opening]];
  return [...mix].map(([origin, share]) => [origin, share * opening]);
}

/** @param {[string, number][]} amounts @returns {Mix} */
function sumByOrigin(amounts) {
  /** @type {Mix} */
  const sums = new Map();
  for (const [origin, amount] of amounts) {
    if (amount > 0) sums.set(origin, (sums.get(origin) ?? 0) + amount);
  }
  return sums;
}

/** @param {Map<string, Mix>} amounts @param {Map<string, PlaceFlow>} places @returns {Map<string, Mix>} */
function computeShares(amounts, places) {
  return new Map(
    [...amounts].map(([id, mix]) => {
      const total = places.get(id)?.total ?? 0;
      return [
        id,
        new Map([...mix].map(([origin, amount]) => [origin, total > 0 ? amount / total : 0])),
      ];
    }),
  );
}

/** @param {Map<string, Mix>} before @param {Map<string, Mix>} after @returns {number} */
function findLargestChange(before, after) {
  let largest = 0;
  for (const [id, mix] of after) {
    for (const [origin, share] of mix) {
      const change = Math.abs(share - (before.get(id)?.get(origin) ?? 0));
      largest = Math.max(largest, change);
    }
  }
  return largest;
}

/**
 * @param {Map<string, Map<string, number>>} totals amounts by origin and county
 * @param {MonthFlow} flow @param {Map<string, Mix>} mixes @param {number} value
 * @param {Pick<ProblemIndex, "counties">} problemIndex
 */
function addServed(totals, { places }, mixes, value, { counties }) {
  for (const [id, { served }] of places) {
    if (!served || !counties.has(id)) continue;
    for (const [origin, share] of mixes.get(id) ?? []) {
      const byCounty = totals.get(origin) ?? new Map();
      byCounty.set(id, (byCounty.get(id) ?? 0) + share * served * value);
      totals.set(origin, byCounty);
    }
  }
}
