/** Reasons: why something is short, what would mend it, and what comes of that. */

import { add, t } from "../lib/i18n.js";
import { fill, h } from "../lib/dom.js";
import { number, period as month, quantity, won } from "../lib/format.js";
import { empty, failure, loading } from "../lib/feedback.js";
import { style } from "./shared/stylesheets.js";
import { causeList } from "./bottlenecks/binding-limits.js";
import { remedyList } from "./bottlenecks/remedies.js";

const SHOWN = 60;

export default {
  id: "reasons",
  title: "nav.reasons",
  async show(root, context) {
    const [atlas] = await Promise.all([context.atlas(), add("answer"), style("answer")]);
    if (context.signal.aborted) return;
    const cell = ["county", "item", "period"].map((name) => context.params.get(name));
    const head = h(
      "div",
      { class: "head" },
      h(
        "div",
        {},
        h("h1", { tabindex: "-1" }, t("nav.reasons")),
        h("p", { class: "lead" }, t("reasons.lead")),
      ),
    );
    fill(
      root,
      head,
      h(
        "div",
        { class: "reasons" },
        cell.every(Boolean) ? await one(context, atlas, cell) : await all(context, atlas),
      ),
    );
  },
};

function section(title, text = "") {
  const place = h("div", {}, loading());
  return [
    h(
      "section",
      { class: "card" },
      h("h2", {}, title),
      text && h("p", { class: "soft" }, text),
      place,
    ),
    place,
  ];
}

async function later(context, place, work) {
  try {
    const found = await work();
    if (!context.signal.aborted) fill(place, found);
  } catch (error) {
    if (!context.signal.aborted && error.name !== "AbortError")
      fill(
        place,
        failure(error, () => {
          fill(place, loading());
          later(context, place, work);
        }),
      );
  }
}

async function one(context, atlas, [county, item, period]) {
  const { columns } = await context.api.table(context.plan.id, "supply", {
    county,
    item,
    period,
    columns: "demand,shortage,price",
  });
  const row = Object.fromEntries(
    Object.entries(columns).map(([name, values]) => [name, values[0]]),
  );
  const names = {
    item: atlas.name(item),
    county: atlas.name(county),
    period: month(period, "long"),
  };
  const back = h("a", { href: context.href("reasons") }, t("reasons.all"));
  const top = h(
    "section",
    { class: "card reason-top" },
    h("p", {}, back),
    h("h2", { class: "need" }, t("reasons.need", names)),
    needFigures(row, atlas.unit(item)),
  );
  if (!(row.shortage > 0)) return [top, empty(t("reasons.served"), t("reasons.served-text"))];
  const path = `/v1/plans/${encodeURIComponent(context.plan.id)}`;
  const where = new URLSearchParams({ county, item, period });
  const [causes, causePlace] = section(t("reasons.causes"), t("reasons.causes-text"));
  const [mends, mendPlace] = section(t("reasons.remedies"), t("reasons.remedies-text"));
  later(context, causePlace, async () =>
    causeList(
      atlas,
      (await context.api.once(`${path}/why?by=all&${where}`, context.signal)).groups[0],
    ),
  );
  let trying = new AbortController();
  context.signal.addEventListener("abort", () => trying.abort());
  const turning = () => {
    trying.abort();
    trying = new AbortController();
    return trying.signal;
  };
  const left = context.params.get("left") === "0" ? "0" : "0.5";
  const pick = leftChoice(left, (wished) => {
    context.update({ left: wished === "0.5" ? null : wished });
    fill(mendPlace, loading(t("reasons.solving")));
    later(context, mendPlace, () => remedies(wished));
  });
  mends.insertBefore(pick, mendPlace);
  fill(mendPlace, loading(t("reasons.solving")));
  const remedies = async (wished) =>
    remedyList(
      context,
      atlas,
      await context.api.once(`${path}/remedies?${where}&left=${wished}`, turning()),
      [county, item, period],
    );
  later(context, mendPlace, () => remedies(left));
  return [top, causes, mends];
}

function needFigures(row, unit) {
  const figure = (name, text) =>
    h("div", { data: { figure: name } }, h("dt", {}, t(`reasons.${name}`)), h("dd", {}, text));
  return h(
    "dl",
    { class: "figures" },
    figure("short", quantity(row.shortage ?? 0, unit)),
    figure("of", quantity(row.demand ?? 0, unit)),
    figure("price", won(row.price ?? 0)),
  );
}

function leftChoice(left, pick) {
  const option = (value) =>
    h(
      "label",
      {},
      h("input", {
        type: "radio",
        name: "left",
        value,
        checked: value === left,
        on: { change: () => pick(value) },
      }),
      t(`reasons.left-${value === "0" ? "none" : "half"}`),
    );
  return h(
    "fieldset",
    { class: "pick" },
    h("legend", {}, t("reasons.left")),
    h("div", { class: "segments" }, option("0.5"), option("0")),
  );
}

async function all(context, atlas) {
  const { columns, total } = await context.api.table(context.plan.id, "reasons", {
    columns: "county,item,period,shortage",
  });
  if (!total) return empty(t("reasons.none"), t("reasons.none-text"));
  const by = context.params.get("by") ?? "county";
  const [rolled, place] = section(t("reasons.rolled"), t("reasons.rolled-text"));
  const load = (wished) =>
    later(context, place, async () =>
      groups(
        atlas,
        await context.api.once(
          `/v1/plans/${encodeURIComponent(context.plan.id)}/why?by=${wished}&limit=12`,
          context.signal,
        ),
        wished,
      ),
    );
  rolled.insertBefore(
    byChoice(by, (wished) => {
      context.update({ by: wished });
      fill(place, loading());
      load(wished);
    }),
    place,
  );
  load(by);
  return [
    h(
      "section",
      { class: "card" },
      h("h2", {}, t("reasons.cells")),
      cells(context, atlas, columns),
    ),
    rolled,
  ];
}

function byChoice(by, pick) {
  const option = (value) =>
    h(
      "label",
      {},
      h("input", {
        type: "radio",
        name: "by",
        value,
        checked: value === by,
        on: { change: () => pick(value) },
      }),
      t(`reasons.by-${value}`),
    );
  return h(
    "fieldset",
    { class: "pick" },
    h("legend", { class: "unseen" }, t("reasons.by")),
    h("div", { class: "segments" }, ["county", "category", "item", "period"].map(option)),
  );
}

function groups(atlas, answer, by) {
  if (!answer.groups.length) return h("p", { class: "soft" }, t("reasons.only-rounding"));
  const name = (key) => (by === "period" ? month(key, "long") : atlas.name(key));
  return answer.groups.map((group) =>
    h(
      "details",
      { class: "group" },
      h("summary", {}, `${name(group.key)}: ${won(group.won)}`),
      causeList(atlas, { ...group, causes: group.causes.slice(0, 6) }),
    ),
  );
}

function cells(context, atlas, columns) {
  const found = new Map();
  columns.county.forEach((county, k) => {
    const [item, period, short] = [columns.item[k], columns.period[k], columns.shortage[k]];
    found.set(`${county} ${item} ${period}`, {
      county,
      item,
      period,
      short,
      worth: short * atlas.value(item),
    });
  });
  const rows = [...found.values()].sort((a, b) => b.worth - a.worth);
  const heads = ["county", "item", "period", "short", "worth"];
  return [
    h(
      "p",
      { class: "soft small" },
      t("reasons.cells-text", {
        n: number(rows.length),
        shown: number(Math.min(SHOWN, rows.length)),
      }),
    ),
    h(
      "div",
      { class: "scroll", tabindex: "0", role: "region", "aria-label": t("reasons.cells") },
      h(
        "table",
        { class: "rows cells" },
        h(
          "thead",
          {},
          h(
            "tr",
            {},
            heads.map((name) =>
              h(
                "th",
                { scope: "col", class: name === "short" || name === "worth" ? "number" : null },
                t(`reasons.col-${name}`),
              ),
            ),
          ),
        ),
        h(
          "tbody",
          {},
          rows.slice(0, SHOWN).map((row) => cellRow(context, atlas, row)),
        ),
      ),
    ),
  ];
}

function cellRow(context, atlas, { county, item, period, short, worth }) {
  return h(
    "tr",
    {},
    h("td", {}, atlas.name(county)),
    h(
      "td",
      {},
      h("a", { href: context.href("reasons", { county, item, period }) }, atlas.name(item)),
    ),
    h("td", {}, month(period, "long")),
    h("td", { class: "number" }, quantity(short, atlas.unit(item))),
    h("td", { class: "number" }, won(worth)),
  );
}
