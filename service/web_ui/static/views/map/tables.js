/** The map's links, gateways and neighbours in tables: the same figures without the drawing. */

import { h } from "../../lib/dom.js";
import { written } from "../../lib/chart.js";

/**
 * The tables.
 * @param {import("./map-data.js").MapData} data the figures
 * @param {object} state what is shown
 * @param {import("../../lib/router.js").Context} context of the view
 * @returns {HTMLElement[]} the summary and the tables
 */
export function tables(data, state, { t, format }) {
  const { atlas } = data;
  const links = [...atlas.links.values()].map((link) => {
    const { tonnes, full } = data.link(link.id, state.month);
    return [
      atlas.name(link.id),
      t(`map.mode.${link.mode ?? "road"}`),
      format.quantity(tonnes, "tonne"),
      full === null ? t("map.no-limit") : format.share(full),
    ];
  });
  const gateways = (atlas.problem.supply_shares?.gateways ?? []).map((id) => [
    atlas.name(id),
    format.won(data.sum(id, { item: null, month: state.month })?.central ?? 0),
  ]);
  const partners = [...atlas.partners.values()].map((partner) => {
    const { given, taken } = data.swap(partner.id, state.month);
    return [atlas.name(partner.id), atlas.name(partner.at), format.won(given), format.won(taken)];
  });
  const part = (title, head, body) =>
    body.length > 0 &&
    h(
      "section",
      {},
      h("h3", {}, title),
      h(
        "div",
        { class: "scroll", tabindex: "0", role: "region", "aria-label": title },
        written({ head, body }),
      ),
    );
  return [
    h("summary", {}, h("h2", {}, t("map.in-tables"))),
    h(
      "div",
      { class: "map-tables" },
      part(
        t("map.links"),
        [t("map.link"), t("map.mode"), t("map.tonnes"), t("map.fullness")],
        links,
      ),
      h(
        "div",
        {},
        part(t("map.gateways"), [t("map.place"), t("map.handed")], gateways),
        part(
          t("map.neighbours"),
          [t("map.neighbour"), t("map.place"), t("map.given"), t("map.taken")],
          partners,
        ),
      ),
    ),
  ];
}
