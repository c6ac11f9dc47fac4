/** How equally the plan serves the counties, and what that equity costs. */

import {
  renderCard,
  renderColumnHeading,
  renderFigure,
  renderScrollTable,
} from "../../lib/components.js";
import { fill, h } from "../../lib/dom.js";
import { renderFailure, renderLoading } from "../../lib/feedback.js";
import { formatNumber, formatShare, formatWeightedWon } from "../../lib/format.js";
import { t } from "../../lib/i18n.js";

/**
 * Render the card of equity: inequality between counties, and a button for its price.
 * @param {ViewContext} context @param {ProblemIndex} problemIndex @returns {HTMLElement|null}
 *   null for a plan without goods that several counties need
 */
export function renderEquityCard(context, problemIndex) {
  const { summary } = context.plan;
  const spread = summary?.greatest_spread;
  if (!spread) return null;
  const frame = h("div", { "aria-live": "polite" });
  const button = h(
    "button",
    { type: "button", class: "button", on: { click: () => loadPrice(context, frame, button) } },
    t("equity.ask-price"),
  );
  const shares = {
    item: problemIndex.getName(spread.item),
    least: formatShare(spread.least_share),
    county: problemIndex.getName(spread.least_county),
    most: formatShare(spread.most_share),
    other: problemIndex.getName(spread.most_county),
  };
  return renderCard(
    t("equity.title"),
    h("p", { class: "soft" }, t("equity.lead")),
    h(
      "dl",
      { class: "figures" },
      renderFigure("gini", t("equity.gini"), formatNumber(summary.gini)),
      renderFigure("spread", t("equity.spread"), formatShare(spread.spread)),
    ),
    spread.spread > 0 && h("p", {}, t("equity.spread-of", shares)),
    h("div", { class: "buttons" }, button),
    frame,
  );
}

/** @param {ViewContext} context @param {HTMLElement} frame @param {HTMLButtonElement} button */
async function loadPrice(context, frame, button) {
  const path = `/v1/plans/${encodeURIComponent(context.plan.id)}/equity?price=true`;
  button.disabled = true;
  fill(frame, renderLoading(t("equity.solving")));
  try {
    const { price } = await context.api.fetchCached(path, context.signal);
    if (!context.signal.aborted) fill(frame, renderPrice(price));
  } catch (error) {
    if (context.signal.aborted || (error instanceof Error && error.name === "AbortError")) return;
    button.disabled = false;
    fill(
      frame,
      renderFailure(error, () => loadPrice(context, frame, button)),
    );
  }
}

/** @param {PriceOfEquity} price @returns {Child} */
function renderPrice({ price, relative_price: relative, fair, plain }) {
  /** @param {string} name @param {string} label @param {string} own @param {string} other */
  const row = (name, label, own, other) =>
    h(
      "tr",
      { data: { row: name } },
      h("th", { scope: "row" }, label),
      h("td", { class: "number" }, own),
      h("td", { class: "number" }, other),
    );
  /** @param {EquityMeasures} measures */
  const spread = (measures) => formatShare(measures.greatest_spread?.spread);
  const figures = [
    renderFigure("price-of-equity", t("equity.price"), formatWeightedWon(price)),
    relative !== null &&
      renderFigure("relative-price", t("equity.relative-price"), formatShare(relative)),
  ];
  const table = renderScrollTable({
    label: t("equity.price"),
    caption: t("equity.price"),
    head: [
      h("td", {}),
      renderColumnHeading(t("equity.fair"), true),
      renderColumnHeading(t("equity.plain"), true),
    ],
    rows: [
      row(
        "served",
        t("equity.served"),
        formatShare(fair.served_share),
        formatShare(plain.served_share),
      ),
      row("gini", t("equity.gini"), formatNumber(fair.gini), formatNumber(plain.gini)),
      row("spread", t("equity.spread"), spread(fair), spread(plain)),
      row(
        "objective",
        t("equity.objective"),
        formatWeightedWon(fair.objective),
        formatWeightedWon(plain.objective),
      ),
    ],
  });
  return [h("dl", { class: "figures" }, figures), table];
}
