/** Where keys lead in a table. The row -1 has the headings. */

/** Rows that Page up and Page down pass. */
const PAGE = 12;

/** @typedef {{row: number, column: number}} GridPlace */

/** @type {Record<string, [number, number]>} */
const STEPS = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  PageUp: [-PAGE, 0],
  PageDown: [PAGE, 0],
  Home: [0, -Infinity],
  End: [0, Infinity],
};

/**
 * Find the cell that a key moves to.
 * @param {number[]} size numbers of rows and columns
 * @param {GridPlace} place the current cell
 * @param {Pick<KeyboardEvent, "key"|"ctrlKey"|"metaKey"|"altKey">} event the key; with Ctrl, Home and End lead to the first and last row
 * @returns {GridPlace|null} the next cell; null if the key does not move
 */
export function findNextPlace([rows, columns], { row, column }, { key, ctrlKey, metaKey, altKey }) {
  const step = STEPS[key];
  if (!step || altKey) return null;
  const isFar = (ctrlKey || metaKey) && step[0] === 0;
  const nextRow = isFar ? Math.sign(step[1]) * Infinity : row + step[0];
  const least = row < 0 || key === "ArrowUp" ? -1 : 0; // pages end at the first row, below the headings
  return {
    row: Math.max(isFar ? 0 : least, Math.min(rows - 1, nextRow)),
    column: Math.max(0, Math.min(columns - 1, column + step[1])),
  };
}

/**
 * List the selected rows.
 * @param {number|null} anchor the row where the selection began; null without a selection
 * @param {number} row the current row
 * @param {number} count number of rows
 * @returns {number[]} positions of the rows
 */
export function listSelected(anchor, row, count) {
  if (anchor === null || row < 0) return [];
  const first = Math.min(anchor, row);
  const last = Math.min(count - 1, Math.max(anchor, row));
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, k) => first + k);
}
