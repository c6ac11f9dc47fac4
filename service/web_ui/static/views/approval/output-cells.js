/** Outputs of a month in a sheet: numbers that users type or paste, and the form to fill in. */

/**
 * Read a number as people write it: with or without commas or spaces between thousands.
 * @param {string} text the text
 * @returns {number|null} the number; null if the text is none, or below 0
 */
export function readAmount(text) {
  const plain = text.trim().replace(/[\s,\u00a0\u202f]/g, "");
  if (!/^\d*\.?\d+$|^\d+\.$/.test(plain)) return null;
  return Number(plain);
}

/**
 * Assign pasted cells to items: by the name in the first column, otherwise row by row from the item in focus.
 * @param {string} text cells of a spreadsheet: rows in lines, columns separated by tabs
 * @param {{id: string, names: string[]}[]} items items of the sheet in order, with all their names
 * @param {string} start the item in focus
 * @returns {Map<string, string>} amounts as text by item; cells without a number are left out
 */
export function assignPastedCells(text, items, start) {
  const rows = text.replace(/\r/g, "").replace(/\n$/, "").split("\n");
  const first = Math.max(
    0,
    items.findIndex(({ id }) => id === start),
  );
  /** @type {Map<string, string>} */
  const amounts = new Map();
  rows.forEach((row, k) => {
    const cells = row.split("\t").map((cell) => cell.trim());
    const amount = cells.findLast((cell) => readAmount(cell) !== null);
    const label = cells[0].toLowerCase();
    const named = items.find(({ names }) => names.some((name) => name.toLowerCase() === label));
    const target = cells.length > 1 ? named : items[first + k];
    if (target && amount !== undefined) amounts.set(target.id, String(readAmount(amount)));
  });
  return amounts;
}

/**
 * Write the form for outputs as CSV, which the service accepts when it is filled in.
 * @param {{factory: string, item: string, period: string, quantity: number}[]} lines lines with their quotas
 * @returns {string} the file
 */
export function writeForm(lines) {
  const rows = lines.map(({ factory, item, period, quantity }) =>
    [factory, item, period, quantity].map(quoteCell).join(","),
  );
  return `\ufeff${["factory,item,period,quantity", ...rows].join("\r\n")}\r\n`;
}

/** @param {string|number} cell @returns {string} */
const quoteCell = (cell) =>
  /[",\n]/.test(String(cell)) ? `"${String(cell).replaceAll('"', '""')}"` : String(cell);
