/** Sources and users of goods in the table `deliveries`. */

import { formatNumber, formatShare } from "../../lib/format.js";
import { t } from "../../lib/i18n.js";

/** Parties with a smaller share of an item are listed together. */
const MIN_SHARE = 0.005;

/** @typedef {{kind: string, id: string, quantity: number}} Party a source or user with its units over the plan */

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
    const key = `${kinds[row]} ${deliveries[side][row]}`;
    const party = parties.get(key) ?? { kind: kinds[row], id: deliveries[side][row], quantity: 0 };
    party.quantity += deliveries.quantity[row];
    byItem.set(item, parties.set(key, party));
  });
  return new Map([...byItem].map(([item, parties]) => [item, mergeSmall([...parties.values()])]));
}

/** @param {Party[]} parties @returns {Party[]} */
function mergeSmall(parties) {
  const least = MIN_SHARE * parties.reduce((sum, { quantity }) => sum + quantity, 0);
  const listed = parties
    .filter(({ quantity }) => quantity >= least)
    .sort((one, other) => other.quantity - one.quantity);
  const rest = parties.reduce((sum, { quantity }) => sum + (quantity < least ? quantity : 0), 0);
  return rest > 0 ? [...listed, { kind: "others", id: "", quantity: rest }] : listed;
}

/**
 * Describe a party.
 * @param {ProblemIndex} problemIndex the problem
 * @param {Party} party the party
 * @returns {string} its name
 */
export const describeParty = (problemIndex, { kind, id }) =>
  t(`sheet.party.${kind}`, { name: problemIndex.getName(id) });

/**
 * Describe the parties of an item with their units and shares.
 * @param {ProblemIndex} problemIndex the problem
 * @param {Party[]} parties the parties
 * @returns {string} such as `Centre at Kilju 120 (60.0%), Hyesan Soap Factory 80 (40.0%)`
 */
export function describeParties(problemIndex, parties) {
  const total = parties.reduce((sum, { quantity }) => sum + quantity, 0);
  return parties
    .map((party) => {
      const share = formatShare(party.quantity / total);
      return `${describeParty(problemIndex, party)} ${formatNumber(party.quantity)} (${share})`;
    })
    .join(", ");
}
