/** What a plan plans, looked up by identifier. */

import { once } from "./api.js";
import { named, or } from "./i18n.js";

const kept = new WeakMap();

/**
 * The problem of a plan.
 * @param {string} plan the plan
 * @returns {Promise<Atlas>} the problem with its things by identifier
 */
export async function atlasOf(plan) {
  const problem = await once(`/v1/plans/${encodeURIComponent(plan)}/problem`);
  if (!kept.has(problem)) kept.set(problem, new Atlas(problem));
  return kept.get(problem);
}

const byId = (list) => new Map((list ?? []).map((one) => [one.id, one]));

/** A problem with its things by identifier, and their names for people. */
export class Atlas {
  /** @param {object} problem as the interface gives it: fields left out have their default values */
  constructor(problem) {
    /** The problem itself. */
    this.problem = problem;
    /** @type {string[]} periods in order */
    this.periods = problem.periods;
    this.items = byId(problem.items);
    this.counties = byId(problem.counties);
    this.stations = byId(problem.stations);
    this.places = new Map([...this.counties, ...this.stations]);
    this.factories = byId(problem.factories);
    this.links = byId(problem.links);
    this.partners = byId(problem.partners);
    this.areas = byId(problem.power_areas);
  }

  /**
   * A thing's name for people.
   * @param {string} id an item, place, factory, partner, link or power area
   * @returns {string} its name in the language shown; the identifier where it has none
   */
  name(id) {
    for (const kind of [this.items, this.places, this.factories, this.partners, this.areas])
      if (kind.has(id)) return named(kind.get(id));
    const link = this.links.get(id);
    return link ? `${this.name(link.from)} – ${this.name(link.to)}` : or(`category.${id}`, id);
  }

  /** @param {string} id an item @returns {number} won's worth of one unit; 1 unless stated */
  value(id) {
    return this.items.get(id)?.value ?? 1;
  }

  /** @param {string} id an item @returns {string} its unit */
  unit(id) {
    return this.items.get(id)?.unit ?? "unit";
  }

  /** @param {string} id an item @returns {boolean} whether people need it, rather than factories */
  isGood(id) {
    return (this.items.get(id)?.kind ?? "good") === "good";
  }

  /** @param {string} county a county @returns {number} its people: the group `people`, else the largest group */
  people(county) {
    const groups = this.counties.get(county)?.population ?? {};
    return groups.people ?? Math.max(0, ...Object.values(groups));
  }

  /** @returns {Array<[string, object[]]>} goods by category, in the problem's order */
  goodsByCategory() {
    const found = new Map();
    for (const item of this.items.values()) {
      if (!this.isGood(item.id)) continue;
      const category = item.category ?? "other";
      found.set(category, [...(found.get(category) ?? []), item]);
    }
    return [...found];
  }
}
