/** A factory's quota sheet: items down, months across, in English and Korean; made to be printed. */

import { h } from "../../lib/dom.js";
import { number, period as month, share } from "../../lib/format.js";
import { or, t } from "../../lib/i18n.js";
import { title } from "../../lib/plans.js";
import { empty } from "../../lib/feedback.js";
import { downloads } from "./downloads.js";

/**
 * The sheet of a factory.
 * @param {object} context the view's
 * @param {import("../../lib/problem-index.js").Atlas} atlas the problem
 * @param {string} factory the factory
 * @returns {Promise<HTMLElement[]>} the sheet and what is done with it
 */
export async function sheet(context, atlas, factory) {
  const [quotas, machines] = await Promise.all([
    context.api.table(context.plan.id, "quotas", { factory }),
    context.api.table(context.plan.id, "capacity", { rule: "machine", id: factory }),
  ]);
  const made = across(quotas.columns.item, quotas.columns.period, quotas.columns.quantity);
  const power = across(
    quotas.columns.item.map(() => "kWh"),
    quotas.columns.period,
    quotas.columns.kwh,
  ).get("kWh");
  const { name, local_name: local, place } = atlas.factories.get(factory);
  const both = (thing) => [thing?.name, thing?.local_name].filter(Boolean).join(" · ") || "–";
  return [
    h(
      "div",
      { class: "head no-print" },
      h("a", { href: context.href("factories") }, t("factories.back")),
      h(
        "div",
        { class: "buttons" },
        downloads(context, "quotas", { factory }, t("factories.download")),
        h(
          "button",
          { type: "button", class: "button main", on: { click: () => print() } },
          t("factories.print"),
        ),
      ),
    ),
    h(
      "article",
      { class: "card sheet" },
      h("p", { class: "soft small" }, t("sheet.both")),
      h(
        "h1",
        { tabindex: "-1" },
        name || factory,
        local && h("span", { lang: "ko", class: "local" }, local),
      ),
      h(
        "dl",
        { class: "sheet-head" },
        line(t("sheet.county"), both(atlas.places.get(place))),
        line(t("sheet.plan"), title(context.plan)),
        line(t("sheet.number"), context.plan.id),
      ),
      made.size ? grid(atlas, made, power) : empty(t("sheet.nothing")),
      machines.total > 0 && load(atlas, machines.columns),
      h(
        "div",
        { class: "signatures" },
        [t("sheet.handed"), t("sheet.received")].map((text) => h("p", {}, text)),
      ),
    ),
  ];
}

function across(rows, periods, values) {
  const found = new Map();
  rows.forEach((row, k) => {
    if (!found.has(row)) found.set(row, new Map());
    const line = found.get(row);
    line.set(periods[k], (line.get(periods[k]) ?? 0) + values[k]);
  });
  return found;
}

const line = (name, text) => h("div", {}, h("dt", {}, name), h("dd", {}, text));

function frame(atlas, caption, head, body) {
  return h(
    "div",
    { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
    h(
      "table",
      { class: "rows months" },
      h("caption", {}, caption),
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          head,
          atlas.periods.map((id) => h("th", { scope: "col", class: "number" }, month(id))),
        ),
      ),
      h("tbody", {}, body),
    ),
  );
}

function grid(atlas, made, power) {
  const total = (line) => [...line.values()].reduce((sum, value) => sum + value, 0);
  const cells = (line) =>
    atlas.periods.map((id) =>
      h("td", { class: "number", data: { period: id } }, line.has(id) ? number(line.get(id)) : "·"),
    );
  const rows = [...made].map(([id, line]) =>
    h(
      "tr",
      { data: { item: id } },
      h(
        "th",
        { scope: "row" },
        atlas.items.get(id)?.name ?? id,
        atlas.items.get(id)?.local_name &&
          h("span", { lang: "ko", class: "local" }, atlas.items.get(id).local_name),
      ),
      h("td", {}, or(`unit.${atlas.unit(id)}`, atlas.unit(id))),
      h("td", { class: "number total" }, number(total(line))),
      cells(line),
    ),
  );
  rows.push(
    h(
      "tr",
      { class: "sum" },
      h("th", { scope: "row" }, t("sheet.power")),
      h("td", {}, "kWh"),
      h("td", { class: "number total" }, number(total(power))),
      cells(power),
    ),
  );
  const head = [
    h("th", { scope: "col" }, t("factories.item")),
    h("th", { scope: "col" }, t("sheet.unit")),
    h("th", { scope: "col", class: "number" }, t("sheet.total")),
  ];
  return frame(atlas, t("sheet.quotas"), head, rows);
}

function load(atlas, columns) {
  const used = across(columns.part, columns.period, columns.used);
  const limit = across(columns.part, columns.period, columns.limit);
  const cell = (part, id) => {
    const most = limit.get(part).get(id);
    return h("td", { class: "number" }, most > 0 ? share(used.get(part).get(id) / most) : "–");
  };
  const rows = [...used.keys()].map((part) =>
    h(
      "tr",
      {},
      h("th", { scope: "row" }, or(`machine.${part}`, part.replaceAll("-", " "))),
      atlas.periods.map((id) => cell(part, id)),
    ),
  );
  return frame(atlas, t("sheet.load"), h("th", { scope: "col" }, t("sheet.machine")), rows);
}
