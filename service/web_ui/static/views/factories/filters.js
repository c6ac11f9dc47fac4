/** Filters of the quota table. The API has the same filters, so a download contains the rows shown. */

import { renderField } from "../../lib/components.js";
import { h } from "../../lib/dom.js";
import { formatPeriod } from "../../lib/format.js";
import { t, textOr } from "../../lib/i18n.js";

/** @typedef {"county"|"factory"|"category"|"item"|"period"} FilterName */

/** @type {FilterName[]} */
const FILTER_NAMES = ["county", "factory", "category", "item", "period"];
const DEBOUNCE_MS = 120;

/** A filter of the API that matches no row. */
const NO_ROWS = { factory: ["-"] };

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

/** The filters of the quota table. */
export class Filters {
  /**
   * @param {ViewContext} context context of the view
   * @param {ProblemIndex} problemIndex the problem
   * @param {QuotaRow[]} rows all rows
   * @param {() => void} onChange called when a filter changes
   */
  constructor(context, problemIndex, rows, onChange) {
    this.context = context;
    this.problemIndex = problemIndex;
    this.rows = rows;
    this.onChange = onChange;
    this.searchText = context.params.get("q") ?? "";
    /** @type {Partial<Record<FilterName, string>>} */
    this.selected = {};
    for (const name of FILTER_NAMES) this.selected[name] = context.params.get(name) ?? "";
    /** @type {ReturnType<typeof setTimeout>|undefined} */
    this.timer = undefined;
  }

  /** @returns {HTMLElement[]} the search field, and a select for each filter */
  renderControls() {
    const search = h("input", {
      type: "search",
      value: this.searchText,
      placeholder: t("factories.search-hint"),
      autocomplete: "off",
      size: "26",
    });
    search.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => {
        this.searchText = search.value.trim();
        this.context.updateParams({ q: this.searchText });
        this.onChange();
      }, DEBOUNCE_MS);
    });
    const selects = FILTER_NAMES.map((name) => this.renderSelect(name));
    return [renderField(t("factories.search"), search), ...selects];
  }

  /** @param {FilterName} name @returns {HTMLElement} */
  renderSelect(name) {
    const isPeriod = name === "period";
    const ids = isPeriod
      ? this.problemIndex.periods
      : [...new Set(this.rows.map((row) => row[name]))];
    const options = ids.map((id) => ({ id, text: this.getLabel(name, id) }));
    if (!isPeriod) options.sort((a, b) => a.text.localeCompare(b.text));
    const select = h(
      "select",
      { name },
      h("option", { value: "" }, t("factories.any")),
      options.map(({ id, text }) =>
        h("option", { value: id, selected: id === this.selected[name] }, text),
      ),
    );
    select.addEventListener("change", () => {
      this.selected[name] = select.value;
      this.context.updateParams({ [name]: select.value });
      this.onChange();
    });
    return renderField(t(`factories.${isPeriod ? "month" : name}`), select);
  }

  /** @param {FilterName} name @param {string} id @returns {string} */
  getLabel(name, id) {
    if (name === "period") return formatPeriod(id, "long");
    return name === "category" ? textOr(`category.${id}`, id) : this.problemIndex.getName(id);
  }

  /** @returns {(row: QuotaRow) => boolean} tells whether a row is shown */
  createPredicate() {
    const { items, factories } = interpretSearch(this.searchText, this.rows);
    const names = FILTER_NAMES.filter((name) => this.selected[name]);
    return (row) =>
      names.every((name) => row[name] === this.selected[name]) &&
      (!items || items.has(row.item)) &&
      (!factories || factories.has(row.factory));
  }

  /** @returns {Record<string, string[]>} the same filters for the API */
  buildQuery() {
    const shown = this.rows.filter(this.createPredicate());
    const { items, factories } = interpretSearch(this.searchText, this.rows);
    const { county, factory, category, item, period } = this.selected;
    /** @type {Record<string, string[]>} */
    const query = {};
    if (county || factory || factories) {
      query.factory = [...new Set(shown.map((row) => row.factory))];
    }
    if (category || item || items) query.item = [...new Set(shown.map((row) => row.item))];
    if (period) query.period = [period];
    return shown.length || !Object.keys(query).length ? query : NO_ROWS;
  }
}
