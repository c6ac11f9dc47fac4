/**
 * A table of many rows, of which only the visible ones are in the document.
 *
 * It is one tab stop: arrow keys, Home, End, Page up and Page down move between its cells, Shift selects rows, Ctrl+C
 * copies them with the headings. The headings sort and filter, and stay in sight, as does the first column.
 */

import { t } from "./i18n.js";
import { GridHead } from "./grid-head.js";
import { findNextPlace, listSelected } from "./grid-keys.js";
import { printAllRows } from "./grid-print.js";
import { sortRows } from "./grid-sort.js";
import { writeGridText } from "./grid-text.js";
import { copyText } from "./table-text.js";
import { useVirtualRows } from "./virtual-rows.js";
import {
  html,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "../vendor/preact/preact.js";

/** Greatest height of the table, in pixels. */
const HEIGHT = 560;

/**
 * @typedef {object} GridColumn
 * @property {string} field property of the row
 * @property {string} title heading
 * @property {number} width least width in pixels; wider tables divide the rest in proportion
 * @property {boolean} [isNumber] whether the values are numbers: aligned right and sorted by value
 * @property {(row: any) => any} [show] renders the cell; the value as text by default
 * @property {import("./grid-text.js").TextColumn[]} [texts] columns that stand for it in copied and downloaded text; by default one with the value
 *
 * @typedef {{field: string, isDescending: boolean}} GridSort
 *
 * @typedef {object} GridFilter a choice in the heading of a column
 * @property {{value: string, text: string}[]} options what to choose from, without the choice of all
 * @property {string} selected the selected value; empty for all
 * @property {(value: string) => void} onChange called with the value chosen
 *
 * @typedef {object} GridProps
 * @property {string} label label of the table
 * @property {GridColumn[]} columns the columns; the first one names the row
 * @property {any[]} rows the rows
 * @property {(row: any) => string|number} getKey identifies a row
 * @property {GridSort|null} sort what the rows are sorted by; null for the order of `rows`
 * @property {(sort: GridSort|null) => void} onSort called when a heading is chosen
 * @property {Record<string, GridFilter>} [filters] filters by field
 * @property {any} [empty] shown below the headings of a table without rows
 */

/** @param {GridProps} props */
export function DataGrid(props) {
  const { label, columns, rows, getKey, sort, onSort, filters = {}, empty } = props;
  const sorted = useMemo(() => sortRows(rows, columns, sort), [rows, columns, sort]);
  const frame = useRef(/** @type {HTMLElement|null} */ (null));
  const cursor = useCursor(sorted.length, columns.length);
  const drawn = useVirtualRows({
    frame,
    count: sorted.length,
    getItemKey: useCallback((position) => getKey(sorted[position]), [sorted]),
    height: HEIGHT,
    kept: cursor.row < 0 ? null : cursor.row,
  });
  useRovingFocus(frame, cursor);
  const copy = (/** @type {number[]} */ positions) => {
    const copied = positions.map((position) => sorted[position]);
    copyText(writeGridText(columns, copied));
  };
  useCopyOfSelection(frame, copy);
  useEffect(() => printAllRows(frame, columns, () => sorted), [columns, sorted]);
  const least = columns.reduce((sum, { width }) => sum + width, 0);
  return html`<div class="grid-frame" ref=${frame} style=${{ "--grid-height": `${HEIGHT}px` }}>
    <table
      class="data-grid"
      role="grid"
      aria-label=${label}
      aria-rowcount=${sorted.length + 1}
      aria-colcount=${columns.length}
      aria-multiselectable="true"
      style=${{ minWidth: `${least}px` }}
      onKeyDown=${(/** @type {KeyboardEvent} */ event) => handleKey(event, cursor, copy)}
    >
      <colgroup>
        ${columns.map(({ field, width }) => html`<col key=${field} style=${{ width: `${(100 * width) / least}%` }} />`)}
      </colgroup>
      <${GridHead} ...${{ columns, sort, onSort, filters }} />
      <tbody>
        ${renderWithGaps(drawn, columns.length, (position) => {
          const row = sorted[position];
          const { measure } = drawn;
          return renderRow({ row, key: getKey(row), position, columns, cursor, measure });
        })}
      </tbody>
    </table>
    ${sorted.length === 0 && html`<div class="grid-empty">${empty ?? t("table.none")}</div>`}
  </div>`;
}

/**
 * @typedef {object} Cursor the current cell and the selected rows
 * @property {number[]} size numbers of rows and columns
 * @property {number} row the current row; -1 for the headings
 * @property {number} column the current column
 * @property {number[]} selected positions of the selected rows
 * @property {{current: boolean}} isMoved whether the focus has to follow
 * @property {(place: {row: number, column: number}, isExtended: boolean) => void} move makes another cell the current one; selects the rows up to it, or none
 * @property {() => void} selectAll selects all rows
 */

/** @param {number} count @param {number} columnCount @returns {Cursor} */
function useCursor(count, columnCount) {
  const [place, setPlace] = useState({ row: -1, column: 0 });
  const [anchor, setAnchor] = useState(/** @type {number|null} */ (null));
  const isMoved = useRef(false);
  const row = Math.min(place.row, count - 1);
  return {
    size: [count, columnCount],
    row,
    column: Math.min(place.column, columnCount - 1),
    selected: listSelected(anchor, row, count),
    isMoved,
    move: (next, isExtended) => {
      setAnchor(isExtended ? (anchor ?? Math.max(row, 0)) : null);
      setPlace(next);
    },
    selectAll: () => {
      setAnchor(0);
      setPlace({ row: count - 1, column: place.column });
    },
  };
}

/** @param {KeyboardEvent} event @param {Cursor} cursor @param {(positions: number[]) => void} copy */
function handleKey(event, cursor, copy) {
  if (event.target instanceof HTMLSelectElement) return;
  const { row, selected, size } = cursor;
  const letter = event.ctrlKey || event.metaKey ? event.key.toLowerCase() : "";
  if (letter === "c" && getSelection()?.isCollapsed !== false && size[0] > 0) {
    copy(selected.length ? selected : [Math.max(row, 0)]);
  } else if (letter === "a") {
    cursor.selectAll();
  } else {
    const next = findNextPlace(size, cursor, event);
    if (!next) return;
    cursor.isMoved.current = true;
    cursor.move(next, event.shiftKey);
  }
  event.preventDefault();
}

/**
 * @param {object} one
 * @param {any} one.row @param {string|number} one.key @param {number} one.position @param {GridColumn[]} one.columns
 * @param {Cursor} one.cursor @param {(row: Element|null) => void} one.measure
 */
function renderRow({ row, key, position, columns, cursor, measure }) {
  const cells = columns.map((column, k) => {
    const content = column.show ? column.show(row) : (row[column.field] ?? "");
    const onClick = (/** @type {MouseEvent} */ event) =>
      cursor.move({ row: position, column: k }, event.shiftKey);
    const name = column.isNumber ? "number" : "";
    return k === 0
      ? html`<th key=${column.field} scope="row" onClick=${onClick}>${content}</th>`
      : html`<td key=${column.field} class=${name} onClick=${onClick}>${content}</td>`;
  });
  return html`<tr
    key=${key}
    ref=${measure}
    data-index=${position}
    aria-rowindex=${position + 2}
    aria-selected=${cursor.selected.includes(position) ? "true" : undefined}
  >
    ${cells}
  </tr>`;
}

/**
 * Draw rows at their positions: the rows between them, which are not drawn, become empty space.
 * @param {ReturnType<typeof useVirtualRows>} drawn @param {number} span number of columns @param {(position: number) => any} draw
 */
function renderWithGaps({ rows, total }, span, draw) {
  let end = 0;
  const parts = [];
  for (const { index, start, end: next } of rows) {
    if (start > end) parts.push(renderGap(`before-${index}`, start - end, span));
    parts.push(draw(index));
    end = next;
  }
  if (total > end) parts.push(renderGap("after", total - end, span));
  return parts;
}

/** @param {string} key @param {number} height @param {number} span */
const renderGap = (key, height, span) =>
  html`<tr key=${key} class="grid-gap" aria-hidden="true">
    <td colspan=${span} style=${{ height: `${height}px` }}></td>
  </tr>`;

/**
 * Make one cell, or the control in it, the tab stop of the table, and move the focus there after a key.
 * @param {{current: HTMLElement|null}} frame @param {Cursor} cursor
 */
function useRovingFocus(frame, { row, column, isMoved }) {
  useLayoutEffect(() => {
    for (const line of frame.current?.querySelectorAll("tr:not(.grid-gap)") ?? []) {
      const position = Number(line.getAttribute("data-index") ?? -1);
      [...line.children].forEach((cell, k) => {
        const isCurrent = position === row && k === column;
        const target = cell.querySelector("a, button") ?? cell;
        if (cell !== target) cell.removeAttribute("tabindex");
        target.setAttribute("tabindex", isCurrent ? "0" : "-1");
        if (isCurrent && isMoved.current && target instanceof HTMLElement) {
          isMoved.current = false;
          target.focus({ preventScroll: true });
          cell.scrollIntoView({ block: "nearest", inline: "nearest" });
        }
      });
    }
  });
}

/**
 * Copy the rows of a selection made with the pointer.
 * @param {{current: HTMLElement|null}} frame @param {(positions: number[]) => void} copy
 */
function useCopyOfSelection(frame, copy) {
  useEffect(() => {
    const element = frame.current;
    const handle = (/** @type {Event} */ event) => {
      const selection = getSelection();
      const lines = [...(element?.querySelectorAll("tr[data-index]") ?? [])];
      const selected = lines.filter((line) => selection?.containsNode(line, true));
      if (selection?.isCollapsed !== false || selected.length < 2) return;
      event.preventDefault();
      copy(selected.map((line) => Number(line.getAttribute("data-index"))));
    };
    element?.addEventListener("copy", handle);
    return () => element?.removeEventListener("copy", handle);
  });
}
