/** The rows of a long table that are visible, by TanStack Virtual. */

import { useLayoutEffect, useRef, useState } from "../vendor/preact/preact.js";
import {
  Virtualizer,
  elementScroll,
  observeElementOffset,
  observeElementRect,
} from "../vendor/tanstack/virtual.js";

/** Height of a row that was not yet drawn, in pixels. */
const ESTIMATED_HEIGHT = 37;

/** Rows that are drawn above and below the visible ones. */
const OVERSCAN = 8;

/**
 * Follow which rows of a table are visible. The component is drawn again when they change.
 * @param {object} options what scrolls
 * @param {{current: Element|null}} options.frame the element that scrolls
 * @param {number} options.count number of rows
 * @param {(position: number) => string|number} options.getItemKey identifies a row, of which the measured height is kept
 * @param {number} options.height greatest height of the frame, in pixels
 * @param {number|null} options.kept a row that stays in the document when it is not visible, such as that with the focus
 * @returns {{rows: import("../vendor/tanstack/virtual.js").VirtualRow[], total: number, measure: (row: Element|null) => void}} the rows with their positions, the height of all rows, and a function that takes each drawn row, whose attribute `data-index` is its position
 */
export function useVirtualRows({ frame, count, getItemKey, height, kept }) {
  const [, redraw] = useState(0);
  const options = {
    count,
    getItemKey,
    getScrollElement: () => frame.current,
    estimateSize: () => ESTIMATED_HEIGHT,
    overscan: OVERSCAN,
    initialRect: { width: 0, height },
    scrollToFn: elementScroll,
    observeElementOffset,
    observeElementRect,
    onChange: () => redraw((times) => times + 1),
    rangeExtractor: (/** @type {import("../vendor/tanstack/virtual.js").RowRange} */ range) =>
      listRows(range, kept),
  };
  const virtualizer = useRef(/** @type {Virtualizer|null} */ (null));
  virtualizer.current ??= new Virtualizer(options);
  const current = virtualizer.current;
  current.setOptions(options);
  useLayoutEffect(() => current._didMount(), []);
  useLayoutEffect(() => current._willUpdate());
  return {
    rows: current.getVirtualItems(),
    total: current.getTotalSize(),
    measure: current.measureElement,
  };
}

/**
 * List the rows to draw.
 * @param {{startIndex: number, endIndex: number, overscan: number, count: number}} range visible rows
 * @param {number|null} kept a row that is drawn in any case
 * @returns {number[]} positions of the rows, ascending
 */
export function listRows({ startIndex, endIndex, overscan, count }, kept) {
  const first = Math.max(0, startIndex - overscan);
  const last = Math.min(count - 1, endIndex + overscan);
  const rows = Array.from({ length: Math.max(0, last - first + 1) }, (_, k) => first + k);
  if (kept === null || kept < 0 || kept >= count) return rows;
  if (kept < first) return [kept, ...rows];
  return kept > last ? [...rows, kept] : rows;
}
