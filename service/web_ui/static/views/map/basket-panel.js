/** Requirements of a county in the panel beside the map: how far they are met, and what a head takes a day. */

import { renderColumnHeading } from "../../lib/components.js";
import { h } from "../../lib/dom.js";
import { formatNumber, formatShare, formatUnit, formatWeightedWon } from "../../lib/format.js";
import { t } from "../../lib/i18n.js";
import { MIN_PART_OF_NEED } from "../../lib/relevance.js";

const MAX_ITEMS = 12;
const LEAST_PLAIN_PRICE = 0.1;

/** @typedef {{requirement: string, share: number, price: number, perDay: number|null}} RequirementSum */
/** @typedef {{item: string, grams: number}} BasketSum */

/**
 * Sum the requirements of a county over the plan, or read those of a month.
 * @param {Columns} requirements rows of the table `requirements` of the county
 * @param {string|null} month the month; null for the whole plan
 * @returns {{requirement: string, share: number, price: number}[]} share met, and mean worth of one more unit
 */
export function sumRequirements(requirements, month) {
  const sums = new Map();
  requirements.requirement.forEach((requirement, row) => {
    if (month && requirements.period[row] !== month) return;
    const sum = sums.get(requirement) ?? { requirement, need: 0, met: 0, worth: 0 };
    const backlog = month ? requirements.backlog[row] : 0;
    sum.need += requirements.need[row] + backlog;
    sum.met += requirements.met[row];
    sum.worth += requirements.price[row] * (requirements.need[row] + backlog);
    sums.set(requirement, sum);
  });
  return [...sums.values()]
    .filter(({ need }) => need > 0)
    .map(({ requirement, need, met, worth }) => ({
      requirement,
      share: Math.min(met / need, 1),
      price: worth / need,
    }));
}

/**
 * Compute what a head takes a day of each item of a county.
 * @param {Columns} baskets rows of the table `baskets` of the county
 * @param {{periods: string[], days: number[], month: string|null}} time periods with their days; the month, or null for the whole plan
 * @returns {BasketSum[]} g of each item, the most first; a period in which nothing is taken counts as 0
 */
export function sumBasket(baskets, { periods, days, month }) {
  const total = days.reduce((sum, day) => sum + day, 0);
  const seen = new Set();
  const sums = new Map();
  baskets.item.forEach((item, row) => {
    const period = baskets.period[row];
    const key = `${item} ${period}`;
    const grams = baskets.grams_per_head_day[row];
    if (seen.has(key) || grams === null || (month && period !== month)) return;
    seen.add(key);
    const part = month ? 1 : days[periods.indexOf(period)] / total;
    sums.set(item, (sums.get(item) ?? 0) + part * grams);
  });
  return [...sums]
    .map(([item, grams]) => ({ item, grams }))
    .sort((one, other) => other.grams - one.grams);
}

/**
 * Render the requirements of a county.
 * @param {MapData} data figures of the map
 * @param {{county: string, month: string|null}} state county and month
 * @param {ViewContext} context context of the view
 * @returns {Promise<Child>} bars of requirements met, and the basket; null if the county needs none
 */
export async function renderBasket({ problemIndex }, { county, month }, context) {
  const { api, plan } = context;
  const { problem, periods } = problemIndex;
  if (!problem.requirements?.length) return null;
  const [requirements, baskets] = await Promise.all(
    ["requirements", "baskets"].map((table) => api.fetchTable(plan.id, table, { county })),
  );
  const met = sumRequirements(requirements.columns, month);
  const stated = problem.period_days ?? 1;
  const days = Array.isArray(stated) ? stated : periods.map(() => stated);
  const taken = sumBasket(baskets.columns, { periods, days, month });
  if (!met.length && !taken.length) return null;
  return [
    renderRequirements(problemIndex, met, (requirement) =>
      context.buildHref("bottlenecks", { county, item: requirement, period: month }),
    ),
    taken.length > 0 && renderItems(problemIndex, taken),
  ];
}

/**
 * @param {ProblemIndex} problemIndex @param {ReturnType<typeof sumRequirements>} rows
 * @param {(requirement: string) => string} buildHref builds the address of its shortages
 * @returns {Child}
 */
function renderRequirements(problemIndex, rows, buildHref) {
  if (!rows.length) return null;
  const body = rows.map(({ requirement, share, price }) => {
    const name = problemIndex.getName(requirement);
    const bar = { min: "0", max: "1", low: "0.5", high: "0.9", optimum: "1" };
    const worth = {
      price: formatWorth(price),
      unit: formatUnit(problemIndex.getUnit(requirement)),
    };
    const isShort = 1 - share >= MIN_PART_OF_NEED;
    const more = price > 0 && h("div", { class: "soft small" }, t("map.worth", worth));
    return h(
      "tr",
      { data: { requirement } },
      h("td", {}, isShort ? h("a", { href: buildHref(requirement) }, name) : name, more),
      h("td", {}, h("meter", { ...bar, value: String(share), "aria-label": name })),
      h("td", { class: "number" }, formatShare(share)),
    );
  });
  const head = [
    renderColumnHeading(t("map.requirement")),
    renderColumnHeading(""),
    renderColumnHeading(t("map.met"), true),
  ];
  return renderSection(t("map.requirements"), head, body);
}

/** @param {number} price won for a unit, which may be as small as a kcal @returns {string} the text */
function formatWorth(price) {
  return price < LEAST_PLAIN_PRICE
    ? t("format.weighted-won", { amount: price.toPrecision(2) })
    : formatWeightedWon(price);
}

/** @param {ProblemIndex} problemIndex @param {BasketSum[]} rows @returns {Child} */
function renderItems(problemIndex, rows) {
  const body = rows
    .slice(0, MAX_ITEMS)
    .map(({ item, grams }) =>
      h(
        "tr",
        { data: { item } },
        h("td", {}, problemIndex.getName(item)),
        h("td", { class: "number" }, t("map.grams", { n: formatNumber(grams) })),
      ),
    );
  const head = [
    renderColumnHeading(t("map.item")),
    renderColumnHeading(t("map.per-head-and-day"), true),
  ];
  return renderSection(t("map.basket"), head, body);
}

/** @param {string} title @param {Child[]} head @param {Child[]} body @returns {HTMLElement} */
function renderSection(title, head, body) {
  const table = h(
    "table",
    { class: "rows side-rows" },
    h("thead", {}, h("tr", {}, head)),
    h("tbody", {}, body),
  );
  return h("section", {}, h("h3", {}, title), table);
}
