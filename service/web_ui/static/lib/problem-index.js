/** The problem of a plan, indexed by identifier. */

import { fetchCached, postJson } from "./api.js";
import { getDisplayName, t, textOr } from "./i18n.js";

const indexes = new WeakMap();

/**
 * Read the problem of a plan.
 * @param {string} plan identifier of the plan
 * @returns {Promise<ProblemIndex>} the index
 */
export async function loadProblemIndex(plan) {
  const problem = await fetchCached(`/v1/plans/${encodeURIComponent(plan)}/problem`);
  if (!indexes.has(problem)) {
    indexes.set(problem, new ProblemIndex(problem, await fetchProjectedHeads(problem)));
  }
  return indexes.get(problem);
}

/**
 * Read the heads of the counties, if the people of some of them follow from a census.
 * @param {Problem} problem the problem
 * @returns {Promise<GroupHeads[]>} heads by county and group; none if every county states its people
 */
async function fetchProjectedHeads(problem) {
  const isProjected = (problem.counties ?? []).some(
    ({ population, census, ages }) =>
      population?.people === undefined && (ages?.length || Object.keys(census ?? {}).length),
  );
  return isProjected ? (await postJson("/v1/population", { problem })).rows : [];
}

/** @template {{id: string}} Thing @param {Thing[]} [things] @returns {Map<string, Thing>} */
const indexById = (things) => new Map((things ?? []).map((thing) => [thing.id, thing]));

/** A problem whose parts are found by identifier, with their names in the language of the page. */
export class ProblemIndex {
  /** @param {Problem} problem problem as the API returns it @param {GroupHeads[]} [heads] heads that follow from a census */
  constructor(problem, heads = []) {
    /** The problem itself. */
    this.problem = problem;
    /** Periods in order. */
    this.periods = problem.periods;
    this.items = indexById(problem.items);
    this.requirements = indexById(problem.requirements);
    this.counties = indexById(problem.counties);
    /** @type {Map<string, Record<string, number>>} heads by county, then by group */
    this.heads = new Map();
    for (const { id, population } of problem.counties ?? []) {
      this.heads.set(id, { ...population });
    }
    for (const { county, group, heads: count } of heads) {
      this.heads.set(county, { ...this.heads.get(county), [group]: count });
    }
    this.stations = indexById(problem.stations);
    /** @type {Map<string, Place>} counties and stations */
    this.places = new Map([...this.counties, ...this.stations]);
    this.factories = indexById(problem.factories);
    this.links = indexById(problem.links);
    this.partners = indexById(problem.partners);
    this.powerAreas = indexById(problem.power_areas);
    this.budgets = indexById(problem.budgets);
  }

  /**
   * Get the name of a part of the problem.
   * @param {string} id an item, requirement, place, factory, partner, link, power area, budget or category, or `item/recipe`
   * @returns {string} its name in the language of the page; the identifier if it has no name
   */
  getName(id) {
    const named =
      this.items.get(id) ??
      this.requirements.get(id) ??
      this.places.get(id) ??
      this.factories.get(id) ??
      this.partners.get(id) ??
      this.powerAreas.get(id) ??
      this.budgets.get(id);
    if (named) return getDisplayName(named);
    const link = this.links.get(id);
    if (link) return `${this.getName(link.from)} – ${this.getName(link.to)}`;
    const [item, ...recipe] = id.split("/");
    if (recipe.length && this.items.has(item)) return this.getRecipeName(item, recipe.join("/"));
    return textOr(`category.${id}`, id);
  }

  /** @param {string} item an item @param {string} recipe label of a recipe; empty for the line without one @returns {string} both names */
  getRecipeName(item, recipe) {
    return `${this.getName(item)} (${recipe || t("recipe.none")})`;
  }

  /** @param {string} id an item or requirement @returns {number} value of one unit, won; 1 by default */
  getValue(id) {
    return (this.items.get(id) ?? this.requirements.get(id))?.value ?? 1;
  }

  /** @returns {number} won of the least valuable good that a factory makes with one kWh; 0 if none needs electricity */
  computeKwhValue() {
    const values = [...this.factories.values()]
      .flatMap((factory) => factory.lines ?? [])
      .filter((line) => (line.kwh_per_unit ?? 0) > 0 && this.isGood(line.item))
      .map((line) => this.getValue(line.item) / (line.kwh_per_unit ?? 1));
    return values.length ? Math.min(...values) : 0;
  }

  /** @param {string} id an item or requirement @returns {string} its unit */
  getUnit(id) {
    return (this.items.get(id) ?? this.requirements.get(id))?.unit ?? "unit";
  }

  /** @param {string} id an item @returns {boolean} whether its amounts are whole numbers */
  isWhole(id) {
    return this.items.get(id)?.whole_units ?? false;
  }

  /** @param {string} id an item @returns {boolean} whether people need it (a material is only used by factories) */
  isGood(id) {
    return (this.items.get(id)?.kind ?? "good") === "good";
  }

  /** @param {string} county a county @returns {number} size of its group `people`; otherwise of its largest group */
  getPopulation(county) {
    const groups = this.heads.get(county) ?? {};
    return groups.people ?? Math.max(0, ...Object.values(groups));
  }

  /** @returns {Array<[string, Item[]]>} goods by category, in the order of the problem */
  groupGoodsByCategory() {
    /** @type {Map<string, Item[]>} */
    const groups = new Map();
    for (const item of this.items.values()) {
      if (!this.isGood(item.id)) continue;
      const category = item.category ?? "other";
      groups.set(category, [...(groups.get(category) ?? []), item]);
    }
    return [...groups];
  }
}
