/** Tables of a study: quantiles with their intervals, goods, and the regret of levers. */

import { formatCompact, formatPercent, formatShare, formatWeightedWon } from "../../lib/format.js";
import { t } from "../../lib/i18n.js";
import { MIN_WON } from "../../lib/relevance.js";
import { html } from "../../vendor/preact/preact.js";
import { BottomAxis, ChartFigure, FigureRows } from "./chart-figure.js";
import { computeQuantile, sumRegret } from "./figures.js";
import { createScale, listTicks } from "./geometry.js";
import {
  describeFactor,
  describeOutcome,
  formatOutcome,
  getAxisFormat,
  isShare,
} from "./outcome-names.js";

/** @typedef {import("./figures.js").Row} Row */

/** Goods that are listed without a choice in the context bar. */
const MAX_GOODS = 15;

/** @type {("mean"|"p10"|"p50"|"p90")[]} */
const FIGURES = ["mean", "p10", "p50", "p90"];

/** @param {{problemIndex: ProblemIndex, lever: string}} names @returns {string} */
export const describeLever = ({ problemIndex, lever }) =>
  lever === "base" ? t("study.base") : describeFactor(problemIndex, lever);

/** @param {{problemIndex: ProblemIndex, quantiles: Quantiles[]}} props quantiles of one lever */
export function QuantileTable({ problemIndex, quantiles }) {
  const head = [
    t("study.outcome"),
    ...FIGURES.map((name) => t(`study.figure.${name}`)),
    t("study.figure.cvar90"),
  ];
  const body = quantiles.map((row) => [
    describeOutcome(problemIndex, row.outcome),
    ...FIGURES.map(
      (name) =>
        html`${formatOutcome(row.outcome, row[name])}<${Interval}
            outcome=${row.outcome}
            ends=${row[`${name}_interval`]}
          />`,
    ),
    formatOutcome(row.outcome, row.cvar90),
  ]);
  return html`<section class="card quantiles">
    <h2>${t("study.quantiles")}</h2>
    <p class="soft small">${t("study.quantiles-note")}</p>
    <${FigureRows} label=${t("study.quantiles")} name="study-quantiles" ...${{ head, body }} />
  </section>`;
}

/** The ends of a confidence interval, without the unit, which stands above them. @param {{outcome: string, ends: [number, number]}} props */
function Interval({ outcome, ends }) {
  const format = isShare(outcome) ? formatShare : formatCompact;
  return html`<small class="soft">${ends.map((end) => format(end)).join(" – ")}</small>`;
}

/** @param {{problemIndex: ProblemIndex, rows: Row[], item: string}} props rows of the table `items` of one lever; item of the context bar */
export function GoodsTable({ problemIndex, rows, item }) {
  const needs = rows.filter((row) => problemIndex.isGood(row.item));
  if (!needs.length) return null;
  const sorted = needs.toSorted((one, other) => one.p10 - other.p10 || one.p50 - other.p50);
  const found = sorted.filter((row) => row.item === item);
  const shown = found.length ? found : sorted.slice(0, MAX_GOODS);
  const head = [t("study.good"), "P10", "P50", "P90"];
  const body = shown.map((row) => [
    problemIndex.getName(row.item),
    ...[row.p10, row.p50, row.p90].map(formatShare),
  ]);
  return html`<section class="card goods">
    <h2>${t("study.goods")}</h2>
    <p class="soft small">${t("study.goods-note", { n: shown.length, all: needs.length })}</p>
    <${FigureRows} label=${t("study.goods")} ...${{ head, body }} />
  </section>`;
}

const ROW_HEIGHT = 46;
const MARGIN = { left: 10, right: 14, top: 6, bottom: 30 };
const TICK_SPACE = 110;

/** @param {{problemIndex: ProblemIndex, rows: Row[], perfect: number|null}} props rows of the table `regret`; value of perfect information */
export function Regret({ problemIndex, rows, perfect }) {
  const levers = sumRegret(rows);
  if (levers.length < 2) return null;
  if (levers.every(({ greatest }) => greatest < MIN_WON)) {
    return html`<section class="card">
      <h2 class="figure-title">${t("study.regret")}</h2>
      <p>${t("study.no-regret")}</p>
    </section>`;
  }
  const name = (/** @type {string} */ lever) => describeLever({ problemIndex, lever });
  const table = {
    head: [
      t("study.lever"),
      t("study.regret-mean"),
      t("study.regret-p90"),
      t("study.regret-most"),
      t("study.regret-best"),
    ],
    body: levers.map((one) => [
      name(one.lever),
      formatWeightedWon(one.mean),
      formatWeightedWon(one.p90),
      formatWeightedWon(one.greatest),
      formatPercent(one.bestShare),
    ]),
  };
  const note = [t("study.regret-note")];
  if (perfect !== null && perfect >= MIN_WON) {
    note.push(t("study.perfect", { won: formatWeightedWon(perfect) }));
  }
  return html`<section class="card">
    <${ChartFigure}
      name="regret"
      title=${t("study.regret")}
      note=${note.join(" ")}
      table=${table}
      draw=${(/** @type {number} */ width) => drawRegret(levers, name, width)}
    />
  </section>`;
}

/** @param {import("./figures.js").LeverRegret[]} levers @param {(lever: string) => string} name @param {number} width */
function drawRegret(levers, name, width) {
  const height = MARGIN.top + levers.length * ROW_HEIGHT + MARGIN.bottom;
  const area = {
    left: MARGIN.left,
    right: width - MARGIN.right,
    top: MARGIN.top,
    bottom: height - MARGIN.bottom,
  };
  const most = Math.max(...levers.map((one) => one.greatest));
  const scale = createScale(0, most, area.left, area.right);
  const format = getAxisFormat("objective");
  const ticks = listTicks(0, scale.high, (area.right - area.left) / TICK_SPACE);
  const content = html`
    <${BottomAxis}
      area=${area}
      marks=${ticks.map((tick) => ({ x: scale.map(tick), text: format(tick) }))}
    />
    ${levers.map((one, k) => {
      const y = area.top + k * ROW_HEIGHT;
      const mean = scale.map(one.mean);
      const middle = y + 30;
      return html`<g key=${one.lever}>
        <text x=${area.left} y=${y + 15}>${name(one.lever)}</text>
        <${RangeBar} sorted=${one.regrets} ...${{ scale, y: middle }} />
        <circle class="study-mean" cx=${mean} cy=${middle} r="5" />
      </g>`;
    })}
  `;
  return { height, content };
}

/**
 * A line from the least to the greatest value, a bar from the 10 % to the 90 % quantile, and a mark at the median.
 * @param {{sorted: number[], scale: import("./geometry.js").Scale, y: number}} props values in ascending order, and the middle of the bar
 */
export function RangeBar({ sorted, scale, y }) {
  const [least, p10, p50, p90, most] = [0, 0.1, 0.5, 0.9, 1].map((share) =>
    scale.map(computeQuantile(sorted, share)),
  );
  return html`
    <line class="range-line" x1=${least} x2=${most} y1=${y} y2=${y} />
    <rect class="range-bar" x=${p10} y=${y - 8} width=${Math.max(1, p90 - p10)} height="16" />
    <line class="range-median" x1=${p50} x2=${p50} y1=${y - 8} y2=${y + 8} />
  `;
}
