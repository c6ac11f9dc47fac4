/** The figures of the map: tables of the plan, added up by place and month. */

/** What counties can be coloured by. */
export const MEASURES = ["served", "shortage", "price"];

const SUMS = ["demand", "served", "shortage", "central"];

/** Figures by place, link and partner; `null` as a month is the whole plan. */
export class MapData {
  /** Read what the map needs. @param {import("../../lib/router.js").Context} context of the view @returns {Promise<MapData>} the figures */
  static async load({ api, atlas, plan, format }) {
    const [known, supply, power, links, swaps] = await Promise.all([
      atlas(),
      api.table(plan.id, "supply", {
        columns: "county,item,period,demand,served,shortage,central",
      }),
      api.table(plan.id, "power", { columns: "area,period,limit,price" }),
      api.table(plan.id, "capacity", { rule: "link", columns: "id,part,period,used,limit" }),
      api.table(plan.id, "swaps", { columns: "partner,item,period,given,taken" }),
    ]);
    return new MapData(known, format, {
      supply: supply.columns,
      power: power.columns,
      links: links.columns,
      swaps: swaps.columns,
    });
  }

  constructor(atlas, format, tables) {
    /** @type {import("../../lib/problem-index.js").Atlas} the plan's problem */
    this.atlas = atlas;
    this.format = format;
    this.tables = tables;
    this.added = new Map();
    this.links = linkSums(tables.links);
    this.power = powerPrices(tables.power);
    this.swaps = swapSums(tables.swaps, atlas);
  }

  /**
   * Sums over goods, in won, or of one item, in its unit.
   * @param {string|null} item the item; null for all goods by value
   * @returns {Map<string, Map<string|null, object>>} place → month → demand, served, shortage, central
   */
  sums(item) {
    if (this.added.has(item)) return this.added.get(item);
    const { supply } = this.tables;
    const found = new Map();
    for (let row = 0; row < supply.item.length; row += 1) {
      const id = supply.item[row];
      if (item ? id !== item : !this.atlas.isGood(id)) continue;
      const value = item ? 1 : this.atlas.value(id);
      for (const month of [supply.period[row], null]) {
        const cell = within(found, supply.county[row], month, () => ({
          demand: 0,
          served: 0,
          shortage: 0,
          central: 0,
        }));
        for (const name of SUMS) cell[name] += value * supply[name][row];
      }
    }
    this.added.set(item, found);
    return found;
  }

  /** One place's sums. @returns {object|null} as in `sums`; null where nothing happens */
  sum(place, { item, month }) {
    return this.sums(item).get(place)?.get(month) ?? null;
  }

  /**
   * A county's figure by the measure chosen.
   * @param {string} county the county
   * @param {{measure: string, month: string|null, item: string|null}} state what is shown
   * @returns {number|null} a share; won a person or units; won a kWh; null where there is none
   */
  figure(county, state) {
    if (state.measure === "price")
      return this.power.get(this.atlas.counties.get(county).power_area)?.get(state.month) ?? null;
    const sum = this.sum(county, state);
    if (!sum || sum.demand === 0) return null;
    if (state.measure === "served") return sum.served / sum.demand;
    if (state.item) return sum.shortage;
    return sum.shortage / (this.atlas.people(county) || 1);
  }

  /** A figure with its unit. @param {number|null} value the figure @param {object} state what is shown @returns {string} as it is written */
  write(value, { measure, item }) {
    if (value === null) return "–";
    if (measure === "served") return this.format.share(value);
    return measure === "shortage" && item
      ? this.format.quantity(value, this.atlas.unit(item))
      : this.format.won(value);
  }

  /** The highest figure of any county in any month, for the scale's end. @param {object} state what is shown @returns {number} the figure; a hundredth at least, so that next to nothing does not look like much */
  highest(state) {
    if (state.measure === "served") return 1;
    const months = state.month ? this.atlas.periods : [null];
    const all = [...this.atlas.counties.keys()].flatMap((county) =>
      months.map((month) => this.figure(county, { ...state, month }) ?? 0),
    );
    return Math.max(...all, 0.01);
  }

  /** The province's figure, in words. @param {object} state what is shown @returns {string} as it is written */
  provinceFigure(state) {
    const counties = [...this.atlas.counties.keys()];
    if (state.measure === "price") {
      const prices = counties
        .map((county) => this.figure(county, state))
        .filter((price) => price !== null);
      const [low, high] = [Math.min(...prices), Math.max(...prices)].map((price) =>
        this.format.won(price),
      );
      return !prices.length ? "–" : low === high ? high : `${low} – ${high}`;
    }
    const sums = counties.map((county) => this.sum(county, state)).filter(Boolean);
    const total = (name) => sums.reduce((all, sum) => all + sum[name], 0);
    if (state.measure === "served")
      return this.format.share(total("demand") ? total("served") / total("demand") : null);
    return state.item
      ? this.format.quantity(total("shortage"), this.atlas.unit(state.item))
      : this.format.won(total("shortage"));
  }

  /** What a link carries. @param {string} id the link @param {string|null} month when @returns {{tonnes: number, to: string|null, full: number|null, ways: Map}} both ways; `to`: where more goes; `full`: the fuller way's share of its limit */
  link(id, month) {
    const ways = this.links.get(id) ?? new Map();
    const now = [...ways].map(([to, months]) => ({
      to,
      ...(months.get(month) ?? { used: 0, limit: 0 }),
    }));
    const most = now.reduce((one, other) => (other.used > (one?.used ?? 0) ? other : one), null);
    const shares = now.filter((way) => way.limit > 0).map((way) => way.used / way.limit);
    return {
      tonnes: now.reduce((all, way) => all + way.used, 0),
      to: most?.to ?? null,
      full: shares.length ? Math.max(...shares) : null,
      ways: now,
    };
  }

  /** What is swapped with a partner, in won. @param {string} id the partner @param {string|null} month when @returns {{given: number, taken: number}} by value */
  swap(id, month) {
    return this.swaps.get(id)?.get(month) ?? { given: 0, taken: 0 };
  }
}

function within(map, first, second, fresh) {
  if (!map.has(first)) map.set(first, new Map());
  const inner = map.get(first);
  if (!inner.has(second)) inner.set(second, fresh());
  return inner.get(second);
}

function linkSums({ id, part, period, used, limit }) {
  const found = new Map();
  for (let row = 0; row < id.length; row += 1) {
    if (!found.has(id[row])) found.set(id[row], new Map());
    for (const month of [period[row], null]) {
      const cell = within(found.get(id[row]), part[row], month, () => ({ used: 0, limit: 0 }));
      cell.used += used[row];
      cell.limit += limit[row];
    }
  }
  return found;
}

/** Won a kWh by area and month; of the whole plan the mean of the months. */
function powerPrices({ area, period, price }) {
  const found = new Map();
  for (let row = 0; row < area.length; row += 1) {
    if (!found.has(area[row])) found.set(area[row], new Map());
    found.get(area[row]).set(period[row], price[row]);
  }
  for (const months of found.values()) {
    const prices = [...months.values()];
    months.set(null, prices.reduce((sum, price) => sum + price, 0) / prices.length);
  }
  return found;
}

function swapSums({ partner, item, period, given, taken }, atlas) {
  const found = new Map();
  for (let row = 0; row < partner.length; row += 1) {
    for (const month of [period[row], null]) {
      const cell = within(found, partner[row], month, () => ({ given: 0, taken: 0 }));
      cell.given += given[row] * atlas.value(item[row]);
      cell.taken += taken[row] * atlas.value(item[row]);
    }
  }
  return found;
}
