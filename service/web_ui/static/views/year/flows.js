/** From the centre, factories and neighbours to the counties' people: a Sankey. */

import { chart } from "../../lib/chart.js";
import { fill, h } from "../../lib/dom.js";
import { empty } from "../../lib/feedback.js";
import { colour } from "../../lib/theme.js";
import { trace } from "./origins.js";

const KINDS = { centre: "central", factories: "local", partner: "swap", stock: "stock" };
const THIN = 0.0005;

/** Show the part. @param {HTMLElement} body where @param {object} year the view @returns {Promise<null>} nothing: charts paint themselves anew */
export async function show(body, year) {
  const { t, format, signal } = year.context;
  const { atlas } = year;
  const held = h("div", {});
  let shown = null;
  const paint = async () => {
    const flows = await read(year);
    if (!flows.length) return fill(held, empty(t("year.no-flows")));
    if (shown) shown.redraw(drawn(flows, year));
    else shown = chart(drawn(flows, year), signal);
    return fill(held, shown.element);
  };
  const months = [
    ["", t("year.whole")],
    ...atlas.periods.map((id) => [id, format.period(id, "long")]),
  ];
  fill(
    body,
    h(
      "section",
      { class: "card" },
      h(
        "div",
        { class: "controls" },
        year.goods(paint),
        year.select("month", t("year.month"), months, paint),
      ),
      held,
    ),
  );
  await paint();
  return null;
}

async function read(year) {
  const { context, atlas } = year;
  const { api, plan } = context;
  const item = year.chosen("item", atlas.items);
  const only = item ? { item } : {};
  const [supply, shipments, swaps] = await Promise.all([
    api.table(plan.id, "supply", {
      ...only,
      columns: "county,item,period,made,used,central,arrived,sent,taken,given,stock,served",
    }),
    api.table(plan.id, "shipments", { ...only, columns: "from,to,item,period,quantity" }),
    api.table(plan.id, "swaps", { ...only, columns: "partner,item,period,taken" }),
  ]);
  return trace(
    atlas,
    { supply: supply.columns, shipments: shipments.columns, swaps: swaps.columns },
    { item, month: context.params.get("month") || null },
  );
}

function originName(origin, { atlas, context }) {
  const [kind, id] = origin.split(/:(.*)/s);
  return kind === "stock"
    ? context.t("year.origin.stock")
    : context.t(`year.origin.${kind}`, { name: atlas.name(id) });
}

function drawn(flows, year) {
  const { t, format } = year.context;
  const { atlas } = year;
  const item = year.chosen("item", atlas.items);
  const write = (value) => (item ? format.quantity(value, atlas.unit(item)) : format.won(value));
  const origins = [...new Set(flows.map((flow) => flow.origin))];
  const counties = [...atlas.counties.keys()].filter((id) =>
    flows.some((flow) => flow.county === id),
  );
  const amount = new Map(flows.map((flow) => [`${flow.origin} ${flow.county}`, flow.amount]));
  const total = flows.reduce((sum, flow) => sum + flow.amount, 0);
  const cell = (origin, county) => amount.get(`${origin} ${county}`) ?? 0;
  return {
    title: t("year.flows-of", {
      goods: item ? atlas.name(item) : t("year.all-goods"),
      amount: write(total),
    }),
    note: t("year.flows-note"),
    height: Math.max(420, 34 * Math.max(origins.length, counties.length)),
    option: () =>
      option(
        flows.filter((flow) => flow.amount >= THIN * total),
        year,
        write,
      ),
    rows: () => ({
      head: [t("year.to"), ...origins.map((origin) => originName(origin, year)), t("year.sum")],
      body: counties.map((county) => [
        atlas.name(county),
        ...origins.map((origin) => write(cell(origin, county))),
        write(origins.reduce((sum, origin) => sum + cell(origin, county), 0)),
      ]),
    }),
  };
}

function option(flows, year, write) {
  const { atlas } = year;
  const small = document.documentElement.clientWidth < 640;
  const origins = [...new Set(flows.map((flow) => flow.origin))];
  const counties = [...new Set(flows.map((flow) => flow.county))];
  const names = new Map([
    ...origins.map((origin) => [origin, originName(origin, year)]),
    ...counties.map((id) => [id, atlas.name(id)]),
  ]);
  const left = (origin) => ({
    name: origin,
    depth: 0,
    itemStyle: { color: colour(KINDS[origin.split(":")[0]]) },
    label: { position: "right" },
  });
  const right = (id) => ({
    name: id,
    depth: 1,
    itemStyle: { color: colour("road") },
    label: { position: "left" },
  });
  const said = (one) =>
    one.dataType === "edge"
      ? `${names.get(one.data.source)} → ${names.get(one.data.target)}\n${write(one.value)}`
      : `${names.get(one.name)}\n${write(one.value)}`;
  return {
    tooltip: { trigger: "item", formatter: said },
    series: [
      {
        type: "sankey",
        left: 4,
        right: 4,
        top: 8,
        bottom: 8,
        nodeGap: 15,
        nodeWidth: 12,
        draggable: false,
        layoutIterations: 48,
        emphasis: { focus: "adjacency" },
        label: {
          color: colour("ink"),
          fontSize: 12,
          formatter: (one) => names.get(one.name),
          ...(small && { width: 150, overflow: "break", lineHeight: 13 }),
        },
        lineStyle: { color: "source", opacity: 0.28, curveness: 0.5 },
        data: [...origins.map(left), ...counties.map(right)],
        links: flows.map((flow) => ({
          source: flow.origin,
          target: flow.county,
          value: flow.amount,
        })),
      },
    ],
  };
}
