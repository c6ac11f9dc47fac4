/** Electricity: used against the limit by area and month, and what one more kWh is worth. */

import { axis, chart, named } from "../../lib/chart.js";
import { fill, h } from "../../lib/dom.js";
import { heat } from "../../lib/heatmap.js";
import { legend } from "../../lib/colour-legend.js";
import { scale } from "../../lib/palette.js";
import { empty } from "../../lib/feedback.js";
import { colour } from "../../lib/theme.js";

/** Show the part. @param {HTMLElement} body where @param {object} year the view @returns {Promise<(() => void)|null>} paints anew */
export async function show(body, year) {
  const { context, atlas } = year;
  const { t, api, plan, signal } = context;
  const { columns } = await api.table(plan.id, "power");
  if (!columns.area.length) {
    fill(body, empty(t("year.no-power")));
    return null;
  }
  const areas = byArea(columns, atlas.periods);
  const figure = () => drawn(areas, year.chosen("area", atlas.areas), year);
  const shown = chart(figure(), signal);
  const matrix = h("div", {});
  const paint = () => fill(matrix, table(areas, year));
  const names = [...areas.keys()].map((id) => [id, atlas.name(id)]);
  const pick = year.select("area", t("year.area"), [["", t("year.all-areas")], ...names], () =>
    shown.redraw(figure()),
  );
  const measure = year.segments(
    "power",
    t("year.show"),
    [
      ["used", t("year.power.used")],
      ["price", t("year.power.price")],
    ],
    paint,
  );
  fill(
    body,
    h("section", { class: "card" }, h("div", { class: "controls" }, pick), shown.element),
    h("section", {}, h("div", { class: "controls" }, measure), matrix),
  );
  paint();
  return paint;
}

/** area → a row a period: used by factories and rail, limit, price; null where the table has none. */
function byArea(columns, periods) {
  const found = new Map();
  const places = new Map(periods.map((period, place) => [period, place]));
  columns.area.forEach((area, row) => {
    if (!found.has(area))
      found.set(
        area,
        periods.map(() => null),
      );
    const { used_by_factories: factories, used_by_rail: rail, limit, price } = columns;
    found.get(area)[places.get(columns.period[row])] = {
      factories: factories[row],
      rail: rail[row],
      limit: limit[row],
      price: price[row],
    };
  });
  return found;
}

/** All areas together: sums; the price is the mean, weighted by the limits. */
function together(areas, periods) {
  return periods.map((_, place) => {
    const now = [...areas.values()].map((rows) => rows[place]).filter(Boolean);
    const sum = (name) => now.reduce((all, row) => all + (row[name] ?? 0), 0);
    const limit = sum("limit");
    const price = limit
      ? now.reduce((all, row) => all + row.price * (row.limit ?? 0), 0) / limit
      : 0;
    return {
      factories: sum("factories"),
      rail: sum("rail"),
      limit: now.every((row) => row.limit !== null) ? limit : null,
      price,
    };
  });
}

function drawn(areas, area, { context, atlas }) {
  const { t, format } = context;
  const rows = (area ? areas.get(area) : together(areas, atlas.periods)).map(
    (row) => row ?? { factories: 0, rail: 0, limit: null, price: 0 },
  );
  const months = atlas.periods.map((id) => format.period(id));
  const kwh = (value) => format.quantity(value, "kWh");
  return {
    title: area ? t("year.power-of", { name: atlas.name(area) }) : t("year.power-all"),
    note: t("year.power-note"),
    height: 400,
    option: () => option(rows, months, context),
    rows: () => ({
      head: [
        t("year.month"),
        t("year.by-factories"),
        t("year.by-rail"),
        t("year.limit"),
        t("year.power.price"),
      ],
      body: rows.map((row, place) => [
        months[place],
        kwh(row.factories),
        kwh(row.rail),
        kwh(row.limit),
        format.won(row.price),
      ]),
    }),
  };
}

function option(rows, months, { t, format }) {
  const bar = (name, key, shade) => ({
    name,
    type: "bar",
    stack: "used",
    barMaxWidth: 40,
    itemStyle: { color: shade },
    data: rows.map((row) => row[key]),
  });
  const key = named([
    t("year.by-factories"),
    t("year.by-rail"),
    t("year.limit"),
    t("year.power.price"),
  ]);
  const top = key.height + 30;
  return {
    legend: key.legend,
    tooltip: {
      trigger: "axis",
      axisPointer: { type: "shadow" },
      valueFormatter: (value) => format.number(value),
    },
    axisPointer: { link: [{ xAxisIndex: "all" }] },
    grid: [
      { left: 70, right: 16, top, height: 190 },
      { left: 70, right: 16, top: top + 232, height: 84 },
    ],
    xAxis: [
      axis({ type: "category", data: months, axisLabel: { show: false } }),
      axis({ type: "category", data: months, gridIndex: 1 }),
    ],
    yAxis: [
      axis({ type: "value", name: "kWh", nameGap: 10, axisLabel: { formatter: format.short } }),
      axis({
        type: "value",
        gridIndex: 1,
        name: t("year.won-a-kwh"),
        nameGap: 8,
        splitNumber: 2,
        nameTextStyle: { align: "left", color: colour("soft") },
      }),
    ],
    series: [
      bar(t("year.by-factories"), "factories", colour("local")),
      bar(t("year.by-rail"), "rail", colour("central")),
      {
        name: t("year.limit"),
        type: "line",
        step: "middle",
        symbol: "none",
        lineStyle: { color: colour("bad"), width: 2 },
        itemStyle: { color: colour("bad") },
        data: rows.map((row) => row.limit),
      },
      {
        name: t("year.power.price"),
        type: "bar",
        xAxisIndex: 1,
        yAxisIndex: 1,
        barMaxWidth: 40,
        itemStyle: { color: colour("swap") },
        data: rows.map((row) => row.price),
      },
    ],
  };
}

function table(areas, { context, atlas }) {
  const { t, format, params } = context;
  const price = params.get("power") === "price";
  const most = Math.max(...[...areas.values()].flat().map((row) => row?.price ?? 0)) || 1;
  const value = (row) =>
    row === null
      ? null
      : price
        ? row.price
        : row.limit
          ? (row.factories + row.rail) / row.limit
          : null;
  const shown = heat({
    label: t(price ? "year.power.price" : "year.power.used"),
    corner: t("year.area"),
    columns: atlas.periods.map((id) => ({ id, title: format.period(id) })),
    groups: [
      {
        title: null,
        rows: [...areas].map(([id, rows]) => ({
          id,
          title: atlas.name(id),
          values: rows.map(value),
        })),
      },
    ],
    colour: (figure) => (price ? scale("price", figure / most) : scale("full", figure)),
    write: (figure) => (price ? format.number(figure) : format.share(figure)),
    full: (figure) => (price ? format.won(figure) : format.share(figure)),
  });
  const ends = price ? [format.won(0), format.won(most)] : [format.percent(0), format.percent(1)];
  return [
    shown,
    legend(
      t(price ? "year.scale.power-price" : "year.scale.power-used"),
      price ? "price" : "full",
      ends,
    ),
  ];
}
