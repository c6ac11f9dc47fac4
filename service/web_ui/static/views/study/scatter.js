/** Runs as points over two chosen figures, with the boxes in which a threshold fails. Any run opens as a plan. */

import { formatPercent } from "../../lib/format.js";
import { t } from "../../lib/i18n.js";
import { html, useState } from "../../vendor/preact/preact.js";
import { BottomAxis, ChartFigure, LeftAxis } from "./chart-figure.js";
import { Select } from "./factor-editor.js";
import { isFailed } from "./figures.js";
import { createScale, findRange, listTicks } from "./geometry.js";
import { describeFactor, describeOutcome, formatOutcome, getAxisFormat } from "./outcome-names.js";
import { RunPanel } from "./run-panel.js";

/** @typedef {import("./figures.js").Row} Row */
/** @typedef {import("./figures.js").Box} Box */
/** @typedef {import("./geometry.js").Scale} Scale */

const HEIGHT = 380;
const MARGIN = { left: 60, right: 16, top: 12, bottom: 50 };
const TICK_SPACE = 90;

/** More points are not drawn, so that the page stays quick. */
const MAX_POINTS = 2000;

/** Rows of the table of the chart. */
const MAX_ROWS = 200;

/**
 * @typedef {object} ScatterProps
 * @property {ViewContext} context context of the view
 * @property {ProblemIndex} problemIndex names
 * @property {string} study identifier of the study
 * @property {Row[]} runs runs of one lever
 * @property {string[]} factors names of the factors
 * @property {string[]} outcomes names of the outcomes
 * @property {{outcome: string, least?: number|null, most?: number|null}|null} threshold what may fail
 * @property {Box[]} boxes boxes of the threshold
 */

/** @param {ScatterProps} props */
export function Scatter(props) {
  const { context, problemIndex, runs, factors, outcomes, threshold, boxes } = props;
  const names = [...factors, ...outcomes];
  const [axes, setAxes] = useState(() => readAxes(context.params, factors, outcomes, threshold));
  const [chosen, setChosen] = useState(/** @type {number|null} */ (null));
  const shown = runs.slice(0, MAX_POINTS);
  const describe = (/** @type {string} */ name) =>
    factors.includes(name)
      ? describeFactor(problemIndex, name)
      : describeOutcome(problemIndex, name);
  const format = (/** @type {string} */ name, /** @type {any} */ value) =>
    factors.includes(name) ? formatPercent(value) : formatOutcome(name, value);
  const change = (/** @type {"x"|"y"} */ axis) => (/** @type {any} */ event) => {
    const next = { ...axes, [axis]: event.currentTarget.value };
    setAxes(next);
    context.updateParams(next);
  };
  const run = shown.find((one) => one.run === chosen) ?? null;
  const table = {
    head: [t("study.run"), ...names.map(describe)],
    body: shown
      .slice(0, MAX_ROWS)
      .map((one) => [String(one.run), ...names.map((name) => format(name, one[name]))]),
  };
  const label = (/** @type {Row} */ one) =>
    t("study.run-label", {
      n: one.run,
      x: `${describe(axes.x)} ${format(axes.x, one[axes.x])}`,
      y: `${describe(axes.y)} ${format(axes.y, one[axes.y])}`,
    });
  const draw = (/** @type {number} */ width) =>
    drawScatter(
      { ...axes, shown, threshold, boxes, factors, chosen, setChosen, describe, label },
      width,
    );
  return html`<${ChartFigure}
      name="scatter"
      title=${t("study.scatter")}
      note=${t(runs.length > MAX_POINTS ? "study.scatter-first" : "study.scatter-note", { n: shown.length })}
      ...${{ table, draw, isInteractive: true }}
    >
      <div class="controls">
        ${
          /** @type {("x"|"y")[]} */ (["x", "y"]).map(
            (axis) =>
              html`<${Select}
                key=${axis}
                label=${t(`study.axis-${axis}`)}
                value=${axes[axis]}
                options=${names.map((value) => ({ value, text: describe(value) }))}
                onChange=${change(axis)}
              />`,
          )
        }
      </div>
      <${Legend} ...${{ threshold, boxes }} />
    <//>
    ${run && html`<${RunPanel} key=${run.run} ...${{ ...props, run, names, describe, format }} />`}`;
}

/** @param {URLSearchParams} params @param {string[]} factors @param {string[]} outcomes @param {ScatterProps["threshold"]} threshold */
function readAxes(params, factors, outcomes, threshold) {
  const names = [...factors, ...outcomes];
  const find = (/** @type {string} */ axis) => names.find((name) => name === params.get(axis));
  const outcome = threshold?.outcome ?? "served_share";
  return {
    x: find("x") ?? factors[0],
    y:
      find("y") ??
      (factors.length > 1 ? factors[1] : outcomes.includes(outcome) ? outcome : outcomes[0]),
  };
}

/** @param {Pick<ScatterProps, "threshold"|"boxes">} props */
function Legend({ threshold, boxes }) {
  if (!threshold) return null;
  const mark = (/** @type {any} */ content) =>
    html`<svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">${content}</svg>`;
  return html`<ul class="study-legend">
    <li>${mark(html`<circle class="run-point" cx="8" cy="8" r="5" />`)} ${t("study.keeps")}</li>
    <li>
      ${mark(html`<path class="run-point run-failed" d="M3 3L13 13M13 3L3 13" />`)}
      ${t("study.fails")}
    </li>
    ${
      boxes.length > 0 &&
      html`<li>
        ${mark(html`<rect class="run-box" x="2" y="2" width="12" height="12" />`)} ${t("study.box")}
      </li>`
    }
  </ul>`;
}

/**
 * @typedef {object} Drawing
 * @property {string} x figure to the right
 * @property {string} y figure upwards
 * @property {Row[]} shown runs
 * @property {ScatterProps["threshold"]} threshold
 * @property {Box[]} boxes
 * @property {string[]} factors
 * @property {number|null} chosen number of the run that is chosen
 * @property {(run: number) => void} setChosen
 * @property {(name: string) => string} describe names a figure
 * @property {(run: Row) => string} label describes a run
 */

/** @param {Drawing} drawing @param {number} width */
function drawScatter(drawing, width) {
  const { x, y, shown, factors, describe } = drawing;
  const area = {
    left: MARGIN.left,
    right: width - MARGIN.right,
    top: MARGIN.top,
    bottom: HEIGHT - MARGIN.bottom,
  };
  const range = (/** @type {string} */ name) => findRange(shown.map((run) => run[name]));
  const across = createScale(...range(x), area.left, area.right);
  const up = createScale(...range(y), area.bottom, area.top);
  const getFormat = (/** @type {string} */ name) =>
    factors.includes(name) ? formatPercent : getAxisFormat(name);
  const marks = listTicks(across.low, across.high, (area.right - area.left) / TICK_SPACE).map(
    (tick) => ({ x: across.map(tick), text: getFormat(x)(tick) }),
  );
  const content = html`
    <${LeftAxis}
      ...${{ area, scale: up, ticks: listTicks(up.low, up.high, 6), format: getFormat(y) }}
    />
    <${BottomAxis} ...${{ area, marks, title: describe(x) }} />
    ${drawing.boxes.map((box) => drawBox(box, drawing, { across, up }))}
    ${drawPoints(drawing, { across, up, bottom: area.bottom })}
  `;
  return { height: HEIGHT, content };
}

/** @param {Box} box @param {Drawing} drawing @param {{across: Scale, up: Scale}} scales */
function drawBox({ number, sides }, { x, y }, { across, up }) {
  if (!sides.has(x) && !sides.has(y)) return null;
  const [left, right] = clampSide(sides.get(x), across);
  const [low, high] = clampSide(sides.get(y), up);
  const props = { x: left, y: high, width: right - left, height: low - high };
  return html`<g key=${number}>
    <rect class="run-box" ...${props} />
    <text class="study-soft" x=${left + 5} y=${high + 15}>${number}</text>
  </g>`;
}

/** @param {[number, number]|undefined} side @param {Scale} scale @returns {[number, number]} pixels of both ends within the chart */
function clampSide(side, scale) {
  const [low, high] = side ?? [scale.low, scale.high];
  return [scale.map(Math.max(low, scale.low)), scale.map(Math.min(high, scale.high))];
}

/** @param {Drawing} drawing @param {{across: Scale, up: Scale, bottom: number}} scales */
function drawPoints({ x, y, shown, threshold, chosen, setChosen, label }, { across, up, bottom }) {
  const order = shown.toSorted((one, other) => one[x] - other[x]);
  const current = order.some(({ run }) => run === chosen) ? chosen : order[0]?.run;
  const handleKey = (/** @type {KeyboardEvent} */ event) => {
    const step = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const place = order.findIndex(({ run }) => run === current) + step;
    const next = order[Math.min(order.length - 1, Math.max(0, place))];
    setChosen(next.run);
    const points = /** @type {SVGElement} */ (event.currentTarget);
    /** @type {SVGElement|null} */ (points.querySelector(`[data-run="${next.run}"]`))?.focus();
  };
  return html`<g onKeyDown=${handleKey}>
    ${order.map((run) => {
      const cx = across.map(run[x] ?? across.low);
      const cy = typeof run[y] === "number" ? up.map(run[y]) : bottom;
      const hasFailed = threshold !== null && isFailed(run, threshold);
      const choose = () => setChosen(run.run);
      const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        choose();
      };
      const props = {
        role: "button",
        tabindex: run.run === current ? "0" : "-1",
        "data-run": run.run,
        "aria-label": label(run),
        "aria-pressed": String(run.run === chosen),
        onClick: choose,
        onKeyDown,
      };
      return hasFailed
        ? html`<path
            key=${run.run}
            class="run-point run-failed"
            d=${`M${cx - 4} ${cy - 4}L${cx + 4} ${cy + 4}M${cx + 4} ${cy - 4}L${cx - 4} ${cy + 4}`}
            ...${props}
          />`
        : html`<circle key=${run.run} class="run-point" cx=${cx} cy=${cy} r="5" ...${props} />`;
    })}
  </g>`;
}
