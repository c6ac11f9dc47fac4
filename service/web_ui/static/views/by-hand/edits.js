/**
 * Edits of a plan by hand. Each is one or two ordinary changes of the API, so that a plan made by hand is a plan as any other.
 *
 * @typedef {object} Pin a quota that is set
 * @property {"pin"} kind
 * @property {string} line the line, as changes name it: `factory/item` or `factory/item/recipe`
 * @property {string} period the period
 * @property {number} value units
 *
 * @typedef {object} Reservation the least amount of a need that is served
 * @property {"reserve"} kind
 * @property {string} need the need: `county/item`
 * @property {string} period the period
 * @property {number} value units
 *
 * @typedef {Pin|Reservation} Edit
 */

/** @param {Edit} edit @returns {string} its line or need */
const getTarget = (edit) => (edit.kind === "pin" ? edit.line : edit.need);

/** @param {Edit} edit @returns {string} what the edit is about; a later edit of the same replaces it */
const getEditKey = (edit) => JSON.stringify([edit.kind, getTarget(edit), edit.period]);

/**
 * Add edits. Each replaces an earlier edit of the same quota or need.
 * @param {Edit[]} edits the edits so far
 * @param {Edit[]} added the new ones
 * @returns {Edit[]} all edits, the latest last
 */
export function addEdits(edits, added) {
  const replaced = new Set(added.map(getEditKey));
  return [...edits.filter((edit) => !replaced.has(getEditKey(edit))), ...added];
}

/** @typedef {{edit: Edit, periods: string[]}} EditGroup edits of one line or need with the same value */

/**
 * Group edits of one line or need with the same value.
 * @param {Edit[]} edits the edits
 * @returns {EditGroup[]} in the order of their first edits
 */
export function groupEdits(edits) {
  /** @type {Map<string, EditGroup>} */
  const groups = new Map();
  for (const edit of edits) {
    const key = JSON.stringify([edit.kind, getTarget(edit), edit.value]);
    const group = groups.get(key) ?? { edit, periods: [] };
    group.periods.push(edit.period);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/**
 * Build the changes of edits.
 * @param {Edit[]} edits the edits
 * @returns {Change[]} two for each line and value, one for each need and value
 */
export const buildChanges = (edits) =>
  groupEdits(edits).flatMap(({ edit, periods }) => {
    const { value } = edit;
    if (edit.kind === "reserve") {
      return [{ what: "served_least", where: edit.need, periods, value }];
    }
    const where = edit.line;
    return ["line_least", "line_most"].map((what) => ({ what, where, periods, value }));
  });

/**
 * Write edits for the URL.
 * @param {Edit[]} edits the edits
 * @returns {string} JSON of kind, line or need, period and value of each; empty without edits
 */
export function writeEdits(edits) {
  if (!edits.length) return "";
  return JSON.stringify(edits.map((edit) => [edit.kind, getTarget(edit), edit.period, edit.value]));
}

/**
 * Read the edits of a URL.
 * @param {string} text what `writeEdits` wrote
 * @returns {Edit[]} the edits that can be read
 */
export function readEdits(text) {
  try {
    return [JSON.parse(text || "[]")].flat().flatMap((entry) => readEdit(entry) ?? []);
  } catch {
    return [];
  }
}

/** @param {any} entry @returns {Edit|null} */
function readEdit(entry) {
  if (!Array.isArray(entry)) return null;
  const [kind, where, period, value] = entry;
  if (![where, period].every((name) => name && typeof name === "string")) return null;
  if (!(Number.isFinite(value) && value >= 0)) return null;
  if (kind === "pin") return { kind, line: where, period, value };
  return kind === "reserve" ? { kind, need: where, period, value } : null;
}

/**
 * Parse an amount that somebody typed.
 * @param {string} text the text
 * @param {boolean} isWhole whether the item is in whole units
 * @returns {number|null} the amount; null where the text is none
 */
export function parseAmount(text, isWhole) {
  const plain = text.trim().replaceAll(/[\s\u00a0\u202f,]/g, "");
  if (!/^\d+(\.\d*)?$/.test(plain)) return null;
  const value = Number(plain);
  return isWhole && !Number.isInteger(value) ? null : value;
}
