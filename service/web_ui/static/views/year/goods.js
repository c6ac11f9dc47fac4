/** Items by months: served, missing, price. */

import { fill, h } from "../../lib/dom.js";
import { heat } from "../../lib/heatmap.js";
import { legend } from "../../lib/colour-legend.js";
import { scale } from "../../lib/palette.js";
import { empty } from "../../lib/feedback.js";

const MEASURES = ["served", "shortage", "price"];

/** Show the part. @param {HTMLElement} body where @param {object} year the view @returns {Promise<() => void>} paints anew */
export async function show(body, year) {
  const { t, or } = year.context;
  const held = h("div", { class: "year-held" });
  const paint = async () => fill(held, await table(year));
  const categories = year.atlas
    .goodsByCategory()
    .map(([category]) => [category, or(`category.${category}`, category)]);
  fill(
    body,
    h(
      "div",
      { class: "controls" },
      year.segments(
        "measure",
        t("year.show"),
        MEASURES.map((name) => [name, t(`year.measure.${name}`)]),
        paint,
      ),
      year.counties(paint),
      year.select(
        "category",
        t("year.category"),
        [["", t("year.all-categories")], ...categories],
        paint,
      ),
      year.select(
        "only",
        t("year.items"),
        [
          ["", t("year.all-items")],
          ["short", t("year.only-short")],
        ],
        paint,
      ),
    ),
    held,
  );
  await paint();
  return paint;
}

async function table(year) {
  const { context, atlas } = year;
  const { params, t, or } = context;
  const measure = MEASURES.includes(params.get("measure")) ? params.get("measure") : "served";
  const sums = await read(year);
  const groups = atlas
    .goodsByCategory()
    .filter(([category]) => !params.get("category") || params.get("category") === category)
    .map(([category, items]) => ({
      title: or(`category.${category}`, category),
      rows: items
        .map((item) => row(item, sums.get(item.id), atlas, measure))
        .filter((one) => one && (params.get("only") !== "short" || one.short)),
    }))
    .filter((group) => group.rows.length);
  if (!groups.length) return empty(t("year.nothing-short"));
  return [heat({ ...wish(year, measure, groups), groups }), scaleOf(measure, groups, context)];
}

/** Supply of goods, added up by item and month over the counties chosen; the last place is the whole plan. */
async function read(year) {
  const { context, atlas } = year;
  const county = year.chosen("county", atlas.counties);
  const query = { columns: "county,item,period,demand,served,shortage,price" };
  if (county) query.county = county;
  const { columns } = await context.api.table(context.plan.id, "supply", query);
  const places = new Map(atlas.periods.map((period, place) => [period, place]));
  const sums = new Map();
  columns.item.forEach((item, line) => {
    if (!atlas.isGood(item) || columns.demand[line] === 0) return;
    if (!sums.has(item)) sums.set(item, Array.from({ length: atlas.periods.length + 1 }, fresh));
    for (const place of [places.get(columns.period[line]), atlas.periods.length])
      add(sums.get(item)[place], columns, line);
  });
  return sums;
}

const fresh = () => ({
  demand: 0,
  served: 0,
  shortage: 0,
  worth: 0,
  worst: 0,
  county: null,
  period: null,
});

function add(sum, columns, line) {
  sum.demand += columns.demand[line];
  sum.served += columns.served[line];
  sum.shortage += columns.shortage[line];
  sum.worth += columns.price[line] * columns.demand[line];
  if (columns.shortage[line] > sum.worst)
    Object.assign(sum, {
      worst: columns.shortage[line],
      county: columns.county[line],
      period: columns.period[line],
    });
}

function row(item, sums, atlas, measure) {
  if (!sums) return null;
  const figure = {
    served: (sum) => sum.served / sum.demand,
    shortage: (sum) => sum.shortage,
    price: (sum) => sum.worth / sum.demand,
  }[measure];
  return {
    id: item.id,
    title: atlas.name(item.id),
    sums,
    short: sums.some((sum) => sum.shortage > 1e-9),
    values: sums.map((sum) => (sum.demand ? figure(sum) : null)),
    worth: item.value ?? 1,
    unit: item.unit,
  };
}

function wish({ context, atlas }, measure, groups) {
  const { t, format, href, has } = context;
  const most = highest(groups);
  const look = {
    served: {
      colour: (value) => scale("served", value),
      write: wholePercent,
      full: (value) => format.share(value),
    },
    shortage: {
      colour: (value, one, place) => scale("shortage", value / one.sums[place].demand),
      write: (value) => (value ? format.number(value) : "·"),
      full: (value, one) => format.quantity(value, one.unit),
    },
    price: {
      colour: (value, one) => scale("price", value / one.worth / most),
      write: (value) => (value ? format.number(value) : "·"),
      full: (value, one) =>
        t("year.price-each", { amount: format.won(value), unit: format.unitName(one.unit) }),
    },
  }[measure];
  return {
    label: t(`year.heat.${measure}`),
    corner: t("year.item"),
    columns: [
      ...atlas.periods.map((id) => ({ id, title: format.period(id) })),
      { id: "plan", title: t("year.whole") },
    ],
    ...look,
    href: (one, place) => {
      const { county, period, worst } = one.sums[place];
      return worst > 1e-9 && has("reasons")
        ? href("reasons", { county, item: one.id, period })
        : null;
    },
  };
}

/** Per cent without digits after the point; what is not quite all is not written as all. */
function wholePercent(value) {
  const whole = Math.round(value * 100);
  return whole === 100 && value < 1 - 1e-9 ? "99+" : String(whole);
}

const highest = (groups) =>
  Math.max(
    ...groups.flatMap((group) =>
      group.rows.flatMap((one) =>
        one.sums.map((sum) => (sum.demand ? sum.worth / sum.demand / one.worth : 0)),
      ),
    ),
  ) || 1;

function scaleOf(measure, groups, { t, format }) {
  const ends =
    measure === "price"
      ? ["0", t("year.times-value", { n: format.number(highest(groups)) })]
      : [format.percent(0), format.percent(1)];
  return legend(t(`year.scale.${measure}`), measure, ends);
}
