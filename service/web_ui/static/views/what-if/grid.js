/** The grid of two limits: how much of the need is met while both run from little to much. */

import { renderColourLegend } from "../../lib/colour-legend.js";
import { Card, ShowElement } from "../../lib/elements.js";
import { renderFailure, renderLoading } from "../../lib/feedback.js";
import { formatNumber, formatPercent, formatShare, formatWeightedWon } from "../../lib/format.js";
import { renderHeatmap } from "../../lib/heatmap.js";
import { t } from "../../lib/i18n.js";
import { renderInfeasibility } from "../../lib/infeasibility.js";
import { getScaleColour } from "../../lib/palette.js";
import { watchTheme } from "../../lib/theme.js";
import { html, render, useEffect, useMemo, useRef, useState } from "../../vendor/preact/preact.js";

const TIME_LIMIT_SECONDS = 120;

/** Factors of a limit; those beyond its greatest factor are left out. */
const FACTORS = [0.4, 0.6, 0.8, 1, 1.2];

/** @typedef {{context: ViewContext, problemIndex: ProblemIndex, sliders: Slider[]}} GridProps */

/**
 * Create the card with the grid of two sliders.
 * @param {ViewContext} context context of the view
 * @param {ProblemIndex} problemIndex the problem
 * @param {Slider[]} sliders what can be varied
 * @returns {HTMLElement|null} the card; null for a plan without figures, or with fewer than two sliders
 */
export function createGridCard(context, problemIndex, sliders) {
  if (!context.plan.summary || sliders.length < 2) return null;
  const root = document.createElement("div");
  root.className = "grid-card-frame";
  render(html`<${GridCard} ...${{ context, problemIndex, sliders }} />`, root);
  context.signal.addEventListener("abort", () => render(null, root));
  return root;
}

/** @param {URLSearchParams} params @param {Slider[]} sliders @returns {{ids: [string, string], isWanted: boolean}} two sliders, and whether the URL names them */
function readPair(params, sliders) {
  const known = sliders.map(({ id }) => id);
  const [first, second] = (params.get("grid") ?? "").split(",");
  const isWanted = first !== second && known.includes(first) && known.includes(second);
  if (isWanted) return { ids: [first, second], isWanted };
  const chosen = known.includes("power") ? "power" : known[0];
  const others = known.filter((id) => id !== chosen);
  return { ids: [chosen, others.includes("central") ? "central" : others[0]], isWanted };
}

/** @param {GridProps} props */
function GridCard({ context, problemIndex, sliders }) {
  const wanted = useMemo(() => readPair(context.params, sliders), []);
  const [ids, setIds] = useState(wanted.ids);
  const [shown, setShown] = useState(/** @type {HTMLElement[]} */ ([]));
  const [solving, setSolving] = useState(/** @type {AbortController|null} */ (null));
  const running = useRef(/** @type {AbortController|null} */ (null));
  const getName = (/** @type {Slider} */ { id, where }) =>
    where ? problemIndex.getName(where) : t(`slider.${id}`);
  const find = (/** @type {string} */ id) => sliders.find((one) => one.id === id) ?? sliders[0];
  const stop = () => {
    running.current?.abort();
    setSolving(null);
  };
  const draw = async () => {
    stop();
    const abortController = new AbortController();
    running.current = abortController;
    setSolving(abortController);
    setShown([]);
    context.updateParams({ grid: ids.join(",") });
    const pair = /** @type {[Slider, Slider]} */ (ids.map(find));
    const elements = await solveGrid(context, problemIndex, pair, getName, abortController.signal);
    if (abortController.signal.aborted) return;
    setShown(elements);
    setSolving(null);
  };
  useEffect(() => {
    if (wanted.isWanted) draw();
    return () => running.current?.abort();
  }, []);
  const choose = (/** @type {number} */ k) => (/** @type {any} */ event) => {
    const { value } = event.currentTarget;
    const other = ids[1 - k] === value ? ids[k] : ids[1 - k];
    setIds(k === 0 ? [value, other] : [other, value]);
  };
  return html`<${Card} title=${t("grid-card.title")} name="grid-card">
    <p class="soft small">${t("grid-card.text")}</p>
    <div class="controls">
      ${["first", "second"].map(
        (name, k) =>
          html`<div class="field" key=${name}>
            <span aria-hidden="true">${t(`grid-card.${name}`)}</span>
            <select
              name=${`grid-${name}`}
              aria-label=${t(`grid-card.${name}`)}
              value=${ids[k]}
              onChange=${choose(k)}
            >
              ${sliders.map((one) => html`<option key=${one.id} value=${one.id}>${getName(one)}</option>`)}
            </select>
          </div>`,
      )}
      ${
        solving
          ? html`<button type="button" class="button" onClick=${stop}>${t("curve.stop")}</button>`
          : html`<button type="button" class="button" onClick=${draw}>
              ${t("grid-card.draw")}
            </button>`
      }
    </div>
    <div class="curve" aria-live="polite" aria-busy=${solving ? "true" : undefined}>
      ${solving && html`<${ShowElement} element=${renderLoading(t("grid-card.solving"))} />`}
      ${shown.map((element, k) => html`<${ShowElement} key=${k} element=${element} />`)}
    </div>
  <//>`;
}

/**
 * @param {ViewContext} context @param {ProblemIndex} problemIndex @param {[Slider, Slider]} pair
 * @param {(slider: Slider) => string} getName @param {AbortSignal} signal
 * @returns {Promise<HTMLElement[]>} the grid with what is to be said about it, or why there is none
 */
async function solveGrid(context, problemIndex, pair, getName, signal) {
  const [first, second] = pair.map(({ what, where, max }) => ({
    change: { what, ...(where ? { where } : {}), factor: 1 },
    values: listFactors(max),
  }));
  const body = { first, second, time_limit_seconds: TIME_LIMIT_SECONDS };
  const path = `/v1/plans/${encodeURIComponent(context.plan.id)}/grid`;
  try {
    const grid = await context.api.postJson(path, body, { signal });
    const build = () => renderGrid(context, grid, pair, [first.values, second.values], getName);
    const frame = document.createElement("div");
    const paint = () => frame.replaceChildren(...build());
    paint();
    signal.addEventListener("abort", watchTheme(paint));
    const conflict = grid.infeasibility && renderInfeasibility(grid.infeasibility, problemIndex);
    return conflict ? [frame, conflict] : [frame];
  } catch (error) {
    return [renderFailure(error)];
  }
}

/**
 * List the factors of an axis.
 * @param {number} max greatest factor of the slider
 * @returns {number[]} factors in order; the greatest factor ends them if it is between 1 and the last
 */
export function listFactors(max) {
  const within = FACTORS.filter((factor) => factor <= max);
  return max > 1 && max < FACTORS[FACTORS.length - 1] ? [...within, max] : within;
}

/**
 * @param {ViewContext} context @param {ParameterGrid} grid @param {[Slider, Slider]} pair @param {number[][]} factors of both axes
 * @param {(slider: Slider) => string} getName @returns {HTMLElement[]} the cells, the scale and a sentence
 */
function renderGrid(context, grid, pair, [rows, columns], getName) {
  const cells = new Map(grid.cells.map((cell) => [`${cell.first} ${cell.second}`, cell]));
  const find = (/** @type {string} */ row, /** @type {number} */ column) =>
    cells.get(`${row} ${columns[column]}`);
  const shares = grid.cells.flatMap(({ served_share: share }) => (share === null ? [] : [share]));
  const [least, most] = [Math.min(...shares), Math.max(...shares)];
  const position = (/** @type {number} */ share) =>
    most > least ? (share - least) / (most - least) : 1;
  const heatmap = renderHeatmap({
    label: t("grid-card.label"),
    corner: t("grid-card.corner", { row: getName(pair[0]), column: getName(pair[1]) }),
    columns: columns.map((factor) => ({ id: String(factor), title: formatPercent(factor) })),
    groups: [
      {
        title: null,
        rows: rows.map((factor) => ({
          id: String(factor),
          title: formatPercent(factor),
          values: columns.map((_, k) => find(String(factor), k)?.served_share ?? null),
        })),
      },
    ],
    colour: (share) => getScaleColour("range", position(share)),
    write: formatShare,
    full: (share, row, column) => {
      const objective = formatWeightedWon(find(row.id, column)?.objective);
      return t("grid-card.cell", { share: formatShare(share), objective });
    },
    href: (row, column) =>
      context.buildHref("what-if", { [pair[0].id]: row.id, [pair[1].id]: columns[column] }),
  });
  const ends = shares.length ? [least, most].map(formatShare) : [];
  const note = document.createElement("p");
  note.className = "soft small";
  note.textContent = describeGrid(grid);
  return [heatmap, renderColourLegend(t("grid-card.scale"), "range", ends), note];
}

/** @param {ParameterGrid} grid @returns {string} where there is no plan, and how many pairs were not solved */
function describeGrid({ cells, not_evaluated: open, relaxed }) {
  const impossible = cells.filter(({ outcome }) => outcome === "infeasible").length;
  const parts = [t("grid-card.note")];
  if (impossible) parts.push(t("grid-card.infeasible", { n: formatNumber(impossible) }));
  if (open) parts.push(t("grid-card.open", { n: formatNumber(open) }));
  if (relaxed) parts.push(t("comparison.relaxed"));
  return parts.join(" ");
}
