/** Fulfilment: reported outputs against quotas, the lowest fulfilment first. */

import {
  renderCard,
  renderColumnHeading,
  renderField,
  renderScrollTable,
  renderSegments,
} from "../../lib/components.js";
import { fill, h } from "../../lib/dom.js";
import { renderFailure, renderLoading } from "../../lib/feedback.js";
import { formatNumber, formatPeriod, formatShare, formatWon } from "../../lib/format.js";
import { t } from "../../lib/i18n.js";

const GROUPINGS = ["factory", "county", "item"];
const MAX_ROWS = 40;
const COLUMNS = ["rank", "name", "planned", "made", "share", "unreported"];

/**
 * Create the ranking by fulfilment.
 * @param {ViewContext} context context of the view
 * @param {ProblemIndex} problemIndex the problem
 * @returns {{element: HTMLElement, refresh: () => void}} the card, and a function that reads the ranking again
 */
export function createFulfilment(context, problemIndex) {
  const { api, params, signal } = context;
  const path = `/v1/plans/${encodeURIComponent(context.plan.id)}`;
  const wanted = params.get("by") ?? "";
  let grouping = GROUPINGS.includes(wanted) ? wanted : "factory";
  const frame = h("div", {}, renderLoading());
  const through = renderThroughSelect(problemIndex, params.get("through"));
  const load = async () => {
    if (!through.value && (await api.fetchJson(`${path}/outputs?limit=1`, signal)).total === 0) {
      return h("p", { class: "soft" }, t("fulfilment.nothing-reported"));
    }
    const query = new URLSearchParams({ by: grouping });
    if (through.value) query.set("through", through.value);
    return renderRanking(await api.fetchJson(`${path}/fulfilment?${query}`, signal), problemIndex);
  };
  const refresh = async () => {
    try {
      fill(frame, await load());
    } catch (error) {
      if (!signal.aborted) fill(frame, renderFailure(error, refresh));
    }
  };
  through.addEventListener("change", () => {
    context.updateParams({ through: through.value });
    refresh();
  });
  const choice = renderSegments({
    name: "fulfilment-by",
    legend: t("fulfilment.by"),
    choices: GROUPINGS.map((name) => [name, t(`fulfilment.by-${name}`)]),
    selected: grouping,
    onChange: (value) => {
      grouping = value;
      context.updateParams({ by: value });
      refresh();
    },
  });
  refresh();
  const element = renderCard(
    t("fulfilment.title"),
    h("p", { class: "soft" }, t("fulfilment.text")),
    h("div", { class: "controls" }, choice, renderField(t("fulfilment.through"), through)),
    frame,
  );
  element.classList.add("fulfilment");
  return { element, refresh };
}

/** @param {ProblemIndex} problemIndex @param {string|null} selected @returns {HTMLSelectElement} */
function renderThroughSelect(problemIndex, selected) {
  const options = problemIndex.periods.map((id) =>
    h("option", { value: id, selected: id === selected }, formatPeriod(id, "long")),
  );
  const last = h("option", { value: "" }, t("fulfilment.last-reported"));
  return h("select", { name: "through" }, last, options);
}

/** @param {Fulfilment} fulfilment @param {ProblemIndex} problemIndex @returns {Child} */
function renderRanking({ rows, total, through }, problemIndex) {
  const ranked = rows.filter((row) => row.rank !== null);
  const unranked = rows.length - ranked.length;
  const values = {
    share: formatShare(total.fulfilment),
    through: formatPeriod(through, "long"),
    n: formatNumber(total.lines - total.unreported),
    lines: formatNumber(total.lines),
  };
  const table = renderScrollTable({
    label: t("fulfilment.title"),
    className: "ranking",
    head: COLUMNS.map((name) => renderColumnHeading(t(`fulfilment.${name}`), name !== "name")),
    rows: ranked.slice(0, MAX_ROWS).map((row) => renderRow(row, problemIndex)),
  });
  const note = t("fulfilment.unranked", { n: formatNumber(unranked) });
  return [
    h("p", { class: "total" }, t("fulfilment.total", values)),
    table,
    unranked > 0 && h("p", { class: "soft small" }, note),
  ];
}

/** @param {FulfilmentRow} row @param {ProblemIndex} problemIndex @returns {HTMLElement} */
function renderRow(row, problemIndex) {
  return h(
    "tr",
    { data: { key: row.id } },
    h("td", { class: "number" }, formatNumber(row.rank)),
    h("th", { scope: "row" }, problemIndex.getName(row.id)),
    h("td", { class: "number" }, formatWon(row.planned_value - row.unreported_value)),
    h("td", { class: "number" }, formatWon(row.made_value)),
    h("td", { class: "number" }, h("strong", {}, formatShare(row.fulfilment))),
    h("td", { class: "number" }, formatNumber(row.unreported)),
  );
}
