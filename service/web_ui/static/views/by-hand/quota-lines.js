/** Quotas as one row for each line, with the periods across. */

/**
 * @typedef {object} QuotaLine
 * @property {string} line as changes name it
 * @property {string} factory its factory
 * @property {string} item its item
 * @property {string} recipe its recipe; empty for a line without one
 * @property {string} name item, and recipe where the factory has several lines for it, as `ProblemIndex.getName` takes it
 * @property {string} place county of the factory
 * @property {string} words what a search finds it by
 * @property {Map<string, number>} quotas units by period
 */

/**
 * Build a row for each line of the problem, also of those that make nothing.
 * @param {ProblemIndex} problemIndex the problem
 * @param {Columns} quotas columns of the table `quotas`
 * @returns {QuotaLine[]} the lines in the order of the problem
 */
export function buildQuotaLines(problemIndex, quotas) {
  /** @type {Map<string, Map<string, number>>} */
  const found = new Map();
  quotas.factory.forEach((factory, row) => {
    const key = [factory, quotas.item[row], quotas.recipe[row] ?? ""].join("/");
    const units = found.get(key) ?? new Map();
    units.set(quotas.period[row], quotas.quantity[row]);
    found.set(key, units);
  });
  return [...problemIndex.factories.values()].flatMap((factory) => {
    const lines = factory.lines ?? [];
    return lines.map(({ item, recipe = "" }) => {
      const hasSeveral = lines.filter((other) => other.item === item).length > 1;
      const name = hasSeveral ? `${item}/${recipe}` : item;
      return {
        line: `${factory.id}/${name}`,
        factory: factory.id,
        item,
        recipe,
        name,
        place: factory.place ?? "",
        words: [
          factory.id,
          item,
          recipe,
          ...[factory.id, item].map((id) => problemIndex.getName(id)),
        ]
          .join(" ")
          .toLowerCase(),
        quotas: found.get(`${factory.id}/${item}/${recipe}`) ?? new Map(),
      };
    });
  });
}

/**
 * Select lines.
 * @param {QuotaLine[]} lines all lines
 * @param {{county: string, item: string, search: string}} filter empty parts select everything
 * @returns {QuotaLine[]} the lines that match all parts, those that make something first; each word of the search must occur
 */
export function selectLines(lines, { county, item, search }) {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const selected = lines.filter(
    (line) =>
      (!county || line.place === county) &&
      (!item || line.item === item) &&
      words.every((word) => line.words.includes(word)),
  );
  // what a line could make and does not is read last
  return [...selected.filter(isUsed), ...selected.filter((line) => !isUsed(line))];
}

/** @param {QuotaLine} line @returns {boolean} */
const isUsed = (line) => [...line.quotas.values()].some((units) => units > 0);

/**
 * Compare lines with those of another plan.
 * @param {ProblemIndex} problemIndex the problem of the lines
 * @param {ProblemIndex} other the problem of the other plan
 * @param {Columns} quotas columns of the table `quotas` of the other plan
 * @returns {(line: QuotaLine, period: string) => number|null} gets the quota of the other plan, units; null where its problem has no such line or period, or the item in another unit
 */
export function compareLines(problemIndex, other, quotas) {
  const periods = new Set(other.periods);
  const lines = new Map(
    buildQuotaLines(other, quotas).map((line) => [nameLine(line), line.quotas]),
  );
  return (line, period) => {
    const known = lines.get(nameLine(line));
    const isComparable = problemIndex.getUnit(line.item) === other.getUnit(line.item);
    if (!known || !isComparable || !periods.has(period)) return null;
    return known.get(period) ?? 0;
  };
}

/** @param {QuotaLine} line @returns {string} the same for the same line of all problems */
const nameLine = ({ factory, item, recipe }) => [factory, item, recipe].join("/");
