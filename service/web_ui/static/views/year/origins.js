/**
 * Which origin the goods that people get have.
 *
 * Goods of a kind that meet at a place are alike: what leaves it, to people or on to another place or into the next
 * month, is of the mix of what came. So mixes follow from what the tables say, month by month.
 */

const ROUNDS = 200;
const STILL = 1e-10;

/**
 * @param {import("../../lib/problem-index.js").Atlas} atlas the problem
 * @param {{supply: object, shipments: object, swaps: object}} tables columns of the plan's tables
 * @param {{item: string|null, month: string|null}} wish an item (amounts in its unit) or all goods (in won); a month or all
 * @returns {Array<{origin: string, county: string, amount: number}>} what people of a county get of an origin: `centre:<place>`, `factories:<place>`, `partner:<id>`, `stock`
 */
export function trace(atlas, tables, { item, month }) {
  const got = new Map();
  for (const [id, days] of byItem(atlas, tables, item)) {
    const value = item ? 1 : atlas.value(id);
    let before = new Map();
    for (const period of atlas.periods) {
      const day = days.get(period);
      if (!day) continue;
      const mixes = settle(day, before);
      if (!month || month === period) count(got, day, mixes, value, atlas);
      before = mixes;
    }
  }
  return [...got]
    .map(([key, amount]) => ({ origin: key.split("\n")[0], county: key.split("\n")[1], amount }))
    .filter((flow) => flow.amount > 0);
}

/** item → period → places with what came and went, and what moved between them. */
function byItem(atlas, { supply, shipments, swaps }, item) {
  const found = new Map();
  const at = (id, period) => {
    if (!found.has(id)) found.set(id, new Map());
    if (!found.get(id).has(period)) found.get(id).set(period, { places: new Map(), moves: [] });
    return found.get(id).get(period);
  };
  const wanted = (id) => (item ? id === item : atlas.isGood(id));
  supply.item.forEach((id, row) => {
    if (!wanted(id)) return;
    const now = (name) => supply[name][row];
    const went = now("served") + now("used") + now("sent") + now("given") + now("stock");
    const came = now("made") + now("central") + now("arrived") + now("taken");
    const own = [
      [`factories:${now("county")}`, now("made")],
      [`centre:${now("county")}`, now("central")],
    ];
    at(id, now("period")).places.set(now("county"), {
      own,
      kept: Math.max(0, went - came),
      total: Math.max(went, came),
      served: now("served"),
    });
  });
  swaps.item.forEach((id, row) => {
    const place =
      wanted(id) &&
      swaps.taken[row] > 0 &&
      at(id, swaps.period[row]).places.get(atlas.partners.get(swaps.partner[row]).at);
    if (place) place.own.push([`partner:${swaps.partner[row]}`, swaps.taken[row]]);
  });
  shipments.item.forEach(
    (id, row) =>
      wanted(id) &&
      at(id, shipments.period[row]).moves.push({
        from: shipments.from[row],
        to: shipments.to[row],
        quantity: shipments.quantity[row],
      }),
  );
  return found;
}

/** Mixes at every place: shares by origin. Goods may go round, so they are found by going round until nothing changes. */
function settle({ places, moves }, before) {
  const base = new Map(
    [...places].map(([id, place]) => [id, sum([...place.own, ...kept(id, place, before)])]),
  );
  let mixes = new Map([...places].map(([id, place]) => [id, shares(base.get(id), place.total)]));
  for (let round = 0; round < ROUNDS && moves.length; round += 1) {
    const next = new Map([...base].map(([id, amounts]) => [id, new Map(amounts)]));
    for (const { from, to, quantity } of moves) {
      const into = next.get(to);
      for (const [origin, share] of mixes.get(from) ?? [])
        into?.set(origin, (into.get(origin) ?? 0) + share * quantity);
    }
    const settled = new Map(
      [...next].map(([id, amounts]) => [id, shares(amounts, places.get(id).total)]),
    );
    const change = moved(mixes, settled);
    mixes = settled;
    if (change < STILL) break;
  }
  return mixes;
}

/** What was in store at the beginning has last month's mix; in the first month it is of no known origin. */
function kept(id, place, before) {
  const mix = before.get(id);
  return mix?.size
    ? [...mix].map(([origin, share]) => [origin, share * place.kept])
    : [["stock", place.kept]];
}

function sum(pairs) {
  const found = new Map();
  for (const [origin, amount] of pairs)
    if (amount > 0) found.set(origin, (found.get(origin) ?? 0) + amount);
  return found;
}

const shares = (amounts, total) =>
  new Map([...amounts].map(([origin, amount]) => [origin, total > 0 ? amount / total : 0]));

function moved(one, other) {
  let most = 0;
  for (const [id, mix] of other)
    for (const [origin, share] of mix)
      most = Math.max(most, Math.abs(share - (one.get(id)?.get(origin) ?? 0)));
  return most;
}

function count(got, { places }, mixes, value, atlas) {
  for (const [id, { served }] of places) {
    if (!served || !atlas.counties.has(id)) continue;
    for (const [origin, share] of mixes.get(id)) {
      const key = `${origin}\n${id}`;
      got.set(key, (got.get(key) ?? 0) + share * served * value);
    }
  }
}
