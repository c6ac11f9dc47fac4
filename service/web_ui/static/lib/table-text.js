/** Tables as text for spreadsheets, with headings. */

/**
 * Write rows as text for the clipboard.
 * @param {string[]} head headings
 * @param {string[][]} rows cells of each row
 * @returns {string} one line for the headings and one for each row, with cells separated by tabs
 */
export const writeTableText = (head, rows) =>
  [head, ...rows].map((cells) => cells.map(cleanCell).join("\t")).join("\n");

/**
 * Write rows as a file.
 * @param {string[]} head headings
 * @param {string[][]} rows cells of each row
 * @returns {Blob} the CSV file, with the mark by which spreadsheets recognize UTF-8
 */
export function writeCsv(head, rows) {
  const quote = (/** @type {string} */ cell) => `"${cleanCell(cell).replaceAll('"', '""')}"`;
  const lines = [head, ...rows].map((cells) => `${cells.map(quote).join(",")}\r\n`);
  return new Blob(["\ufeff", ...lines], { type: "text/csv" });
}

/** @param {string} cell @returns {string} the cell on one line; spreadsheets do not read it as a formula */
function cleanCell(cell) {
  const text = cell.replace(/[\s\u00a0]+/g, " ").trim();
  return /^[=+@-]/.test(text) && !/^[+-]?[\d.,]+%?$/.test(text) ? `'${text}` : text;
}

/**
 * Copy a text. This also works on pages without TLS, where `navigator.clipboard` does not exist.
 * @param {string} text the text
 * @returns {boolean} whether the browser permitted it
 */
export function copyText(text) {
  const write = (/** @type {ClipboardEvent} */ event) => {
    event.clipboardData?.setData("text/plain", text);
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  document.addEventListener("copy", write, { capture: true });
  const isCopied = document.execCommand("copy");
  document.removeEventListener("copy", write, { capture: true });
  return isCopied;
}

/**
 * Copy selected rows of a table as text with the headings, without what only screen readers get.
 * @param {HTMLTableElement} table the table, whose selection ends in it or in another part of the page
 */
export function copyRowsAsText(table) {
  table.addEventListener("copy", (event) => {
    const selection = getSelection();
    const rows = [...table.tBodies].flatMap((body) => [...body.rows]);
    const selected = rows.filter((row) => selection?.containsNode(row, true));
    if (selected.length === 0 || isWithinCell(selection)) return;
    const head = [...(table.tHead?.rows ?? [])].flatMap(readCells);
    event.clipboardData?.setData("text/plain", writeTableText(head, selected.map(readCells)));
    event.preventDefault();
  });
}

/** @param {Selection|null} selection @returns {boolean} whether a part of a single cell is selected, which is copied as it is */
function isWithinCell(selection) {
  if (!selection || selection.isCollapsed) return true;
  const [from, to] = [selection.anchorNode, selection.focusNode].map((node) =>
    (node instanceof Element ? node : node?.parentElement)?.closest("td, th"),
  );
  return Boolean(from) && from === to;
}

/** @param {HTMLTableRowElement} row @returns {string[]} what the cells show */
const readCells = (row) => [...row.cells].map(readCell);

/** @param {HTMLElement} cell @returns {string} */
function readCell(cell) {
  const copy = /** @type {HTMLElement} */ (cell.cloneNode(true));
  for (const hidden of copy.querySelectorAll(".visually-hidden")) {
    if (copy.textContent !== hidden.textContent) hidden.remove();
  }
  return copy.textContent ?? "";
}
