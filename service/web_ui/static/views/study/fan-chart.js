/** The served share by month: between which shares it lies in half and in four fifths of the draws. */

import { formatPercent, formatPeriod, formatShare } from "../../lib/format.js";
import { t } from "../../lib/i18n.js";
import { html } from "../../vendor/preact/preact.js";
import { BottomAxis, ChartFigure, LeftAxis } from "./chart-figure.js";
import { buildBand, buildLine, createScale, findRange, listTicks } from "./geometry.js";

/** @typedef {import("./figures.js").Row} Row */

const HEIGHT = 300;
const MARGIN = { left: 52, right: 14, top: 12, bottom: 30 };
const TICKS = 5;

/** Least width of a label of a month in pixels. */
const LABEL_WIDTH = 40;

/** Quantiles of the table `periods`. */
const QUANTILES = ["p10", "p25", "p50", "p75", "p90"];

/** @param {{periods: Row[]}} props rows of the table `periods` of one lever, in the order of time */
export function FanChart({ periods }) {
  const table = {
    head: [t("study.month"), ...QUANTILES.map((name) => name.toUpperCase())],
    body: periods.map((row) => [
      formatPeriod(row.period, "long"),
      ...QUANTILES.map((name) => formatShare(row[name])),
    ]),
  };
  return html`<${ChartFigure}
    name="fan"
    title=${t("study.fan")}
    note=${t("study.fan-note")}
    table=${table}
    draw=${(/** @type {number} */ width) => drawFan(periods, width)}
  />`;
}

/**
 * Compute the points of the fan.
 * @param {Row[]} periods rows in the order of time
 * @param {(column: number) => number} x pixel of a month
 * @param {(value: number) => number} y pixel of a share
 * @returns {Record<string, Point[]>} points by quantile; a single month is drawn as wide as the chart
 */
export function computeFan(periods, x, y) {
  const columns = periods.length === 1 ? [-0.5, 0.5] : periods.map((_, k) => k);
  return Object.fromEntries(
    QUANTILES.map((name) => [
      name,
      columns.map((column, k) => ({ x: x(column), y: y((periods[k] ?? periods[0])[name]) })),
    ]),
  );
}

/** @param {Row[]} periods @param {number} width */
function drawFan(periods, width) {
  const { left, top } = MARGIN;
  const area = { left, right: width - MARGIN.right, top, bottom: HEIGHT - MARGIN.bottom };
  const [low, high] = findRange(periods.flatMap((row) => [row.p10, row.p90]));
  const scale = createScale(Math.max(0, low), Math.min(1, high), area.bottom, area.top);
  const last = Math.max(1, periods.length - 1);
  const half = (area.right - area.left) / (last + 1) / 2;
  const columns = createScale(0, last, area.left + half, area.right - half);
  const x = periods.length === 1 ? createScale(-0.5, 0.5, area.left, area.right).map : columns.map;
  const fan = computeFan(periods, x, scale.map);
  const step = Math.ceil(periods.length / Math.max(1, (area.right - area.left) / LABEL_WIDTH));
  const marks = periods
    .map((row, k) => ({ x: x(periods.length === 1 ? 0 : k), text: formatPeriod(row.period) }))
    .filter((_, k) => k % step === 0);
  const content = html`
    <${LeftAxis}
      ...${{ area, scale, ticks: listTicks(scale.low, scale.high, TICKS), format: formatPercent }}
    />
    <${BottomAxis} ...${{ area, marks }} />
    <path class="fan-outer" d=${buildBand(fan.p90, fan.p10)} />
    <path class="fan-inner" d=${buildBand(fan.p75, fan.p25)} />
    <path class="fan-median" d=${buildLine(fan.p50)} />
    ${fan.p50.map(({ x: cx, y: cy }, k) => html`<circle key=${k} class="fan-point" cx=${cx} cy=${cy} r="3" />`)}
  `;
  return { height: HEIGHT, content };
}
