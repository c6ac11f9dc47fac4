/** Sources and users of goods in the table `deliveries`. */

import { formatShare } from "../../lib/format.js";
import { t } from "../../lib/i18n.js";
import { formatOnScale, roundToScale } from "../shared/scale.js";

/** Parties with a smaller share of an item are listed together. */
const MIN_SHARE = 0.005;

/** @typedef {{kind: string, id: string, quantity: number, byPeriod: Map<string, number>}} Party a source or user with its units over the plan, and by period */

/**
 * List the parties of every item, the largest first; small ones come last, together, as `others`.
 * @param {Columns} deliveries rows of the table `deliveries`
 * @param {"from"|"to"} side `from`: sources. `to`: users
 * @returns {Map<string, Party[]>} parties by item
 */
export function listParties(deliveries, side) {
  const kinds = deliveries[side === "from" ? "source" : "use"];
  /** @type {Map<string, Map<string, Party>>} */
  const byItem = new Map();
  deliveries.item.forEach((item, row) => {
    const parties = byItem.get(item) ?? new Map();
    byItem.set(item, parties);
    const key = `${kinds[row]} ${deliveries[side][row]}`;
    const party = parties.get(key) ?? createParty(kinds[row], deliveries[side][row]);
    parties.set(key, party);
    addUnits(party, deliveries.period[row], deliveries.quantity[row]);
  });
  return new Map([...byItem].map(([item, parties]) => [item, mergeSmall([...parties.values()])]));
}

/** @param {string} kind @param {string} id @returns {Party} */
const createParty = (kind, id) => ({ kind, id, quantity: 0, byPeriod: new Map() });

/** @param {Party} party @param {string} period @param {number} units */
function addUnits(party, period, units) {
  party.quantity += units;
  party.byPeriod.set(period, (party.byPeriod.get(period) ?? 0) + units);
}

/** @param {Party[]} parties @returns {Party[]} */
function mergeSmall(parties) {
  const least = MIN_SHARE * parties.reduce((sum, { quantity }) => sum + quantity, 0);
  const listed = parties
    .filter(({ quantity }) => quantity >= least)
    .sort((one, other) => other.quantity - one.quantity);
  const others = createParty("others", "");
  for (const { quantity, byPeriod } of parties) {
    if (quantity >= least) continue;
    for (const [period, units] of byPeriod) addUnits(others, period, units);
  }
  return others.quantity > 0 ? [...listed, others] : listed;
}

/**
 * Describe a party.
 * @param {ProblemIndex} problemIndex the problem
 * @param {Pick<Party, "kind"|"id">} party the party
 * @returns {string} its name
 */
export const describeParty = (problemIndex, { kind, id }) =>
  t(`sheet.party.${kind}`, { name: problemIndex.getName(id) });

/**
 * Describe the parties of an item with their units and shares, without those that no scale can weigh.
 * @param {ProblemIndex} problemIndex the problem
 * @param {string} id the item
 * @param {Party[]} parties the parties
 * @returns {string} such as `Centre at Kilju 120 (60.0%), Hyesan Soap Factory 80 (40.0%)`
 */
export function describeParties(problemIndex, id, parties) {
  const item = problemIndex.items.get(id);
  const total = parties.reduce((sum, { quantity }) => sum + quantity, 0);
  return parties
    .map((party) => ({ party, amount: roundToScale(party.quantity, item) }))
    .filter(({ amount }) => amount > 0)
    .map(({ party, amount }) => {
      const share = formatShare(party.quantity / total);
      return `${describeParty(problemIndex, party)} ${formatOnScale(amount, item)} (${share})`;
    })
    .join(", ");
}
