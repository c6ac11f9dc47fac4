/** The figures of links, gateways and neighbours as tables. */

import { renderTable } from "../../lib/chart.js";
import { h } from "../../lib/dom.js";
import { formatQuantity, formatShare, formatWon } from "../../lib/format.js";
import { t } from "../../lib/i18n.js";

/**
 * Render the tables.
 * @param {MapData} data the figures
 * @param {MapState} state what is shown
 * @param {(link: string) => void} onPickLink called with the link that the user picks
 * @returns {HTMLElement[]} summary and tables
 */
export function renderMapTables(data, { month }, onPickLink) {
  const { problemIndex } = data;
  const links = [...problemIndex.links.values()].map((link) => {
    const { tonnes, full } = data.getLinkFlow(link.id, month);
    const on = { click: () => onPickLink(link.id) };
    return [
      h(
        "button",
        { type: "button", class: "plain", data: { key: link.id }, on },
        problemIndex.getName(link.id),
      ),
      t(`map.mode.${link.mode ?? "road"}`),
      formatQuantity(tonnes, "tonne"),
      full === null ? t("map.no-limit") : formatShare(full),
    ];
  });
  const gateways = (problemIndex.problem.supply_shares?.gateways ?? []).map((id) => {
    const central = data.getSum(id, { item: null, month })?.central ?? 0;
    return [problemIndex.getName(id), formatWon(central)];
  });
  const partners = [...problemIndex.partners.values()].map((partner) => {
    const { given, taken } = data.getSwap(partner.id, month);
    return [
      problemIndex.getName(partner.id),
      problemIndex.getName(partner.at),
      formatWon(given),
      formatWon(taken),
    ];
  });
  return [
    h("summary", {}, h("h2", {}, t("map.tables"))),
    h(
      "div",
      { class: "map-tables" },
      renderSection("map.links", ["link", "mode", "tonnes", "fullness"], links),
      h(
        "div",
        {},
        renderSection("map.gateways", ["place", "delivered"], gateways),
        renderSection("map.neighbours", ["neighbour", "place", "given", "taken"], partners),
      ),
    ),
  ];
}

/** @param {string} title key of the title @param {string[]} columns @param {(string|HTMLElement)[][]} body @returns {Child} */
function renderSection(title, columns, body) {
  if (!body.length) return null;
  const head = columns.map((name) => t(`map.${name}`));
  const frame = { class: "scroll", tabindex: "0", role: "region", "aria-label": t(title) };
  const table = h("div", frame, renderTable({ head, body }));
  return h("section", {}, h("h3", {}, t(title)), table);
}
