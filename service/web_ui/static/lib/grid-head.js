/** The headings of a table of many rows: they sort, and filter by the values of their column. */

import { t } from "./i18n.js";
import { findNextSort } from "./grid-sort.js";
import { html } from "../vendor/preact/preact.js";

/** @typedef {import("./data-grid.js").GridProps} GridProps */

/** @param {Pick<GridProps, "columns"|"sort"|"onSort"> & {filters: NonNullable<GridProps["filters"]>}} props */
export function GridHead({ columns, sort, onSort, filters }) {
  return html`<thead>
    <tr aria-rowindex="1">
      ${columns.map(({ field, title, isNumber }) => {
        const isSorted = sort?.field === field;
        const order = sort?.isDescending ? "descending" : "ascending";
        const filter = filters[field];
        return html`<th
          key=${field}
          scope="col"
          class=${isNumber ? "number" : ""}
          aria-sort=${isSorted ? order : undefined}
          onKeyDown=${openFilter}
        >
          <button
            type="button"
            class="grid-sort"
            title=${t(filter ? "grid.sort-or-filter" : "grid.sort")}
            onClick=${() => onSort(findNextSort(sort, field))}
          >
            ${title}${isSorted && html`<span aria-hidden="true">${sort.isDescending ? " ▼" : " ▲"}</span>`}
          </button>
          ${filter && html`<${HeadFilter} ...${{ ...filter, title }} />`}
        </th>`;
      })}
    </tr>
  </thead>`;
}

/** @param {import("./data-grid.js").GridFilter & {title: string}} props */
function HeadFilter({ title, options, selected, onChange }) {
  const name = t("grid.filter", { name: title });
  const choose = (/** @type {any} */ event) => onChange(event.currentTarget.value);
  return html`<select
    class=${`grid-filter ${selected ? "chosen" : ""}`}
    aria-label=${name}
    title=${name}
    tabindex="-1"
    value=${selected}
    onChange=${choose}
    onKeyDown=${leaveFilter}
  >
    <option value="">${t("grid.filter-all")}</option>
    ${options.map(({ value, text }) => html`<option key=${value} value=${value}>${text}</option>`)}
  </select>`;
}

/** Alt and Down on a heading open its filter, as in spreadsheets. @param {KeyboardEvent} event */
function openFilter(event) {
  const isOpening = event.altKey && event.key === "ArrowDown";
  if (!isOpening || event.target instanceof HTMLSelectElement) return;
  const cell = /** @type {HTMLElement} */ (event.currentTarget);
  const filter = cell.querySelector("select");
  if (!filter) return;
  event.preventDefault();
  event.stopPropagation();
  filter.focus();
  filter.showPicker?.();
}

/** Escape leads back to the heading. @param {KeyboardEvent} event */
function leaveFilter(event) {
  if (event.key !== "Escape") return;
  const filter = /** @type {HTMLElement} */ (event.currentTarget);
  filter.closest("th")?.querySelector("button")?.focus();
}
