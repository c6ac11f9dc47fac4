/** The quotas of lines as a grid: one row for each line, the periods across. One tab stop; arrow keys move, Enter or a digit edits. */

import { formatShortChange, isChanged } from "../../lib/changes.js";
import { formatNumber, formatPeriod, formatQuantity, formatUnit } from "../../lib/format.js";
import { t } from "../../lib/i18n.js";
import { html, useLayoutEffect, useRef, useState } from "../../vendor/preact/preact.js";
import { parseAmount } from "./edits.js";

/** @typedef {import("./quota-lines.js").QuotaLine} QuotaLine */

/**
 * @typedef {object} GridProps
 * @property {ProblemIndex} problemIndex the problem
 * @property {QuotaLine[]} lines the rows
 * @property {Map<string, number>} pinned pinned units by `line period`
 * @property {((line: QuotaLine, period: string) => number|null)|null} getBefore gets the quota of the plan that is compared with, as `compareLines` does; null without one
 * @property {(line: QuotaLine, values: Record<string, number|null>) => void} pin pins quotas by period; null takes a pin away
 */

/** @type {Record<string, [number, number]>} */
const MOVES = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

/** @param {GridProps} props */
export function QuotaGrid(props) {
  const { problemIndex, lines } = props;
  const { periods } = problemIndex;
  const [[row, column], setPlace] = useState(/** @type {[number, number]} */ ([0, 0]));
  const [isEditing, setEditing] = useState(false);
  const frame = useRef(/** @type {HTMLElement|null} */ (null));
  const isMoved = useRef(false);
  useLayoutEffect(() => {
    if (isMoved.current && !isEditing) {
      const cell = frame.current?.querySelector('td[tabindex="0"]');
      if (cell instanceof HTMLElement) cell.focus();
    }
  }, [row, column, isEditing]);

  const current = Math.min(row, lines.length - 1);
  /** @param {number} nextRow @param {number} nextColumn */
  const move = (nextRow, nextColumn) => {
    isMoved.current = true;
    setEditing(false);
    setPlace([
      Math.max(0, Math.min(lines.length - 1, nextRow)),
      Math.max(0, Math.min(periods.length - 1, nextColumn)),
    ]);
  };
  /** @param {KeyboardEvent} event */
  const handleKey = (event) => {
    const step = MOVES[event.key];
    if (isDigit(event)) {
      setEditing(true); // the key then writes into the input, in place of the quota, which is selected
      return;
    }
    if (step) move(current + step[0], column + step[1]);
    else if (event.key === "Enter" || event.key === "F2") setEditing(true);
    else if (event.key === "Delete") props.pin(lines[current], { [periods[column]]: null });
    else return;
    event.preventDefault();
  };
  return html`<div class="scroll by-hand-frame" ref=${frame}>
    <table class="by-hand-grid" role="grid" aria-label=${t("by-hand.grid")}>
      <thead>
        <tr>
          <th scope="col">${t("by-hand.line")}</th>
          ${periods.map((period) => html`<th key=${period} scope="col" class="number">${formatPeriod(period, "short")}</th>`)}
          <th scope="col">${t("by-hand.whole-line")}</th>
        </tr>
      </thead>
      <tbody>
        ${lines.map(
          (line, r) =>
            html`<tr key=${line.line} data-line=${line.line}>
              <${LineHead} ...${{ problemIndex, line }} />
              ${periods.map((period, c) => {
                const isCurrent = r === current && c === column;
                return html`<${QuotaCell}
                  key=${period}
                  ...${{ ...props, line, period, isCurrent, isEditing: isCurrent && isEditing }}
                  onKey=${handleKey}
                  onOpen=${() => {
                    setPlace([r, c]);
                    setEditing(true);
                  }}
                  onDone=${(/** @type {number} */ down) => move(r + down, c)}
                />`;
              })}
              <${LineActions} ...${{ ...props, line }} />
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** @param {KeyboardEvent} event @returns {boolean} whether the key begins a number */
const isDigit = ({ key, ctrlKey, metaKey, altKey }) =>
  /^[0-9]$/.test(key) && !ctrlKey && !metaKey && !altKey;

/** @param {{problemIndex: ProblemIndex, line: QuotaLine}} props */
function LineHead({ problemIndex, line }) {
  const unit = formatUnit(problemIndex.getUnit(line.item));
  return html`<th scope="row">
    ${problemIndex.getName(line.name)}
    <span class="soft small">${problemIndex.getName(line.factory)}, ${unit}</span>
  </th>`;
}

/**
 * @param {GridProps & {line: QuotaLine, period: string, isCurrent: boolean, isEditing: boolean, onKey: (event: KeyboardEvent) => void, onOpen: () => void, onDone: (down: number) => void}} props
 */
function QuotaCell(props) {
  const { problemIndex, line, period, pinned, getBefore, isCurrent, isEditing } = props;
  const planned = line.quotas.get(period) ?? 0;
  const value = pinned.get(`${line.line} ${period}`);
  if (isEditing) {
    return html`<td class="number editing">
      <${CellInput} ...${{ ...props, planned, value }} />
    </td>`;
  }
  const isPinned = value !== undefined;
  return html`<td
    class=${`number ${isPinned ? "pinned" : ""}`}
    data-period=${period}
    tabindex=${isCurrent ? 0 : -1}
    onKeyDown=${props.onKey}
    onClick=${props.onOpen}
  >
    ${formatNumber(isPinned ? value : planned)}
    ${isPinned && html`<span class="soft small planned">${t("by-hand.instead", { amount: formatNumber(planned) })}</span>`}
    ${getBefore && html`<${CellChange} ...${{ problemIndex, line, now: isPinned ? value : planned, before: getBefore(line, period) }} />`}
  </td>`;
}

/** @param {{problemIndex: ProblemIndex, line: QuotaLine, now: number, before: number|null}} props */
function CellChange({ problemIndex, line, now, before }) {
  const isWhole = problemIndex.isWhole(line.item);
  if (before !== null && !isChanged(now, before, isWhole)) return null;
  const unit = problemIndex.getUnit(line.item);
  const title =
    before === null
      ? t("by-hand.not-comparable")
      : t("by-hand.before", { amount: formatQuantity(before, unit) });
  return html`<span class="small change" title=${title}>
    ${formatShortChange(now, before, isWhole)}
  </span>`;
}

/**
 * @param {GridProps & {line: QuotaLine, period: string, planned: number, value: number|undefined, onDone: (down: number) => void}} props
 */
function CellInput({ problemIndex, line, period, planned, value, pin, onDone }) {
  const input = useRef(/** @type {HTMLInputElement|null} */ (null));
  const [isWrong, setWrong] = useState(false);
  const isLeft = useRef(false);
  useLayoutEffect(() => {
    input.current?.focus();
    input.current?.select();
  }, []);
  /** @param {number} down */
  const leave = (down) => {
    if (isLeft.current) return; // an input that is taken away loses the focus once more
    isLeft.current = true;
    onDone(down);
  };
  /** @param {number} down */
  const accept = (down) => {
    if (isLeft.current) return;
    const text = input.current?.value ?? "";
    const amount = parseAmount(text, problemIndex.isWhole(line.item));
    if (text.trim() === "") pin(line, { [period]: null });
    else if (amount === null) {
      setWrong(true);
      return;
    } else if (amount !== (value ?? roundForEditing(planned))) pin(line, { [period]: amount });
    leave(down);
  };
  /** @param {KeyboardEvent} event */
  const handleKey = (event) => {
    if (event.key === "Enter") accept(1);
    else if (event.key === "Escape") leave(0);
    else return;
    event.preventDefault();
  };
  const name = `${problemIndex.getName(line.item)}, ${formatPeriod(period, "long")}`;
  return html`<input
    ref=${input}
    type="text"
    inputmode="decimal"
    aria-label=${t("by-hand.quota-of", { name })}
    aria-invalid=${isWrong ? "true" : undefined}
    title=${isWrong ? t("by-hand.wrong") : undefined}
    value=${String(value ?? roundForEditing(planned))}
    onKeyDown=${handleKey}
    onBlur=${() => (isWrong ? leave(0) : accept(0))}
  />`;
}

/** @param {GridProps & {line: QuotaLine}} props */
function LineActions({ problemIndex, line, pin }) {
  const { periods } = problemIndex;
  const name = problemIndex.getName(line.item);
  return html`<td class="line-actions">
    <button
      type="button"
      class="button small"
      aria-label=${t("by-hand.forbid-line", { name })}
      onClick=${() => pin(line, Object.fromEntries(periods.map((period) => [period, 0])))}
    >
      ${t("by-hand.forbid")}
    </button>
    <button
      type="button"
      class="button small"
      aria-label=${t("by-hand.hold-line", { name })}
      onClick=${() => pin(line, Object.fromEntries(periods.map((period) => [period, roundForEditing(line.quotas.get(period) ?? 0)])))}
    >
      ${t("by-hand.hold")}
    </button>
  </td>`;
}

/** @param {number} units @returns {number} the units without the noise of the solver */
const roundForEditing = (units) => Number(units.toFixed(3));
