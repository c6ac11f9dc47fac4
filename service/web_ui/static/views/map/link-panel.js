/** The panel of a link: what moves over it, its capacity, and what one more tonne is worth. */

import { renderColumnHeading } from "../../lib/components.js";
import { h } from "../../lib/dom.js";
import { formatPeriod, formatQuantity, formatShare, formatWeightedWon } from "../../lib/format.js";
import { t } from "../../lib/i18n.js";

const MAX_ITEMS = 12;

/** Less is not listed, tonnes. */
const MIN_TONNES = 0.0005;

/**
 * Render the figures of a link.
 * @param {MapData} data the figures
 * @param {string} id the link
 * @param {string|null} month the month; null for the whole plan
 * @returns {HTMLElement} directions with tonnes, limit and worth
 */
export function renderLinkFigures(data, id, month) {
  const { problemIndex } = data;
  const rows = data
    .listDirections(id, month)
    .map(({ to, used, limit, price }) =>
      h(
        "tr",
        {},
        h("th", { scope: "row" }, `→ ${problemIndex.getName(to)}`),
        h("td", { class: "number" }, formatQuantity(used, "tonne")),
        h("td", { class: "number" }, limit > 0 ? formatShare(used / limit) : t("map.no-limit")),
        h("td", { class: "number" }, price > 0 ? formatWeightedWon(price) : "–"),
      ),
    );
  const head = [
    renderColumnHeading(t("map.direction")),
    renderColumnHeading(t("map.tonnes"), true),
    renderColumnHeading(t("map.fullness"), true),
    renderColumnHeading(t("map.link-price"), true),
  ];
  const note = month ? "map.link-month" : "map.link-plan";
  return h(
    "div",
    {},
    h("p", { class: "soft small" }, t(note, { month: month ? formatPeriod(month, "long") : "" })),
    h(
      "div",
      { class: "scroll", tabindex: "0", role: "region", "aria-label": t("map.link-capacity") },
      h("table", { class: "rows" }, h("thead", {}, h("tr", {}, head)), h("tbody", {}, rows)),
    ),
  );
}

/**
 * Render what moves over a link, the heaviest first.
 * @param {MapData} data the figures
 * @param {string} id the link
 * @param {string|null} month the month; null for the whole plan
 * @param {ViewContext} context context of the view
 * @returns {Promise<Child>} the items by direction
 */
export async function renderLinkItems({ problemIndex }, id, month, { api, plan }) {
  /** @type {Record<string, string>} */
  const query = { link: id, columns: "to,item,quantity,tonnes" };
  if (month) query.period = month;
  const { columns } = await api.fetchTable(plan.id, "shipments", query);
  const moved = sumShipments(columns).filter(({ tonnes }) => tonnes >= MIN_TONNES);
  if (!moved.length) return h("p", { class: "soft" }, t("map.link-empty"));
  const rows = moved
    .slice(0, MAX_ITEMS)
    .map(({ item, to, quantity, tonnes }) =>
      h(
        "tr",
        { data: { moved: item } },
        h(
          "td",
          {},
          problemIndex.getName(item),
          h("span", { class: "note-line" }, `→ ${problemIndex.getName(to)}`),
        ),
        h("td", { class: "number" }, formatQuantity(quantity, problemIndex.getUnit(item))),
        h("td", { class: "number soft" }, formatQuantity(tonnes, "tonne")),
      ),
    );
  const hidden = moved.length - MAX_ITEMS;
  return [
    h("h3", {}, t("map.link-items")),
    h("table", { class: "rows side-rows" }, h("tbody", {}, rows)),
    hidden > 0 && h("p", { class: "soft small" }, t("map.more-items", { n: hidden })),
  ];
}

/**
 * Sum shipments by item and direction.
 * @param {Columns} columns rows of the table `shipments`
 * @returns {{item: string, to: string, quantity: number, tonnes: number}[]} the sums, the heaviest first
 */
export function sumShipments({ to, item, quantity, tonnes }) {
  const sums = new Map();
  item.forEach((id, row) => {
    const key = `${id} ${to[row]}`;
    const sum = sums.get(key) ?? { item: id, to: to[row], quantity: 0, tonnes: 0 };
    sum.quantity += quantity[row];
    sum.tonnes += tonnes[row];
    sums.set(key, sum);
  });
  return [...sums.values()].sort((one, other) => other.tonnes - one.tonnes);
}
