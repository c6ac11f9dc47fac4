/** Filters of the quota table. The API has the same filters, so a download contains the rows shown. */

import { formatPeriod } from "../../lib/format.js";
import { textOr } from "../../lib/i18n.js";

/** @typedef {"county"|"factory"|"category"|"item"|"period"} FilterName */

/** @typedef {Record<FilterName, string> & {q: string}} QuotaFilter what is selected, and the text of the search; empty parts select everything */

/** @type {FilterName[]} */
export const FILTER_NAMES = ["county", "factory", "category", "item", "period"];

/** A filter of the API that matches no row. */
const NO_ROWS = { factory: ["-"] };

/**
 * Read the filter of a URL.
 * @param {URLSearchParams} params its parameters
 * @returns {QuotaFilter} the filter
 */
export const readFilter = (params) =>
  /** @type {QuotaFilter} */ (
    Object.fromEntries(["q", ...FILTER_NAMES].map((name) => [name, params.get(name) ?? ""]))
  );

/**
 * @typedef {object} Search
 * @property {Set<string>|null} items items found; null for any
 * @property {Set<string>|null} factories factories found; null for any
 */

/**
 * Interpret a search: items or factories that match all words; otherwise each word by itself, as an item
 * before as a factory.
 * @param {string} searchText text of the search
 * @param {Pick<QuotaRow, "item"|"itemWords"|"factory"|"factoryWords">[]} rows rows of the table
 * @returns {Search} what the search matches
 */
export function interpretSearch(searchText, rows) {
  const words = searchText.toLowerCase().split(/\s+/).filter(Boolean);
  /** @param {string} text @param {string[]} wanted */
  const includesAll = (text, wanted) => wanted.every((word) => text.includes(word));
  /** @param {string[]} wanted */
  const findItems = (wanted) =>
    new Set(rows.filter((row) => includesAll(row.itemWords, wanted)).map((row) => row.item));
  /** @param {string[]} wanted */
  const findFactories = (wanted) =>
    new Set(rows.filter((row) => includesAll(row.factoryWords, wanted)).map((row) => row.factory));
  /** @type {Search} */
  const search = { items: null, factories: null };
  if (!words.length) return search;
  const matchesTogether = findItems(words).size > 0 || findFactories(words).size > 0;
  const terms = matchesTogether ? [words] : words.map((word) => [word]);
  for (const term of terms) {
    const items = findItems(term);
    if (items.size) search.items = intersect(search.items, items);
    else search.factories = intersect(search.factories, findFactories(term));
  }
  return search;
}

/** @param {Set<string>|null} first @param {Set<string>} second @returns {Set<string>} */
const intersect = (first, second) =>
  first ? new Set([...first].filter((id) => second.has(id))) : second;

/**
 * List what a filter can select.
 * @param {FilterName} name the filter
 * @param {QuotaRow[]} rows all rows
 * @param {ProblemIndex} problemIndex the problem
 * @returns {{value: string, text: string}[]} values with their names, in the order of the names; periods in their order
 */
export function listOptions(name, rows, problemIndex) {
  if (name === "period") {
    return problemIndex.periods.map((value) => ({ value, text: formatPeriod(value, "long") }));
  }
  const getText = (/** @type {string} */ value) =>
    name === "category" ? textOr(`category.${value}`, value) : problemIndex.getName(value);
  return [...new Set(rows.map((row) => row[name]))]
    .map((value) => ({ value, text: getText(value) }))
    .sort((a, b) => a.text.localeCompare(b.text));
}

/**
 * Select rows.
 * @template {QuotaRow} Row
 * @param {Row[]} rows all rows
 * @param {QuotaFilter} filter the filter
 * @returns {Row[]} the rows that match all parts
 */
export function selectRows(rows, filter) {
  const { items, factories } = interpretSearch(filter.q, rows);
  const names = FILTER_NAMES.filter((name) => filter[name]);
  return rows.filter(
    (row) =>
      names.every((name) => row[name] === filter[name]) &&
      (!items || items.has(row.item)) &&
      (!factories || factories.has(row.factory)),
  );
}

/**
 * Build the filter of the API that selects the same rows.
 * @param {QuotaRow[]} rows all rows
 * @param {QuotaFilter} filter the filter
 * @returns {Record<string, string[]>} the query
 */
export function buildQuery(rows, filter) {
  const shown = selectRows(rows, filter);
  const { items, factories } = interpretSearch(filter.q, rows);
  const { county, factory, category, item, period } = filter;
  /** @type {Record<string, string[]>} */
  const query = {};
  if (county || factory || factories) {
    query.factory = [...new Set(shown.map((row) => row.factory))];
  }
  if (category || item || items) query.item = [...new Set(shown.map((row) => row.item))];
  if (period) query.period = [period];
  return shown.length || !Object.keys(query).length ? query : NO_ROWS;
}
