/** What of the quotas is shown: filters that the interface knows too, so that a download holds what is seen. */

import { h } from "../../lib/dom.js";
import { period as month } from "../../lib/format.js";
import { or, t } from "../../lib/i18n.js";

const NAMES = ["county", "factory", "category", "item", "period"];
const PAUSE = 120;

const has = (text, words) => words.every((word) => text.includes(word));

/**
 * What a search means: items or factories by all its words; else each word for itself, items before factories.
 * @param {string} asked what was typed
 * @param {object[]} rows the rows
 * @returns {{items: Set<string>|null, factories: Set<string>|null}} what is looked for; null for any
 */
export function meaning(asked, rows) {
  const words = asked.toLowerCase().split(/\s+/).filter(Boolean);
  const find = (field, id, sought) =>
    new Set(rows.filter((row) => has(row[field], sought)).map((row) => row[id]));
  let items = null;
  let factories = null;
  const narrow = (sought) => {
    const goods = find("itemWords", "item", sought);
    if (goods.size) items = items ? items.intersection(goods) : goods;
    else {
      const makers = find("factoryWords", "factory", sought);
      factories = factories ? factories.intersection(makers) : makers;
    }
  };
  if (!words.length) return { items, factories };
  if (find("itemWords", "item", words).size || find("factoryWords", "factory", words).size)
    narrow(words);
  else words.forEach((word) => narrow([word]));
  return { items, factories };
}

/** The filters of the quota table. */
export class Filters {
  /**
   * @param {object} context the view's
   * @param {import("../../lib/problem-index.js").Atlas} atlas the problem
   * @param {object[]} rows all rows
   * @param {() => void} changed called when something is chosen
   */
  constructor(context, atlas, rows, changed) {
    Object.assign(this, { context, atlas, rows, changed });
    this.chosen = Object.fromEntries(NAMES.map((name) => [name, context.params.get(name) ?? ""]));
    this.asked = context.params.get("q") ?? "";
    this.selects = {};
  }

  /** @returns {HTMLElement[]} the search and a choice a filter */
  elements() {
    const search = h("input", {
      type: "search",
      value: this.asked,
      placeholder: t("factories.search-hint"),
      autocomplete: "off",
      size: "26",
    });
    search.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => {
        this.asked = search.value.trim();
        this.context.update({ q: this.asked });
        this.changed();
      }, PAUSE);
    });
    return [
      h("label", { class: "field" }, h("span", {}, t("factories.search")), search),
      NAMES.map((name) => this.choice(name)),
    ];
  }

  choice(name) {
    const ids =
      name === "period" ? this.atlas.periods : [...new Set(this.rows.map((row) => row[name]))];
    const label = (id) =>
      name === "period"
        ? month(id, "long")
        : name === "category"
          ? or(`category.${id}`, id)
          : this.atlas.name(id);
    const options = ids.map((id) => [id, label(id)]);
    if (name !== "period") options.sort((a, b) => a[1].localeCompare(b[1]));
    const select = h(
      "select",
      { name },
      h("option", { value: "" }, t("factories.any")),
      options.map(([id, text]) =>
        h("option", { value: id, selected: id === this.chosen[name] }, text),
      ),
    );
    select.addEventListener("change", () => {
      this.chosen[name] = select.value;
      this.context.update({ [name]: select.value });
      this.changed();
    });
    return h(
      "label",
      { class: "field" },
      h("span", {}, t(`factories.${name === "period" ? "month" : name}`)),
      select,
    );
  }

  /** @returns {(row: object) => boolean} whether a row is shown */
  test() {
    const { items, factories } = meaning(this.asked, this.rows);
    const set = NAMES.filter((name) => this.chosen[name]);
    return (row) =>
      set.every((name) => row[name] === this.chosen[name]) &&
      (!items || items.has(row.item)) &&
      (!factories || factories.has(row.factory));
  }

  /** @returns {Object<string, string[]>} the same as filters of the interface */
  query() {
    const shown = this.rows.filter(this.test());
    const ids = (field) => [...new Set(shown.map((row) => row[field]))];
    const { items, factories } = meaning(this.asked, this.rows);
    const query = {};
    if (this.chosen.county || this.chosen.factory || factories) query.factory = ids("factory");
    if (this.chosen.category || this.chosen.item || items) query.item = ids("item");
    if (this.chosen.period) query.period = [this.chosen.period];
    return shown.length || !Object.keys(query).length ? query : { factory: ["-"] };
  }
}
