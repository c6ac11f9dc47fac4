/** Origins of the goods that people get, from the table `deliveries`. */

/**
 * @typedef {object} Flow what the people of a county get from an origin
 * @property {string} origin `centre:<place>`, `factories:<place>`, `partner:<id>` or `stock`
 * @property {string} county the county
 * @property {number} amount units of the item, or won
 */

/**
 * Sum deliveries to people by origin and county; the factories of a place are one origin, and so are all opening stocks.
 * @param {Pick<ProblemIndex, "factories"|"getValue"|"isGood">} problemIndex the problem
 * @param {Columns} deliveries rows of the table `deliveries` whose use is `people`
 * @param {string|null} item an item, counted in its unit; null for all goods, in won
 * @returns {Flow[]} the flows
 */
export function sumOrigins(problemIndex, deliveries, item) {
  /** @type {Map<string, Flow>} */
  const flows = new Map();
  deliveries.item.forEach((id, row) => {
    if (!item && !problemIndex.isGood(id)) return;
    const origin = nameOrigin(problemIndex, deliveries.source[row], deliveries.from[row]);
    const county = deliveries.to[row];
    const key = `${origin} ${county}`;
    const flow = flows.get(key) ?? { origin, county, amount: 0 };
    flow.amount += deliveries.quantity[row] * (item ? 1 : problemIndex.getValue(id));
    flows.set(key, flow);
  });
  return [...flows.values()].filter(({ amount }) => amount > 0);
}

/** @param {Pick<ProblemIndex, "factories">} problemIndex @param {string} source @param {string} from @returns {string} */
function nameOrigin(problemIndex, source, from) {
  if (source === "stock") return "stock";
  if (source === "factory") return `factories:${problemIndex.factories.get(from)?.place ?? ""}`;
  return `${source}:${from}`;
}
