/** Which factors drive an outcome: the outcome at both ends of each factor, and the part of the variance that it explains. */

import { formatPercent } from "../../lib/format.js";
import { t } from "../../lib/i18n.js";
import { html } from "../../vendor/preact/preact.js";
import { BottomAxis, ChartFigure } from "./chart-figure.js";
import { createScale, findRange, listTicks } from "./geometry.js";
import { describeFactor, describeOutcome, formatOutcome, getAxisFormat } from "./outcome-names.js";

/** @typedef {import("./figures.js").Driver} Driver */

const ROW_HEIGHT = 46;
const BAR_HEIGHT = 16;
const MARGIN = { left: 10, right: 10, top: 6, bottom: 30 };

/** Below this width there is room for the figure of an index, but not for its words. */
const NARROW = 520;

/** Pixels between labels of the axis. */
const TICK_SPACE = 110;

/** Below this part of the variance of unseen runs that is explained, indices mean little. */
const LOW_FIT = 0.8;

/**
 * @typedef {object} TornadoProps
 * @property {ProblemIndex} problemIndex names
 * @property {string} outcome the outcome
 * @property {Driver[]} drivers drivers, the strongest first
 * @property {number|null} mean mean of the outcome
 * @property {number|null} fit how well unseen runs are explained
 */

/** @param {TornadoProps} props */
export function Tornado({ problemIndex, outcome, drivers, mean, fit }) {
  const table = {
    head: [
      t("study.factor"),
      t("study.at-lowest"),
      t("study.at-highest"),
      t("study.first-order"),
      t("study.total"),
    ],
    body: drivers.map((driver) => [
      describeFactor(problemIndex, driver.factor),
      formatOutcome(outcome, driver.low),
      formatOutcome(outcome, driver.high),
      formatIndex(driver.first),
      formatIndex(driver.total, driver.error),
    ]),
  };
  const note = [t("study.tornado-note")];
  if (fit !== null && fit < LOW_FIT) note.push(t("study.low-fit", { share: formatPercent(fit) }));
  return html`<${ChartFigure}
    name="tornado"
    title=${t("study.tornado", { outcome: describeOutcome(problemIndex, outcome) })}
    note=${note.join(" ")}
    table=${table}
    draw=${(/** @type {number} */ width) =>
      drawTornado({ problemIndex, outcome, drivers, mean, fit }, width)}
  />`;
}

/** @param {number|null|undefined} value @param {number|null} [error] @returns {string} such as `62 % ± 4 %` */
function formatIndex(value, error = null) {
  if (value === null || value === undefined) return "–";
  const text = formatPercent(Math.max(0, value));
  return error === null ? text : `${text} ± ${formatPercent(error)}`;
}

/** @param {TornadoProps} props @param {number} width */
function drawTornado({ problemIndex, outcome, drivers, mean }, width) {
  const height = MARGIN.top + drivers.length * ROW_HEIGHT + MARGIN.bottom;
  const area = {
    left: MARGIN.left,
    right: width - MARGIN.right,
    top: MARGIN.top,
    bottom: height - MARGIN.bottom,
  };
  const ends = drivers.flatMap(({ low, high }) => [low, high]);
  const [least, most] = findRange([...ends, mean], 0.08);
  const scale = createScale(least, most, area.left, area.right);
  const format = getAxisFormat(outcome);
  const ticks = listTicks(scale.low, scale.high, (area.right - area.left) / TICK_SPACE);
  const middle = mean === null ? null : scale.map(mean);
  const content = html`
    <${BottomAxis}
      area=${area}
      marks=${ticks.map((tick) => ({ x: scale.map(tick), text: format(tick) }))}
    />
    ${middle !== null && html`<line class="tornado-middle" x1=${middle} x2=${middle} y1=${area.top} y2=${area.bottom} />`}
    ${drivers.map((driver, k) => {
      const y = area.top + k * ROW_HEIGHT;
      const index = formatIndex(driver.total, driver.error);
      const share = t("study.index", { share: index });
      return html`<g key=${driver.factor}>
        <text x=${area.left} y=${y + 15}>${describeFactor(problemIndex, driver.factor)}</text>
        <text class="study-soft" x=${area.right} y=${y + 15} text-anchor="end">
          ${driver.total === null ? "" : width < NARROW ? index : share}
        </text>
        ${drawBar(driver, scale, middle, y + 22)}
      </g>`;
    })}
  `;
  return { height, content };
}

/**
 * Draw the outcome at both ends of a factor, each as a bar from the mean.
 * @param {Driver} driver @param {import("./geometry.js").Scale} scale @param {number|null} middle pixel of the mean @param {number} y
 */
function drawBar({ low, high }, scale, middle, y) {
  if (low === null || high === null || middle === null) return null;
  const bar = (/** @type {number} */ value, /** @type {string} */ side) => {
    const x = scale.map(value);
    const props = { x: Math.min(x, middle), y, width: Math.abs(x - middle), height: BAR_HEIGHT };
    return html`<rect class=${`tornado-${side}`} ...${props} />`;
  };
  return [bar(low, "low"), bar(high, "high")];
}
