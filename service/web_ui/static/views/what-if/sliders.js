/** The sliders of the what-if view: URL parameters, factors and changes. */

const MAX_FACTOR = 1.5;

/** @param {(number|number[]|null|undefined)[]} values @returns {number} the largest number; at least 0 */
const findLargest = (values) =>
  Math.max(0, ...values.flat().filter((value) => typeof value === "number"));

/**
 * Compute the greatest factor that keeps a share at most 1.
 * @param {number} share the greatest share that the factor multiplies
 * @returns {number|null} the factor, at least 1; null if there is no share
 */
const computeMaxFactor = (share) =>
  share > 0 ? Math.max(1, Math.floor(Math.min(MAX_FACTOR, 1 / share) * 100) / 100) : null;

/** @param {Problem} problem @returns {number[]} */
function collectSupplyShares({ supply_shares: shares = {} }) {
  const byCategory = Object.values(shares.by_category ?? {});
  const byItem = Object.values(shares.by_item ?? {});
  return [shares.central ?? 0, ...byCategory, ...byItem];
}

/** @param {any} value @returns {boolean} */
const isStated = (value) => value !== null && value !== undefined;

/**
 * Build the sliders of a problem. A slider without anything to change is left out.
 * @param {Problem} problem the problem
 * @returns {Slider[]} the sliders
 */
export function buildSliders(problem) {
  const limitedAreas = (problem.power_areas ?? []).filter((area) => isStated(area.limit_kwh));
  const hasRailLimit = (problem.links ?? []).some(
    (link) => link.mode === "rail" && isStated(link.tonnes),
  );
  const promised = findLargest(collectSupplyShares(problem));
  const delivered = findLargest([problem.supply_shares?.delivered ?? 1]);
  const condition = findLargest((problem.factories ?? []).map((one) => one.condition ?? 1));
  const sliders = [
    { id: "central", what: "central_share", max: computeMaxFactor(promised) },
    { id: "delivered", what: "delivered", max: promised > 0 ? computeMaxFactor(delivered) : null },
    { id: "power", what: "power_limit", max: limitedAreas.length ? MAX_FACTOR : null },
    { id: "rail", what: "rail_tonnes", max: hasRailLimit ? MAX_FACTOR : null },
    { id: "machines", what: "machine_condition", max: computeMaxFactor(condition) },
    { id: "people", what: "population", max: MAX_FACTOR },
    ...(limitedAreas.length > 1 ? limitedAreas : []).map(({ id }) => ({
      id: `power.${id}`,
      what: "power_limit",
      where: id,
      max: MAX_FACTOR,
    })),
  ];
  return /** @type {Slider[]} */ (sliders.filter((slider) => slider.max !== null));
}

/**
 * Read the factors of the sliders from the URL.
 * @param {URLSearchParams} params parameters of the URL
 * @param {Pick<Slider, "id"|"max">[]} sliders the sliders
 * @returns {Map<string, number>} factors other than 1, by slider
 */
export function readActiveFactors(params, sliders) {
  const factors = new Map();
  for (const { id, max } of sliders) {
    const factor = Number(params.get(id) ?? "1");
    if (Number.isFinite(factor) && factor >= 0 && factor !== 1) {
      factors.set(id, Math.min(max, factor));
    }
  }
  return factors;
}

/**
 * Read changes that the URL contains as JSON, such as those of a remedy.
 * @param {URLSearchParams} params parameters of the URL
 * @returns {Change[]} the changes; none if the JSON is invalid
 */
export function readExtraChanges(params) {
  try {
    return [JSON.parse(params.get("changes") ?? "[]")].flat();
  } catch {
    return [];
  }
}

/**
 * Build the changes of the sliders.
 * @param {Map<string, number>} factors factors by slider
 * @param {Pick<Slider, "id"|"what"|"where">[]} sliders the sliders
 * @returns {Change[]} changes in the order of the sliders
 */
export function buildChanges(factors, sliders) {
  return sliders
    .filter(({ id }) => factors.has(id))
    .map(({ id, what, where }) => ({ what, ...(where ? { where } : {}), factor: factors.get(id) }));
}
