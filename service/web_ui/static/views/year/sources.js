/** Where goods come from and go to, month by month. */

import { axis, chart, named } from "../../lib/chart.js";
import { fill, h } from "../../lib/dom.js";
import { colour } from "../../lib/theme.js";

const COLUMNS = "item,period,demand,made,used,central,arrived,sent,taken,given,served";

/** What comes, and the colour of each; then what goes elsewhere than to people. */
const COMES = {
  central: "central",
  made: "local",
  taken: "swap",
  drawn: "stock",
  arrived: "arrived",
};
const GOES = ["stored", "given", "used", "sent"];

/** Show the part. @param {HTMLElement} body where @param {object} year the view @returns {Promise<null>} nothing: charts paint themselves anew */
export async function show(body, year) {
  const figure = async () => drawn(await read(year), year);
  const shown = chart(await figure(), year.context.signal);
  const paint = async () => shown.redraw(await figure());
  fill(
    body,
    h(
      "section",
      { class: "card" },
      h("div", { class: "controls" }, year.counties(paint), year.goods(paint)),
      shown.element,
    ),
  );
  return null;
}

/** Sums a month: of an item in its unit, of all goods in won. Stock is what balances: drawn if more goes than comes, stored if less. */
async function read(year) {
  const { context, atlas } = year;
  const county = year.chosen("county", atlas.counties);
  const item = year.chosen("item", atlas.items);
  const query = { columns: COLUMNS };
  if (county) query.county = county;
  if (item) query.item = item;
  const { columns } = await context.api.table(context.plan.id, "supply", query);
  const sums = new Map(
    atlas.periods.map((period) => [
      period,
      Object.fromEntries(
        [...Object.keys(COMES), ...GOES, "demand", "served"].map((name) => [name, 0]),
      ),
    ]),
  );
  columns.item.forEach((id, row) => {
    if (!item && !atlas.isGood(id)) return;
    const sum = sums.get(columns.period[row]);
    const value = item ? 1 : atlas.value(id);
    for (const name of COLUMNS.split(",").slice(2)) sum[name] += value * columns[name][row];
    const now = (name) => columns[name][row];
    const fromStock =
      now("served") +
      now("used") +
      now("sent") +
      now("given") -
      now("made") -
      now("central") -
      now("arrived") -
      now("taken");
    sum[fromStock > 0 ? "drawn" : "stored"] += value * Math.abs(fromStock);
  });
  // Over all places, what arrives is what was sent: neither comes from outside.
  if (!county) for (const sum of sums.values()) Object.assign(sum, { arrived: 0, sent: 0 });
  return { sums: [...sums.values()], county, item };
}

function drawn({ sums, county, item }, { context, atlas }) {
  const { t, format } = context;
  const write = (value) => (item ? format.quantity(value, atlas.unit(item)) : format.won(value));
  const months = atlas.periods.map((id) => format.period(id));
  const names = [...Object.keys(COMES), ...GOES].filter((name) =>
    sums.some((sum) => sum[name] > 0),
  );
  return {
    title: t("year.sources-of", {
      goods: item ? atlas.name(item) : t("year.all-goods"),
      place: county ? atlas.name(county) : t("year.all-counties"),
    }),
    note: t("year.sources-note"),
    height: 480,
    option: () => option(sums, names, months, { context, atlas, item }),
    rows: () => ({
      head: [
        t("year.month"),
        ...names.map((name) => t(`year.from.${name}`)),
        t("year.need"),
        t("year.measure.served"),
      ],
      body: sums.map((sum, place) => [
        months[place],
        ...names.map((name) => write(sum[name])),
        write(sum.demand),
        write(sum.served),
      ]),
    }),
  };
}

function option(sums, names, months, { context, atlas, item }) {
  const { t, format } = context;
  const bar = (name) => {
    const sign = name in COMES ? 1 : -1;
    const shade = name in COMES ? colour(COMES[name]) : colour("out");
    return {
      name: t(`year.from.${name}`),
      type: "bar",
      stack: "all",
      barMaxWidth: 46,
      itemStyle: { color: shade, borderColor: colour("surface"), borderWidth: 0.5 },
      data: sums.map((sum) => sign * sum[name]),
    };
  };
  const line = (name, text, type) => ({
    name: text,
    type: "line",
    symbol: type === "dashed" ? "emptyCircle" : "circle",
    symbolSize: type === "dashed" ? 7 : 5,
    lineStyle: { color: colour("ink"), width: 2, type },
    itemStyle: { color: colour("ink") },
    data: sums.map((sum) => sum[name]),
  });
  const key = named([
    ...names.map((name) => t(`year.from.${name}`)),
    t("year.need"),
    t("year.measure.served"),
  ]);
  return {
    legend: key.legend,
    tooltip: {
      trigger: "axis",
      axisPointer: { type: "shadow" },
      valueFormatter: (value) => format.number(Math.abs(value)),
    },
    grid: { left: 70, right: 20, top: key.height + 60, bottom: 30 },
    xAxis: [
      axis({ type: "category", data: months }),
      { type: "value", min: 0, max: months.length, show: false },
    ],
    yAxis: axis({
      type: "value",
      nameGap: 30,
      name: item ? format.unitName(atlas.unit(item)) : t("year.won"),
      axisLabel: { formatter: format.short },
    }),
    series: [
      ...names.map(bar),
      line("demand", t("year.need"), "dashed"),
      line("served", t("year.measure.served"), "solid"),
      marks(atlas.periods, t),
    ],
  };
}

/** The first of April, when school begins, and the fifteenth, the holiday: on an axis of their own that runs in months. */
function marks(periods, t) {
  const aprils = periods.flatMap((id, place) => (/^\d{4}-04$/.test(id) ? [place] : []));
  const mark = (at, text, position) => ({
    xAxis: at,
    label: {
      formatter: text,
      position,
      color: colour("soft"),
      align: position === "end" && text === t("year.mark.school") ? "right" : "left",
      distance: 6,
    },
  });
  const data = aprils.flatMap((place) => [
    mark(place, t("year.mark.school"), "end"),
    mark(place + 14 / 30, t("year.mark.april-15"), "end"),
  ]);
  return {
    type: "line",
    xAxisIndex: 1,
    data: [],
    silent: true,
    markLine: {
      silent: true,
      symbol: "none",
      lineStyle: { color: colour("strong"), type: "dotted", width: 1.5 },
      data,
    },
  };
}
