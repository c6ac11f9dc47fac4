/** What the page offers as unknown: kinds of change with what they can select, and plain ranges to begin with. */

/** @typedef {{id: string, what: string, low: number, high: number, most: number, places: string[]}} FactorKind `places` are what `where` can name beside everything */

/** @param {any} value @returns {boolean} */
const isStated = (value) => value !== null && value !== undefined;

/** Greatest factor of anything that is not a share. */
const MOST = 2;

/**
 * @typedef {object} KindRule how a kind of factor follows from the problem
 * @property {string} id name in forms and tables
 * @property {string} what kind of change
 * @property {number} low lower end of the range to begin with
 * @property {number} high upper end of the range to begin with
 * @property {(problem: Problem) => string[]|null} listPlaces what can be selected; null if the problem has nothing to change
 * @property {(problem: Problem) => number} [findMost] greatest factor
 */

/** @param {number[]} shares @returns {number} the greatest factor that keeps every share at most 1 */
const findMostOfShares = (shares) =>
  Math.max(1, Math.floor(100 / Math.max(0.5, ...shares.filter((share) => share > 0))) / 100);

/** @param {Problem} problem @returns {number} the greatest promised share of the centre; 0 without any */
function findPromisedShare({ supply_shares: shares = {} }) {
  const byPart = [
    ...Object.values(shares.by_category ?? {}),
    ...Object.values(shares.by_item ?? {}),
  ];
  return Math.max(0, ...[shares.central ?? 0, ...byPart].flat());
}

/** @param {string} mode @returns {(problem: Problem) => string[]|null} */
const listLinks = (mode) => (problem) => {
  const links = (problem.links ?? []).filter((link) => link.mode === mode && isStated(link.tonnes));
  return links.length ? links.map(({ id }) => id) : null;
};

/** @param {Problem} problem @returns {string[]} */
const listCounties = (problem) => (problem.counties ?? []).map(({ id }) => id);

/** @type {KindRule[]} */
const KIND_RULES = [
  {
    id: "power",
    what: "power_limit",
    low: 0.75,
    high: 1.25,
    listPlaces: ({ power_areas: areas = [] }) => {
      const limited = areas.filter((area) => isStated(area.limit_kwh));
      return limited.length ? limited.map(({ id }) => id) : null;
    },
  },
  {
    id: "deliveries",
    what: "delivered",
    low: 0.6,
    high: 1,
    listPlaces: (problem) => (findPromisedShare(problem) > 0 ? [] : null),
    findMost: (problem) => findMostOfShares([problem.supply_shares?.delivered ?? 1].flat()),
  },
  { id: "rail", what: "rail_tonnes", low: 0.8, high: 1, listPlaces: listLinks("rail") },
  { id: "road", what: "road_tonnes", low: 0.8, high: 1, listPlaces: listLinks("road") },
  {
    id: "machines",
    what: "machine_condition",
    low: 0.9,
    high: 1,
    listPlaces: (problem) => {
      const factories = (problem.factories ?? []).map(({ id }) => id);
      return factories.length ? [...listCounties(problem), ...factories] : null;
    },
    findMost: ({ factories = [] }) =>
      findMostOfShares(factories.map((factory) => factory.condition ?? 1)),
  },
  {
    id: "people",
    what: "population",
    low: 0.95,
    high: 1.05,
    listPlaces: (problem) => (problem.counties?.length ? listCounties(problem) : null),
  },
  {
    id: "neighbours",
    what: "partner_offers",
    low: 0.5,
    high: 1,
    listPlaces: ({ partners = [] }) =>
      partners.some(({ offers }) => Object.keys(offers ?? {}).length)
        ? partners.map(({ id }) => id)
        : null,
  },
];

/**
 * List the kinds of factors that a problem has something for.
 * @param {Problem} problem the problem
 * @returns {FactorKind[]} the kinds
 */
export function listFactorKinds(problem) {
  return KIND_RULES.flatMap(({ id, what, low, high, listPlaces, findMost }) => {
    const places = listPlaces(problem);
    if (!places) return [];
    const most = findMost?.(problem) ?? MOST;
    return [{ id, what, low: Math.min(low, most), high: Math.min(high, most), most, places }];
  });
}
