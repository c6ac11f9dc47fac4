/** Figures of the map: tables of the plan, summed by place and month. */

import { fetchCached } from "../../lib/api.js";
import { formatQuantity, formatShare, formatWeightedWon, formatWon } from "../../lib/format.js";
import { readComparedPlan } from "../../lib/plan-context.js";
import { buildMapPath } from "../../lib/view-list.js";
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

/** Columns of `supply` that the map reads of one good or of one county. */
const NEED_COLUMNS = ["county", "item", "period", ...SUMMED_COLUMNS];

/**
 * @typedef {object} MapTables
 * @property {{needs: Columns, swaps: Columns, power: Columns, links: Columns}} figures what `GET /v1/plans/{plan}/map` answers
 * @property {Columns|null} needs rows of `supply` or `requirements` of the selected good; null if all are shown
 */

/** Figures by place, link and partner. The month `null` stands for the whole plan. */
export class MapData {
  /**
   * Read what the map shows.
   * @param {ViewContext} context context of the view
   * @returns {Promise<MapData>} the figures
   */
  static async load(context) {
    const { plan } = context;
    const item = context.params.get("item") ?? "";
    const other = readComparedPlan(context.params);
    const [problemIndex, figures, before] = await Promise.all([
      context.loadProblemIndex(),
      fetchCached(buildMapPath(plan.id)),
      other ? fetchCached(buildMapPath(other)).catch(() => null) : null,
    ]);
    const isKnown = problemIndex.items.has(item);
    const [needs, otherNeeds] = await Promise.all([
      isKnown ? fetchNeeds(context, NEED_COLUMNS, { item }) : null,
      // The other plan may be one of a problem without the good.
      isKnown && other
        ? fetchNeeds(context, NEED_COLUMNS, { item }, other).catch(() => null)
        : null,
    ]);
    const compared = before && { figures: before, needs: otherNeeds };
    return new MapData(problemIndex, { figures, needs }, compared);
  }

  /**
   * @param {ProblemIndex} problemIndex the problem
   * @param {MapTables} tables tables of the plan
   * @param {MapTables|null} [before] those of the plan that it is compared with
   */
  constructor(problemIndex, tables, before = null) {
    this.problemIndex = problemIndex;
    /** @type {MapData|null} */
    this.compared = before ? new MapData(problemIndex, before) : null;
    this.tables = tables;
    /** @type {Map<string|null, Map<string, Map<string|null, SupplySum>>>} */
    this.sumsByItem = new Map();
    /** @type {Map<string, import("./classes.js").Classes>} */
    this.classesByState = new Map();
    const { links, power, swaps } = tables.figures;
    this.links = sumLinks(links);
    this.power = collectPowerPrices(power, problemIndex.computeKwhValue());
    this.swaps = sumSwaps(swaps);
  }

  /** @returns {MapState["measure"][]} what the colours can show; the first is the default: the change, if there is a plan to compare with */
  listMeasures() {
    return this.compared ? ["change", ...MEASURES] : MEASURES;
  }

  /**
   * Sum the supply of the selected good in its unit, or of all goods and requirements in won.
   * @param {string|null} item the selected good; null for all of them
   * @returns {Map<string, Map<string|null, SupplySum>>} sums by place and month
   */
  sumByPlace(item) {
    const known = this.sumsByItem.get(item);
    if (known) return known;
    const { needs, figures } = this.tables;
    const sums = item
      ? sumNeeds(needs?.county, needs)
      : sumNeeds(figures.needs.place, figures.needs);
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

/** @param {string[]} [places] place of each row @param {Columns|null} [columns] the rows @returns {Map<string, Map<string|null, SupplySum>>} sums by place and month */
function sumNeeds(places = [], columns = null) {
  /** @type {Map<string, Map<string|null, SupplySum>>} */
  const sums = new Map();
  if (!columns) return sums;
  places.forEach((place, row) => {
    for (const month of [columns.period[row], null]) {
      const sum = getOrCreate(sums, place, month, createSupplySum);
      const { demand, shortage } = readNeed(columns, row, month === null);
      sum.demand += demand;
      sum.shortage += shortage;
      sum.served += columns.served[row];
      sum.central += columns.central[row];
    }
  });
  return sums;
}

/** @typedef {{used: number, limit: number, price: number}} LinkSum tonnes, and the greatest shadow price of a tonne, weighted won */

/** @param {Columns} columns @returns {Map<string, Map<string, Map<string|null, LinkSum>>>} by link, end and month */
function sumLinks({ link, to, period, used, limit, price }) {
  /** @type {Map<string, Map<string, Map<string|null, LinkSum>>>} */
  const links = new Map();
  link.forEach((id, row) => {
    const directions = links.get(id) ?? new Map();
    links.set(id, directions);
    for (const month of [period[row], null]) {
      const sum = getOrCreate(directions, to[row], month, () => ({
        used: 0,
        limit: 0,
        price: 0,
      }));
      sum.used += used[row];
      sum.limit += limit[row];
      sum.price = Math.max(sum.price, price[row]);
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

/** @param {Columns} columns won @returns {Map<string, Map<string|null, {given: number, taken: number}>>} by partner and month */
function sumSwaps({ partner, period, given, taken }) {
  /** @type {Map<string, Map<string|null, {given: number, taken: number}>>} */
  const partners = new Map();
  partner.forEach((id, row) => {
    for (const month of [period[row], null]) {
      const sum = getOrCreate(partners, id, month, () => ({ given: 0, taken: 0 }));
      sum.given += given[row];
      sum.taken += taken[row];
    }
  });
  return partners;
}
