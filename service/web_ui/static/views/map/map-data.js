/** Figures of the map: tables of the plan, summed by place and month. */

import { fetchTable } from "../../lib/api.js";
import { formatQuantity, formatShare, formatWeightedWon, formatWon } from "../../lib/format.js";
import { readComparedPlan } from "../../lib/plan-context.js";
import { FIRST_TABLES } from "../../lib/view-list.js";
import { isRelevantPrice, isRelevantShortage } from "../../lib/relevance.js";
import { fetchNeeds, readNeed } from "../../lib/supply.js";
import { formatPoints } from "../shared/descriptions.js";
import { chooseClasses } from "./classes.js";

/** What the colours of the counties show of a single plan.
 * @type {MapState["measure"][]} */
const MEASURES = ["served", "shortage", "price"];

/** Changes of the served share have a scale of at least this to both sides. */
const MIN_CHANGE_RANGE = 0.01;

/** @typedef {"demand"|"served"|"shortage"|"central"} SupplyColumn */
/** @typedef {Record<SupplyColumn, number>} SupplySum */
/** @typedef {Pick<MapState, "measure"|"month"|"item">} MeasureState */

/** @type {SupplyColumn[]} */
const SUMMED_COLUMNS = ["demand", "served", "shortage", "central"];

/** The end of the scale is at least this, so that negligible figures do not look large. */
const MIN_SCALE_END = 0.01;

/** Figures by place, link and partner. The month `null` stands for the whole plan. */
export class MapData {
  /**
   * Read the tables of the map.
   * @param {ViewContext} context context of the view
   * @returns {Promise<MapData>} the figures
   */
  static async load(context) {
    const { plan } = context;
    const [needs, ...others] = FIRST_TABLES.map;
    const names = needs.query.columns.split(",");
    const other = readComparedPlan(context.params);
    const [problemIndex, supply, before, power, links, swaps] = await Promise.all([
      context.loadProblemIndex(),
      fetchNeeds(context, names),
      other ? fetchNeeds(context, names, {}, other).catch(() => null) : null,
      ...others.map(({ name, query }) => fetchTable(plan.id, name, query)),
    ]);
    const tables = {
      supply,
      power: power.columns,
      links: links.columns,
      swaps: swaps.columns,
    };
    return new MapData(problemIndex, tables, before);
  }

  /**
   * @param {ProblemIndex} problemIndex the problem
   * @param {{supply: Columns, power: Columns, links: Columns, swaps: Columns}} tables tables of the plan
   * @param {Columns|null} [before] the table `supply` of the plan that it is compared with
   */
  constructor(problemIndex, tables, before = null) {
    this.problemIndex = problemIndex;
    /** @type {MapData|null} */
    this.compared = before ? new MapData(problemIndex, { ...tables, supply: before }) : null;
    this.supply = tables.supply;
    /** @type {Map<string|null, Map<string, Map<string|null, SupplySum>>>} */
    this.sumsByItem = new Map();
    /** @type {Map<string, import("./classes.js").Classes>} */
    this.classesByState = new Map();
    this.links = sumLinks(tables.links);
    this.power = collectPowerPrices(tables.power, problemIndex.computeKwhValue());
    this.swaps = sumSwaps(tables.swaps, problemIndex);
  }

  /** @returns {MapState["measure"][]} what the colours can show; the first is the default: the change, if there is a plan to compare with */
  listMeasures() {
    return this.compared ? ["change", ...MEASURES] : MEASURES;
  }

  /**
   * Sum the supply of one item in its unit, or of all goods and requirements in won.
   * @param {string|null} item the item; null for all of them
   * @returns {Map<string, Map<string|null, SupplySum>>} sums by place and month
   */
  sumByPlace(item) {
    const known = this.sumsByItem.get(item);
    if (known) return known;
    const { supply, problemIndex } = this;
    /** @type {Map<string, Map<string|null, SupplySum>>} */
    const sums = new Map();
    supply.item.forEach((id, row) => {
      if (item ? id !== item : !problemIndex.isGood(id)) return;
      const value = item ? 1 : problemIndex.getValue(id);
      for (const month of [supply.period[row], null]) {
        const sum = getOrCreate(sums, supply.county[row], month, createSupplySum);
        const { demand, shortage } = readNeed(supply, row, month === null);
        const figures = {
          demand,
          shortage,
          served: supply.served[row],
          central: supply.central[row],
        };
        for (const name of SUMMED_COLUMNS) sum[name] += value * figures[name];
      }
    });
    this.sumsByItem.set(item, sums);
    return sums;
  }

  /**
   * Get the sum of a place.
   * @param {string} place the place
   * @param {Pick<MapState, "item"|"month">} state item and month
   * @returns {SupplySum|null} the sum; null if nothing happens there
   */
  getSum(place, { item, month }) {
    return this.sumByPlace(item).get(place)?.get(month) ?? null;
  }

  /**
   * Compute the figure of a county by the selected measure.
   * @param {string} county the county
   * @param {MeasureState} state measure, item and month
   * @returns {number|null} a share, its change, won a person, units, or weighted won a kWh; null if there is none
   */
  computeFigure(county, state) {
    if (state.measure === "change") return this.computeChange([county], state);
    if (state.measure === "price") {
      const area = this.problemIndex.counties.get(county)?.power_area ?? "";
      return this.power.get(area)?.get(state.month) ?? null;
    }
    const sum = this.getSum(county, state);
    if (!sum || sum.demand === 0) return null;
    if (state.measure === "served") return sum.served / sum.demand;
    if (state.item) return this.findShortage(state.item, sum);
    return sum.shortage / (this.problemIndex.getPopulation(county) || 1);
  }

  /**
   * Compute the change of the served share of some counties against the plan that is compared with.
   * @param {string[]} counties the counties
   * @param {Pick<MapState, "item"|"month">} state item and month
   * @returns {number|null} the change of a share; null without demand in one of the plans
   */
  computeChange(counties, state) {
    const [now, before] = [this, this.compared].map((data) => {
      const total = data && data.sumCounties(counties, state);
      return total && total.demand > 0 ? total.served / total.demand : null;
    });
    return now === null || before === null ? null : now - before;
  }

  /**
   * Sum the supply of some counties.
   * @param {string[]} counties the counties
   * @param {Pick<MapState, "item"|"month">} state item and month
   * @returns {SupplySum} the sum
   */
  sumCounties(counties, state) {
    const total = createSupplySum();
    for (const county of counties) {
      const sum = this.getSum(county, state);
      for (const name of SUMMED_COLUMNS) total[name] += sum?.[name] ?? 0;
    }
    return total;
  }

  /**
   * Format a figure with its unit.
   * @param {number|null} value the figure
   * @param {MeasureState} state measure and item
   * @returns {string} the text
   */
  formatFigure(value, { measure, item }) {
    if (value === null) return "–";
    if (measure === "change") return formatPoints(0, value);
    if (measure === "served") return formatShare(value);
    if (measure === "price") return formatWeightedWon(value);
    return item ? formatQuantity(value, this.problemIndex.getUnit(item)) : formatWon(value);
  }

  /** @param {string} item @param {SupplySum} sum @returns {number} units short; 0 if they are too few to be told */
  findShortage(item, { shortage, demand }) {
    return isRelevantShortage(shortage, demand, this.problemIndex.isWhole(item)) ? shortage : 0;
  }

  /**
   * Find the greatest figure of any county in any month: the end of the scale.
   * @param {MeasureState} state what is shown
   * @returns {number} the figure
   */
  findHighest(state) {
    if (state.measure === "served") return 1;
    const months = state.month ? this.problemIndex.periods : [null];
    const figures = [...this.problemIndex.counties.keys()].flatMap((county) =>
      months.map((month) => Math.abs(this.computeFigure(county, { ...state, month }) ?? 0)),
    );
    return Math.max(...figures, state.measure === "change" ? MIN_CHANGE_RANGE : MIN_SCALE_END);
  }

  /**
   * Find the classes of colours.
   * @param {MapState} state what is shown
   * @returns {import("./classes.js").Classes} the classes
   */
  findClasses(state) {
    const { measure, item, month, scale } = state;
    const key = `${measure} ${item} ${month !== null} ${scale}`;
    const known = this.classesByState.get(key);
    if (known) return known;
    const months = month ? this.problemIndex.periods : [null];
    const figures = [...this.problemIndex.counties.keys()].flatMap((county) =>
      months
        .map((one) => this.computeFigure(county, { ...state, month: one }))
        .filter((figure) => figure !== null),
    );
    const classes = chooseClasses(figures, state, this.findHighest(state));
    this.classesByState.set(key, classes);
    return classes;
  }

  /**
   * Format the figure of the province.
   * @param {MeasureState} state what is shown
   * @returns {string} the text
   */
  formatProvinceFigure(state) {
    const counties = [...this.problemIndex.counties.keys()];
    if (state.measure === "price") {
      const prices = counties
        .map((county) => this.computeFigure(county, state))
        .filter((price) => price !== null);
      if (!prices.length) return "–";
      const [low, high] = [Math.min(...prices), Math.max(...prices)].map(formatWeightedWon);
      return low === high ? high : `${low} – ${high}`;
    }
    if (state.measure === "change") {
      return this.formatFigure(this.computeChange(counties, state), state);
    }
    const total = this.sumCounties(counties, state);
    if (state.measure === "served") {
      return formatShare(total.demand ? total.served / total.demand : null);
    }
    return state.item
      ? formatQuantity(this.findShortage(state.item, total), this.problemIndex.getUnit(state.item))
      : formatWon(total.shortage);
  }

  /**
   * Get the flow on a link.
   * @param {string} id the link
   * @param {string|null} month the month
   * @returns {{tonnes: number, to: string|null, full: number|null}} tonnes in both directions; the end that gets more; used share of the limit in the fuller direction, null without a limit
   */
  getLinkFlow(id, month) {
    const directions = this.listDirections(id, month);
    const shares = directions.filter((way) => way.limit > 0).map((way) => way.used / way.limit);
    const busiest = directions.reduce(
      (most, way) => (way.used > most.used ? way : most),
      /** @type {{to: string|null, used: number}} */ ({ to: null, used: 0 }),
    );
    return {
      tonnes: directions.reduce((sum, way) => sum + way.used, 0),
      to: busiest.to,
      full: shares.length ? Math.max(...shares) : null,
    };
  }

  /**
   * List the directions of a link.
   * @param {string} id the link
   * @param {string|null} month the month
   * @returns {{to: string, used: number, limit: number, price: number}[]} tonnes and the greatest shadow price of one more tonne, weighted won, by the end that gets the goods
   */
  listDirections(id, month) {
    const nothing = { used: 0, limit: 0, price: 0 };
    return [...(this.links.get(id) ?? [])].map(([to, months]) => ({
      to,
      ...(months.get(month) ?? nothing),
    }));
  }

  /**
   * Get the swaps with a partner.
   * @param {string} id the partner
   * @param {string|null} month the month
   * @returns {{given: number, taken: number}} values, won
   */
  getSwap(id, month) {
    return this.swaps.get(id)?.get(month) ?? { given: 0, taken: 0 };
  }
}

/** @returns {SupplySum} */
const createSupplySum = () => ({ demand: 0, served: 0, shortage: 0, central: 0 });

/**
 * @template Key, Value
 * @param {Map<string, Map<Key, Value>>} map @param {string} outer @param {Key} inner @param {() => Value} create
 * @returns {Value}
 */
function getOrCreate(map, outer, inner, create) {
  let values = map.get(outer);
  if (!values) map.set(outer, (values = new Map()));
  let value = values.get(inner);
  if (value === undefined) values.set(inner, (value = create()));
  return value;
}

/** @typedef {{used: number, limit: number, price: number}} LinkSum tonnes, and the greatest shadow price of a tonne, weighted won */

/** @param {Columns} columns @returns {Map<string, Map<string, Map<string|null, LinkSum>>>} by link, end and month */
function sumLinks({ id, part, period, used, limit, price }) {
  /** @type {Map<string, Map<string, Map<string|null, LinkSum>>>} */
  const links = new Map();
  id.forEach((link, row) => {
    const directions = links.get(link) ?? new Map();
    links.set(link, directions);
    for (const month of [period[row], null]) {
      const sum = getOrCreate(directions, part[row], month, () => ({
        used: 0,
        limit: 0,
        price: 0,
      }));
      sum.used += used[row];
      sum.limit += limit[row];
      sum.price = Math.max(sum.price, price?.[row] ?? 0);
    }
  });
  return links;
}

/** @param {Columns} columns @param {number} kwhValue won @returns {Map<string, Map<string|null, number>>} weighted won a kWh by area and month, 0 if too small to be told; for the whole plan the mean of the months */
function collectPowerPrices({ area, period, price }, kwhValue) {
  /** @type {Map<string, Map<string|null, number>>} */
  const areas = new Map();
  area.forEach((id, row) => {
    const months = areas.get(id) ?? new Map();
    months.set(period[row], isRelevantPrice(price[row], kwhValue) ? price[row] : 0);
    areas.set(id, months);
  });
  for (const months of areas.values()) {
    const prices = [...months.values()];
    months.set(null, prices.reduce((sum, value) => sum + value, 0) / prices.length);
  }
  return areas;
}

/** @param {Columns} columns @param {ProblemIndex} problemIndex @returns {Map<string, Map<string|null, {given: number, taken: number}>>} by partner and month */
function sumSwaps({ partner, item, period, given, taken }, problemIndex) {
  /** @type {Map<string, Map<string|null, {given: number, taken: number}>>} */
  const partners = new Map();
  partner.forEach((id, row) => {
    const value = problemIndex.getValue(item[row]);
    for (const month of [period[row], null]) {
      const sum = getOrCreate(partners, id, month, () => ({ given: 0, taken: 0 }));
      sum.given += given[row] * value;
      sum.taken += taken[row] * value;
    }
  });
  return partners;
}
