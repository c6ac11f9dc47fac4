/** What can be turned by hand; URL parameters ↔ factors ↔ changes. */

const MOST = 1.5;

const largest = (values) => Math.max(0, ...values.filter((value) => typeof value === "number"));
const upTo = (top) =>
  top > 0 ? Math.max(1, Math.floor(Math.min(MOST, 1 / top) * 100) / 100) : null;

function shares(problem) {
  const promised = problem.supply_shares ?? {};
  return [
    promised.central ?? 0,
    ...Object.values(promised.by_category ?? {}),
    ...Object.values(promised.by_item ?? {}),
  ];
}

/**
 * The knobs of a problem: only those that have something to turn.
 * @param {object} problem as the interface gives it
 * @returns {Array<{id: string, what: string, where?: string, most: number}>} `id` in the URL, `most` the greatest factor
 */
export function knobsOf(problem) {
  const limited = (problem.power_areas ?? []).filter(
    (area) => area.limit_kwh !== null && area.limit_kwh !== undefined,
  );
  const rail = (problem.links ?? []).some(
    (link) => link.mode === "rail" && link.tonnes !== null && link.tonnes !== undefined,
  );
  const delivered = largest([problem.supply_shares?.delivered ?? 1].flat());
  const conditions = (problem.factories ?? []).map((factory) => factory.condition ?? 1);
  const all = [
    { id: "central", what: "central_share", most: upTo(largest(shares(problem))) },
    {
      id: "delivered",
      what: "delivered",
      most: largest(shares(problem)) > 0 ? upTo(delivered) : null,
    },
    { id: "power", what: "power_limit", most: limited.length ? MOST : null },
    { id: "rail", what: "rail_tonnes", most: rail ? MOST : null },
    { id: "machines", what: "machine_condition", most: upTo(largest(conditions)) },
    { id: "people", what: "population", most: MOST },
    ...(limited.length > 1 ? limited : []).map((area) => ({
      id: `power.${area.id}`,
      what: "power_limit",
      where: area.id,
      most: MOST,
    })),
  ];
  return all.filter((knob) => knob.most !== null);
}

/**
 * Where the knobs stand.
 * @param {URLSearchParams} params of the URL
 * @param {Array<{id: string, most: number}>} knobs the knobs
 * @returns {Map<string, number>} factors of those that are turned, by id
 */
export function turned(params, knobs) {
  const found = new Map();
  for (const { id, most } of knobs) {
    const factor = Number(params.get(id) ?? "1");
    if (Number.isFinite(factor) && factor >= 0 && factor !== 1)
      found.set(id, Math.min(most, factor));
  }
  return found;
}

/**
 * Changes that the URL carries as they are, such as a remedy's.
 * @param {URLSearchParams} params of the URL
 * @returns {object[]} the changes; none where they cannot be read
 */
export function carried(params) {
  try {
    return [JSON.parse(params.get("changes") ?? "[]")].flat();
  } catch {
    return [];
  }
}

/**
 * The changes that the knobs make.
 * @param {Map<string, number>} factors of those turned
 * @param {Array<{id: string, what: string, where?: string}>} knobs the knobs
 * @returns {object[]} changes, in the order of the knobs
 */
export function changesOf(factors, knobs) {
  return knobs
    .filter(({ id }) => factors.has(id))
    .map(({ id, what, where }) => ({ what, ...(where ? { where } : {}), factor: factors.get(id) }));
}
