/** A chart in SVG with its title, and a switch to a table of the same figures. */

import { createId } from "../../lib/dom.js";
import { t } from "../../lib/i18n.js";
import { html, useLayoutEffect, useRef, useState } from "../../vendor/preact/preact.js";

/** Width before the first layout. */
const DEFAULT_WIDTH = 720;

/**
 * @typedef {object} FigureTable the figures of a chart
 * @property {any[]} head headings
 * @property {any[][]} body rows; the first cell of a row is its heading
 *
 * @typedef {object} ChartProps
 * @property {string} name name for style and tests
 * @property {string} title title
 * @property {any} [note] explanation
 * @property {FigureTable} table the same figures
 * @property {any} [children] controls of the chart
 * @property {(width: number) => {height: number, content: any}} draw draws the chart for a width in pixels
 * @property {boolean} [isInteractive] whether parts of the drawing can be used, so that it is no single image
 */

/** @param {ChartProps} props */
export function ChartFigure({ name, title, note, table, children, draw, isInteractive = false }) {
  const [id] = useState(() => createId("study-chart"));
  const [isTable, setTable] = useState(false);
  const [frame, width] = useWidth();
  const { height, content } = draw(width);
  return html`<figure class="figure study-figure" data-figure=${name}>
    <figcaption class="figure-head">
      <div>
        <h2 class="figure-title" id=${id}>${title}</h2>
        ${note && html`<p class="soft small">${note}</p>`}
      </div>
      <button type="button" class="button small" onClick=${() => setTable(!isTable)}>
        ${t(isTable ? "action.as-chart" : "action.as-table")}
      </button>
    </figcaption>
    ${children}
    <div class="study-chart" ref=${frame} hidden=${isTable}>
      <svg
        viewBox=${`0 0 ${width} ${height}`}
        role=${isInteractive ? "group" : "img"}
        aria-labelledby=${id}
      >
        ${content}
      </svg>
    </div>
    ${isTable && html`<${FigureRows} label=${title} ...${table} />`}
  </figure>`;
}

/**
 * A table that scrolls in its frame.
 * @param {FigureTable & {label: string, name?: string}} props
 */
export function FigureRows({ label, name = "", head, body }) {
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${label}>
    <table class=${`rows ${name}`.trim()}>
      <thead>
        <tr>
          ${head.map(
            (text, column) =>
              html`<th key=${column} scope="col" class=${column ? "number" : null}>${text}</th>`,
          )}
        </tr>
      </thead>
      <tbody>
        ${body.map(
          ([first, ...cells], row) =>
            html`<tr key=${row}>
              <th scope="row">${first}</th>
              ${cells.map((cell, k) => html`<td key=${k} class="number">${cell}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** @returns {[{current: HTMLElement|null}, number]} reference to an element, and its width in pixels */
function useWidth() {
  const frame = useRef(/** @type {HTMLElement|null} */ (null));
  const [width, setWidth] = useState(DEFAULT_WIDTH);
  useLayoutEffect(() => {
    const element = frame.current;
    if (!element) return undefined;
    const measure = () => setWidth(Math.round(element.clientWidth) || DEFAULT_WIDTH);
    const sizes = new ResizeObserver(measure);
    sizes.observe(element);
    measure();
    return () => sizes.disconnect();
  }, []);
  return [frame, width];
}

/** @typedef {{left: number, right: number, top: number, bottom: number}} Area pixels of the area of a chart */

/**
 * The axis at the left, with lines over the area.
 * @param {{area: Area, scale: import("./geometry.js").Scale, ticks: number[], format: (value: number) => string}} props
 */
export function LeftAxis({ area, scale, ticks, format }) {
  return html`<g class="study-axis">
    ${ticks.map((tick) => {
      const y = scale.map(tick);
      return html`<g key=${tick}>
        <line x1=${area.left} x2=${area.right} y1=${y} y2=${y} />
        <text x=${area.left - 8} y=${y + 4} text-anchor="end">${format(tick)}</text>
      </g>`;
    })}
  </g>`;
}

/**
 * The axis at the bottom.
 * @param {{area: Area, marks: {x: number, text: string}[], title?: string}} props
 */
export function BottomAxis({ area, marks, title }) {
  return html`<g class="study-axis">
    <line x1=${area.left} x2=${area.right} y1=${area.bottom} y2=${area.bottom} />
    ${marks.map(
      ({ x, text }, k) =>
        html`<text key=${k} x=${x} y=${area.bottom + 18} text-anchor="middle">${text}</text>`,
    )}
    ${
      title &&
      html`<text
        class="study-axis-title"
        x=${(area.left + area.right) / 2}
        y=${area.bottom + 38}
        text-anchor="middle"
      >
        ${title}
      </text>`
    }
  </g>`;
}
