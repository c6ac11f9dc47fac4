/** Quotas beside those of the plan that is compared with. */

import { isChanged } from "../../lib/changes.js";
import { buildQuotaRows } from "./quota-rows.js";

/** @typedef {QuotaRow & {before: number|null, change: number|null, isWithdrawn: boolean}} ComparedRow */

/**
 * Compare quotas.
 *
 * A plan can have a quota where its problem has the line and the period, and the item in the same unit: a quota
 * that it does not list is 0 then. Elsewhere there is nothing to compare.
 * @param {QuotaRow[]} rows quotas of the plan
 * @param {ProblemIndex} problemIndex its problem
 * @param {Columns} columns the table `quotas` of the other plan
 * @param {ProblemIndex} other the problem of the other plan
 * @returns {{rows: ComparedRow[], missing: number}} the quotas, then those that only the other plan has; and how many of the other plan this one cannot have
 */
export function compareQuotas(rows, problemIndex, columns, other) {
  const quotas = new Map(
    columns.factory.map((factory, k) => [
      nameQuota(factory, columns.item[k], columns.recipe[k], columns.period[k]),
      columns.quantity[k],
    ]),
  );
  const canHave = { plan: listPossible(problemIndex), other: listPossible(other) };
  /** @param {string} item */
  const hasSameUnit = (item) => problemIndex.getUnit(item) === other.getUnit(item);
  const compared = rows.map((row) => {
    const { factory, item, recipe, period } = row;
    const isPossible = hasSameUnit(item) && canHave.other(factory, item, recipe, period);
    const before = isPossible ? (quotas.get(nameQuota(factory, item, recipe, period)) ?? 0) : null;
    return { ...row, ...measureChange(row.quantity, before, problemIndex.isWhole(item)) };
  });
  const known = new Set(
    rows.map(({ factory, item, recipe, period }) => nameQuota(factory, item, recipe, period)),
  );
  const only = columns.factory.flatMap((factory, k) => {
    const [item, recipe, period] = [columns.item[k], columns.recipe[k], columns.period[k]];
    return known.has(nameQuota(factory, item, recipe, period)) || !columns.quantity[k] ? [] : [k];
  });
  const possible = only.filter((k) => {
    const item = columns.item[k];
    const { factory, recipe, period } = columns;
    return hasSameUnit(item) && canHave.plan(factory[k], item, recipe[k], period[k]);
  });
  const withdrawn = buildWithdrawn(columns, possible, problemIndex, rows.length);
  return { rows: [...compared, ...withdrawn], missing: only.length - possible.length };
}

/** @param {string} factory @param {string} item @param {string|null} recipe @param {string} period */
const nameQuota = (factory, item, recipe, period) =>
  [factory, item, recipe ?? "", period].join("/");

/** @param {ProblemIndex} problemIndex @returns {(factory: string, item: string, recipe: string|null, period: string) => boolean} tells whether a plan of the problem can have a quota */
function listPossible({ factories, periods }) {
  const lines = new Set(
    [...factories.values()].flatMap(({ id, lines: made = [] }) =>
      made.map(({ item, recipe = "" }) => `${id}/${item}/${recipe}`),
    ),
  );
  const known = new Set(periods);
  return (factory, item, recipe, period) =>
    known.has(period) && lines.has([factory, item, recipe ?? ""].join("/"));
}

/** @param {number} now @param {number|null} before @param {boolean} isWhole */
function measureChange(now, before, isWhole) {
  const isTold = before !== null && isChanged(now, before, isWhole);
  const change = before === null ? null : isTold ? now - before : 0;
  return { before, change, isWithdrawn: false };
}

/** @param {Columns} columns @param {number[]} positions @param {ProblemIndex} problemIndex @param {number} first @returns {ComparedRow[]} */
function buildWithdrawn(columns, positions, problemIndex, first) {
  const names = ["factory", "item", "recipe", "period"];
  const none = positions.map(() => 0);
  const taken = Object.fromEntries(
    names.map((name) => [name, positions.map((k) => columns[name][k])]),
  );
  const rows = buildQuotaRows({ ...taken, quantity: none, kwh: none, price: none }, problemIndex);
  return rows.map((row, k) => {
    const before = columns.quantity[positions[k]];
    const change = measureChange(0, before, problemIndex.isWhole(row.item));
    return { ...row, id: first + k, ...change, isWithdrawn: true };
  });
}
