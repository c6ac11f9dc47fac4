/** Reporting what was made: line by line, or a file. */

import { fill, h } from "../../lib/dom.js";
import { moment, number, period as month, quantity } from "../../lib/format.js";
import { t } from "../../lib/i18n.js";
import { announce, failure } from "../../lib/feedback.js";
import { has } from "./roles.js";

const SHOWN = 15;
const REPORTERS = ["factory", "bureau", "admin"];

/**
 * A form for one output, an upload for many, and what was reported last.
 * @param {object} context the view's
 * @param {import("../../lib/problem-index.js").Atlas} atlas the problem
 * @param {() => void} reported called after a report was taken
 * @returns {HTMLElement} the card
 */
export function outputs(context, atlas, reported) {
  const path = `/v1/plans/${encodeURIComponent(context.plan.id)}/outputs`;
  const said = h("div", { class: "said-report", role: "status" });
  const last = h("div", {});
  const renew = async () => {
    try {
      const list = await context.api.get(`${path}?limit=${SHOWN}`, context.signal);
      fill(last, list.total > 0 && taken(list, atlas));
    } catch (error) {
      if (!context.signal.aborted) fill(last, failure(error, renew));
    }
  };
  const report = async (body) => {
    try {
      const { accepted, revision } = await context.api.post(path, body, { signal: context.signal });
      fill(said, h("p", { class: "tag good" }, t("outputs.taken", { n: accepted, revision })));
      announce(t("outputs.taken", { n: accepted, revision }));
      await renew();
      reported();
    } catch (error) {
      if (!context.signal.aborted) fill(said, failure(error));
    }
  };
  renew();
  const allowed = has(context.me, context.plan, REPORTERS);
  return h(
    "section",
    { class: "card outputs" },
    h("h2", {}, t("outputs.title")),
    allowed
      ? [form(context, atlas, report), upload(report)]
      : h("p", { class: "soft" }, t("outputs.not-you")),
    said,
    last,
  );
}

const labelled = (name, field) => h("label", { class: "field" }, h("span", {}, t(name)), field);
const options = (ids, name) => ids.map((id) => h("option", { value: id }, name(id)));

function form(context, atlas, report) {
  const makers = [...atlas.factories.values()]
    .filter((factory) => factory.lines?.length)
    .map(({ id }) => id);
  makers.sort((a, b) => atlas.name(a).localeCompare(atlas.name(b)));
  const factory = h(
    "select",
    { name: "factory" },
    options(makers, (id) => atlas.name(id)),
  );
  const item = h("select", { name: "item" });
  const period = h(
    "select",
    { name: "period" },
    options(atlas.periods, (id) => month(id, "long")),
  );
  const amount = h("input", {
    name: "quantity",
    type: "number",
    min: "0",
    step: "any",
    required: true,
    inputmode: "decimal",
  });
  const quota = h("p", { class: "soft small quota" });
  const hint = async () => {
    const asked = { factory: factory.value, item: item.value, period: period.value };
    const { columns } = await context.api.table(context.plan.id, "quotas", {
      ...asked,
      columns: "quantity",
    });
    fill(
      quota,
      t("outputs.quota", { quota: quantity(columns.quantity[0] ?? 0, atlas.unit(asked.item)) }),
    );
  };
  const lines = () => {
    fill(
      item,
      options(atlas.factories.get(factory.value)?.lines.map((line) => line.item) ?? [], (id) =>
        atlas.name(id),
      ),
    );
    hint();
  };
  factory.addEventListener("change", lines);
  for (const field of [item, period]) field.addEventListener("change", hint);
  const send = (event) => {
    event.preventDefault();
    report({
      outputs: [
        {
          factory: factory.value,
          item: item.value,
          period: period.value,
          quantity: Number(amount.value),
        },
      ],
    });
  };
  lines();
  return h(
    "form",
    { class: "controls report", on: { submit: send } },
    labelled("outputs.factory", factory),
    labelled("outputs.item", item),
    labelled("outputs.period", period),
    labelled("outputs.quantity", amount),
    h("button", { type: "submit", class: "button main" }, t("outputs.report")),
    quota,
  );
}

const WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

function upload(report) {
  const input = h("input", {
    type: "file",
    accept: ".csv,.xlsx,text/csv",
    "aria-describedby": "csv-hint",
  });
  input.addEventListener("change", async () => {
    const [file] = input.files;
    if (file)
      await report(
        new Blob([await file.arrayBuffer()], {
          type: file.name.endsWith(".xlsx") ? WORKBOOK : "text/csv",
        }),
      );
    input.value = "";
  });
  return h(
    "div",
    { class: "field upload" },
    h("label", {}, t("outputs.csv"), " ", input),
    h(
      "p",
      { id: "csv-hint", class: "soft small" },
      t("outputs.csv-hint"),
      " ",
      h("code", {}, "factory,item,period,quantity"),
    ),
  );
}

function taken(list, atlas) {
  return h(
    "details",
    {},
    h("summary", {}, t("outputs.reported", { n: number(list.total), revision: list.revision })),
    h(
      "div",
      { class: "scroll", tabindex: "0", role: "region", "aria-label": t("outputs.title") },
      h(
        "table",
        { class: "rows" },
        h(
          "thead",
          {},
          h(
            "tr",
            {},
            ["factory", "item", "period", "quantity", "at"].map((name) =>
              h(
                "th",
                { scope: "col", class: name === "quantity" ? "number" : null },
                t(`outputs.${name}`),
              ),
            ),
          ),
        ),
        h(
          "tbody",
          {},
          list.outputs.map((one) =>
            h(
              "tr",
              {},
              h("td", {}, atlas.name(one.factory)),
              h("td", {}, atlas.name(one.item)),
              h("td", {}, month(one.period, "long")),
              h("td", { class: "number" }, quantity(one.quantity, atlas.unit(one.item))),
              h("td", {}, t("life.by", { caller: one.caller, at: moment(one.at) })),
            ),
          ),
        ),
      ),
    ),
  );
}
