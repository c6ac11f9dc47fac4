/** Beside the map: the province, or the county chosen. */

import { fill, h } from "../../lib/dom.js";
import { failure, loading } from "../../lib/feedback.js";
import { shade } from "./drawing.js";

const MOST = 8;

/**
 * Fill the side.
 * @param {HTMLElement} side where
 * @param {import("./map-data.js").MapData} data the figures
 * @param {object} state what is shown
 * @param {import("../../lib/router.js").Context} context of the view
 * @param {(county: string|null) => void} pick chooses a county, or none
 */
export async function panel(side, data, state, context, pick) {
  if (!state.county) {
    fill(side, province(data, state, context, pick));
    return;
  }
  const asked = JSON.stringify(state);
  side.dataset.asked = asked;
  const more = h("div", {}, loading());
  fill(
    side,
    head(data, state, context, pick),
    figures(data, state, context),
    missing(data, state, context),
    more,
  );
  try {
    const parts = await Promise.all([
      reasons(data, state, context),
      factories(data, state, context),
    ]);
    if (side.dataset.asked === asked) fill(more, parts);
  } catch (error) {
    if (side.dataset.asked === asked) fill(more, failure(error));
  }
}

function province(data, state, { t, format }, pick) {
  const rows = [...data.atlas.counties.keys()].map((id) => ({
    id,
    figure: data.figure(id, state),
  }));
  rows.sort(
    (one, other) =>
      (state.measure === "served" ? 1 : -1) * ((one.figure ?? 2) - (other.figure ?? 2)),
  );
  const row = ({ id, figure }) => {
    const chip = h("span", { class: "chip", style: { background: shade(data, id, state) } });
    const button = h(
      "button",
      { type: "button", class: "plain", on: { click: () => pick(id) } },
      data.atlas.name(id),
    );
    return h(
      "tr",
      {},
      h("th", { scope: "row" }, chip, button),
      h("td", { class: "number soft" }, format.number(data.atlas.people(id))),
      h("td", { class: "number", data: { county: id } }, data.write(figure, state)),
    );
  };
  const columns = h(
    "tr",
    {},
    h("th", { scope: "col" }, t("map.county")),
    h("th", { scope: "col", class: "number" }, t("map.people")),
    h("th", { scope: "col", class: "number" }, t(`map.measure.${state.measure}`)),
  );
  return [
    h("h2", {}, t("map.counties")),
    h("p", { class: "soft small" }, t("map.pick")),
    h("table", { class: "rows side-rows" }, h("thead", {}, columns), h("tbody", {}, rows.map(row))),
  ];
}

function head(data, { county }, { t }, pick) {
  return h(
    "div",
    { class: "figure-head" },
    h("h2", {}, data.atlas.name(county)),
    h(
      "button",
      { type: "button", class: "button small", on: { click: () => pick(null) } },
      t("action.close"),
    ),
  );
}

function figures(data, state, { t, format }) {
  const sum = data.sum(state.county, { item: null, month: state.month }) ?? {
    demand: 0,
    served: 0,
    shortage: 0,
  };
  const price = data.figure(state.county, { ...state, measure: "price" });
  const one = (name, value) =>
    h("div", { data: { figure: name } }, h("dt", {}, t(`map.figure.${name}`)), h("dd", {}, value));
  return h(
    "dl",
    { class: "figures small" },
    one("people", format.number(data.atlas.people(state.county))),
    one("served", format.share(sum.demand ? sum.served / sum.demand : null)),
    one("shortage", format.won(sum.shortage)),
    price !== null && one("price", format.won(price)),
  );
}

/** What is missing most, by value; each leads to its reasons, in the month when most is missing. */
function missing(data, { county, month }, { t, format, href, has }) {
  const { supply } = data.tables;
  const found = new Map();
  supply.item.forEach((item, row) => {
    if (
      supply.county[row] !== county ||
      (month && supply.period[row] !== month) ||
      !data.atlas.isGood(item)
    )
      return;
    const sum = found.get(item) ?? { item, demand: 0, shortage: 0, worst: 0, when: null };
    sum.demand += supply.demand[row];
    sum.shortage += supply.shortage[row];
    if (supply.shortage[row] > sum.worst)
      Object.assign(sum, { worst: supply.shortage[row], when: supply.period[row] });
    found.set(item, sum);
  });
  const short = [...found.values()]
    .filter((sum) => sum.shortage > 1e-6)
    .sort(
      (one, other) =>
        other.shortage * data.atlas.value(other.item) - one.shortage * data.atlas.value(one.item),
    );
  if (!short.length)
    return [h("h3", {}, t("map.missing")), h("p", { class: "soft" }, t("map.nothing-missing"))];
  const row = ({ item, demand, shortage, when }) => {
    const name = data.atlas.name(item);
    const why = has("reasons")
      ? h("a", { href: href("reasons", { county, item, period: when }), title: t("map.why") }, name)
      : name;
    return h(
      "tr",
      { data: { item } },
      h("td", {}, why),
      h("td", { class: "number" }, format.quantity(shortage, data.atlas.unit(item))),
      h("td", { class: "number soft" }, format.share(shortage / demand)),
    );
  };
  const columns = h(
    "tr",
    {},
    h("th", { scope: "col" }, t("map.item")),
    h("th", { scope: "col", class: "number" }, t("map.short")),
    h("th", { scope: "col", class: "number" }, t("map.of-need")),
  );
  return [
    h("h3", {}, t("map.missing")),
    h(
      "table",
      { class: "rows side-rows" },
      h("thead", {}, columns),
      h("tbody", {}, short.slice(0, MOST).map(row)),
    ),
    short.length > MOST &&
      h("p", { class: "soft small" }, t("map.and-more", { n: short.length - MOST })),
  ];
}

/** The limits behind the county's shortages that would bring most. */
async function reasons(data, { county, month }, { api, t, or, format, plan }) {
  const query = new URLSearchParams({
    county,
    sort: "-gain",
    limit: "300",
    columns: "rule,id,part,limit_period,gain,unit",
  });
  if (month) query.append("period", month);
  const { rows } = await api.once(`/v1/plans/${plan.id}/reasons?${query}`);
  const limits = new Map();
  for (const row of rows)
    if (!limits.has(`${row.rule} ${row.id}`)) limits.set(`${row.rule} ${row.id}`, row);
  if (!limits.size) return null;
  const line = ({ rule, id, part, limit_period: when, gain, unit }) => {
    const what = [
      t(`rule.${rule}`),
      [
        data.atlas.name(id),
        rule === "link"
          ? `→ ${data.atlas.name(part)}`
          : part && or(`machine.${part}`, data.atlas.name(part)),
      ]
        .filter(Boolean)
        .join(" "),
    ].join(": ");
    return h(
      "li",
      {},
      h("span", {}, what),
      h(
        "span",
        { class: "soft small" },
        `${format.period(when, "long")} · ${t("map.gain", { gain: format.won(gain), unit: format.unitName(unit) })}`,
      ),
    );
  };
  return h(
    "div",
    {},
    h("h3", {}, t("map.reasons")),
    h("ul", { class: "lines" }, [...limits.values()].slice(0, 5).map(line)),
  );
}

async function factories(data, { county, month }, { api, t, format, href, has, plan }) {
  const own = [...data.atlas.factories.values()].filter((factory) => factory.place === county);
  if (!own.length) return null;
  const query = { factory: own.map((factory) => factory.id), columns: "factory,item,quantity" };
  if (month) query.period = month;
  const { columns } = await api.table(plan.id, "quotas", query);
  const made = new Map(own.map((factory) => [factory.id, 0]));
  columns.factory.forEach((factory, row) =>
    made.set(
      factory,
      made.get(factory) + columns.quantity[row] * data.atlas.value(columns.item[row]),
    ),
  );
  const row = ([id, value]) => {
    const name = data.atlas.name(id);
    return h(
      "tr",
      {},
      h(
        "td",
        {},
        has("factories") ? h("a", { href: href("factories", { factory: id }) }, name) : name,
      ),
      h("td", { class: "number" }, format.won(value)),
    );
  };
  const ordered = [...made].sort((one, other) => other[1] - one[1]);
  return h(
    "details",
    { open: true },
    h("summary", {}, h("h3", {}, t("map.factories", { n: own.length }))),
    h("table", { class: "rows side-rows" }, h("tbody", {}, ordered.map(row))),
  );
}
