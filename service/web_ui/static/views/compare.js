/** Compare: two or more plans side by side, and what the difference is made of. */

import { add, t } from "../lib/i18n.js";
import { fill, h } from "../lib/dom.js";
import { number, share, won } from "../lib/format.js";
import { read, recent, title } from "../lib/plans.js";
import { empty } from "../lib/feedback.js";
import { style } from "./shared/stylesheets.js";
import { changeName } from "./shared/descriptions.js";
import { difference } from "./compare/difference.js";

const MOST = 4;

export default {
  id: "compare",
  title: "nav.compare",
  async show(root, context) {
    const others = context.params
      .getAll("with")
      .flatMap((one) => one.split(","))
      .filter(Boolean);
    const [atlas, list, plans] = await Promise.all([
      context.atlas(),
      recent(100),
      Promise.all(others.map(read)),
      add("answer"),
      style("answer"),
    ]);
    if (context.signal.aborted) return;
    const all = [context.plan, ...plans].filter((plan) => plan.summary);
    fill(
      root,
      h(
        "div",
        { class: "head" },
        h(
          "div",
          {},
          h("h1", { tabindex: "-1" }, t("nav.compare")),
          h("p", { class: "lead" }, t("compare.lead")),
        ),
      ),
      picker(context, list, others),
      all.length < 2
        ? empty(t("compare.none"), t("compare.none-text"))
        : beside(context, atlas, all),
      all.slice(1).map((plan, k) => difference(context, atlas, plan, k + 2)),
    );
  },
};

function picker(context, list, others) {
  const chosen = new Set([context.plan.id, ...others]);
  const free = list.filter((plan) => plan.served_share !== null && !chosen.has(plan.id));
  const select = h(
    "select",
    { id: "compare-with" },
    h("option", { value: "" }, t("compare.choose")),
    free.map((plan) => h("option", { value: plan.id }, title(plan))),
  );
  select.addEventListener("change", () => {
    if (select.value) context.go("compare", { with: [...others, select.value].join(",") });
  });
  return h(
    "div",
    { class: "controls" },
    h(
      "div",
      { class: "field" },
      h("label", { for: "compare-with" }, t("compare.with")),
      others.length < MOST ? select : h("p", {}, t("compare.most")),
    ),
  );
}

function beside(context, atlas, plans) {
  const by = ["county", "category"].includes(context.params.get("by"))
    ? context.params.get("by")
    : "county";
  const place = h("div", {}, shares(atlas, plans, by));
  const option = (value) =>
    h(
      "label",
      {},
      h("input", {
        type: "radio",
        name: "compare-by",
        value,
        checked: value === by,
        on: {
          change: () => {
            context.update({ by: value });
            fill(place, shares(atlas, plans, value));
          },
        },
      }),
      t(`answer.by-${value}`),
    );
  return [
    h(
      "section",
      { class: "card" },
      h("h2", {}, t("compare.glance")),
      figures(context, atlas, plans),
    ),
    h(
      "section",
      { class: "card" },
      h("h2", {}, t("compare.shares")),
      h(
        "fieldset",
        { class: "pick" },
        h("legend", { class: "unseen" }, t("compare.shares")),
        h("div", { class: "segments" }, ["county", "category"].map(option)),
      ),
      place,
    ),
  ];
}

const FIGURES = [
  ["served_share", (plan) => plan.summary.served_share, share],
  ["objective", (plan) => plan.objective.value, won],
  ["shortage", (plan) => plan.objective.parts.shortage, won],
  ["making", (plan) => plan.objective.parts.making, won],
  ["haulage", (plan) => plan.objective.parts.haulage, won],
  ["local_share", (plan) => plan.summary.local_share, share],
  ["central_share", (plan) => plan.summary.central_share, share],
  ["power", (plan) => plan.summary.power_used_kwh, (value) => `${number(value)}\u00a0kWh`],
  ["tonnes", (plan) => plan.summary.tonnes, (value) => `${number(value)}\u00a0t`],
];

function heads(context, plans) {
  return plans.map((plan, k) =>
    h(
      "th",
      { scope: "col", class: "number" },
      k === 0 ? title(plan) : [title(plan), " ", without(context, plans, plan)],
    ),
  );
}

function without(context, plans, plan) {
  const rest = plans
    .slice(1)
    .filter((one) => one !== plan)
    .map((one) => one.id);
  return h(
    "a",
    {
      href: context.href("compare", { with: rest.join(",") }),
      "aria-label": t("compare.without", { plan: title(plan) }),
    },
    "×",
  );
}

function table(label, head, rows) {
  return h(
    "div",
    { class: "scroll", tabindex: "0", role: "region", "aria-label": label },
    h(
      "table",
      { class: "rows plans-beside" },
      h("caption", { class: "unseen" }, label),
      h("thead", {}, h("tr", {}, head)),
      h("tbody", {}, rows),
    ),
  );
}

function figures(context, atlas, plans) {
  const cell = (text, name) =>
    h("td", { class: "number", data: name ? { figure: name } : {} }, text);
  const made = (plan) =>
    plan.source.changes.length
      ? h(
          "ul",
          { class: "said small" },
          plan.source.changes.slice(0, 8).map((change) => h("li", {}, changeName(atlas, change))),
        )
      : "–";
  return table(
    t("compare.glance"),
    [h("th", {}, h("span", { class: "unseen" }, t("compare.figure"))), heads(context, plans)],
    [
      ...FIGURES.map(([name, value, write]) =>
        h(
          "tr",
          {},
          h("th", { scope: "row" }, t(`compare.${name}`)),
          plans.map((plan) => cell(write(value(plan)), name)),
        ),
      ),
      h(
        "tr",
        {},
        h("th", { scope: "row" }, t("compare.changes")),
        plans.map((plan) =>
          h("td", { class: plan.source.changes.length ? "wrap" : "number" }, made(plan)),
        ),
      ),
    ],
  );
}

function shares(atlas, plans, by) {
  const found = plans.map(
    (plan) => new Map(plan.summary[`by_${by}`].map((one) => [one.key, one.share])),
  );
  const keys = [...new Set(found.flatMap((one) => [...one.keys()]))];
  const spread = (key) =>
    Math.max(...found.map((one) => one.get(key) ?? 1)) -
    Math.min(...found.map((one) => one.get(key) ?? 1));
  keys.sort((a, b) => spread(b) - spread(a));
  const head = [
    h("th", { scope: "col" }, t(`answer.col-${by}`)),
    plans.map((plan) => h("th", { scope: "col", class: "number" }, title(plan))),
  ];
  return table(
    t(`answer.by-${by}`),
    head,
    keys.map((key) =>
      h(
        "tr",
        { data: { key } },
        h("th", { scope: "row" }, atlas.name(key)),
        found.map((one) => h("td", { class: "number" }, share(one.get(key) ?? null))),
      ),
    ),
  );
}
