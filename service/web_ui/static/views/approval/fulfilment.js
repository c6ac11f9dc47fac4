/** Fulfilment: what was made against the quotas, ranked worst first for the review. */

import { fill, h } from "../../lib/dom.js";
import { number, period as month, share, won } from "../../lib/format.js";
import { t } from "../../lib/i18n.js";
import { failure, loading } from "../../lib/feedback.js";

const BY = ["factory", "county", "item"];
const SHOWN = 40;

/**
 * The ranking.
 * @param {object} context the view's
 * @param {import("../../lib/problem-index.js").Atlas} atlas the problem
 * @returns {{element: HTMLElement, renew: () => void}} the card, and what reads it anew
 */
export function fulfilment(context, atlas) {
  let by = BY.includes(context.params.get("by")) ? context.params.get("by") : "factory";
  const place = h("div", {}, loading());
  const through = h(
    "select",
    { name: "through" },
    h("option", { value: "" }, t("fulfilment.last")),
    atlas.periods.map((id) =>
      h("option", { value: id, selected: id === context.params.get("through") }, month(id, "long")),
    ),
  );
  const path = `/v1/plans/${encodeURIComponent(context.plan.id)}`;
  const renew = async () => {
    try {
      const asked = new URLSearchParams({
        by,
        ...(through.value ? { through: through.value } : {}),
      });
      const silent =
        !through.value &&
        (await context.api.get(`${path}/outputs?limit=1`, context.signal)).total === 0;
      const found = silent
        ? null
        : await context.api.get(`${path}/fulfilment?${asked}`, context.signal);
      fill(
        place,
        found ? ranking(found, atlas) : h("p", { class: "soft" }, t("fulfilment.nothing")),
      );
    } catch (error) {
      if (!context.signal.aborted) fill(place, failure(error, renew));
    }
  };
  through.addEventListener("change", () => {
    context.update({ through: through.value });
    renew();
  });
  const option = (value) =>
    h(
      "label",
      {},
      h("input", {
        type: "radio",
        name: "fulfilment-by",
        value,
        checked: value === by,
        on: {
          change: () => {
            by = value;
            context.update({ by: value });
            renew();
          },
        },
      }),
      t(`fulfilment.by-${value}`),
    );
  const controls = h(
    "div",
    { class: "controls" },
    h(
      "fieldset",
      {},
      h("legend", {}, t("fulfilment.by")),
      h("div", { class: "segments" }, BY.map(option)),
    ),
    h("label", { class: "field" }, h("span", {}, t("fulfilment.through")), through),
  );
  renew();
  return {
    element: h(
      "section",
      { class: "card fulfilment" },
      h("h2", {}, t("fulfilment.title")),
      h("p", { class: "soft" }, t("fulfilment.text")),
      controls,
      place,
    ),
    renew,
  };
}

function ranking(view, atlas) {
  const { total } = view;
  const ranked = view.rows.filter((row) => row.rank !== null);
  const head = ["rank", "name", "planned", "made", "share", "unreported"];
  return [
    h(
      "p",
      { class: "total" },
      t("fulfilment.total", {
        share: share(total.fulfilment),
        through: month(view.through, "long"),
        n: number(total.lines - total.unreported),
        lines: number(total.lines),
      }),
    ),
    h(
      "div",
      { class: "scroll", tabindex: "0", role: "region", "aria-label": t("fulfilment.title") },
      h(
        "table",
        { class: "rows ranking" },
        h(
          "thead",
          {},
          h(
            "tr",
            {},
            head.map((name) =>
              h(
                "th",
                { scope: "col", class: name === "name" ? null : "number" },
                t(`fulfilment.${name}`),
              ),
            ),
          ),
        ),
        h(
          "tbody",
          {},
          ranked.slice(0, SHOWN).map((row) => line(row, atlas)),
        ),
      ),
    ),
    view.rows.length > ranked.length &&
      h(
        "p",
        { class: "soft small" },
        t("fulfilment.silent", { n: number(view.rows.length - ranked.length) }),
      ),
  ];
}

function line(row, atlas) {
  return h(
    "tr",
    { data: { key: row.id } },
    h("td", { class: "number" }, number(row.rank)),
    h("th", { scope: "row" }, atlas.name(row.id)),
    h("td", { class: "number" }, won(row.planned_value - row.unreported_value)),
    h("td", { class: "number" }, won(row.made_value)),
    h("td", { class: "number" }, h("strong", {}, share(row.fulfilment))),
    h("td", { class: "number" }, number(row.unreported)),
  );
}
