/** Elements that several views use. */

import { h } from "./dom.js";

/**
 * Render the heading of a view.
 * @param {string} title title
 * @param {Child} lead introduction
 * @param {...Child} aside what stands at the other side, such as controls
 * @returns {HTMLElement} the heading
 */
export function renderViewHead(title, lead, ...aside) {
  const text = h("div", {}, h("h1", { tabindex: "-1" }, title), h("p", { class: "lead" }, lead));
  return h("header", { class: "head" }, text, aside);
}

/**
 * Render a card with a title.
 * @param {string} title title
 * @param {...Child} content content
 * @returns {HTMLElement} the card
 */
export function renderCard(title, ...content) {
  return h("section", { class: "card" }, h("h2", {}, title), content);
}

/**
 * Render a figure with its label, as part of a `dl`.
 * @param {string} name name of the figure, for tests and style
 * @param {string} label label
 * @param {Child} value figure
 * @returns {HTMLElement} the figure
 */
export function renderFigure(name, label, value) {
  return h("div", { data: { figure: name } }, h("dt", {}, label), h("dd", {}, value));
}

/**
 * Render a labelled field.
 * @param {string} label label
 * @param {Child} control the control
 * @returns {HTMLElement} the field
 */
export function renderField(label, control) {
  return h("label", { class: "field" }, h("span", {}, label), control);
}

/**
 * Render a choice among few values, side by side.
 * @param {object} options what to choose from
 * @param {string} options.name name of the radio buttons
 * @param {string} options.legend what is chosen
 * @param {boolean} [options.isLegendHidden] whether only screen readers get the legend
 * @param {string} [options.className] class of the field set
 * @param {Array<[string, string]>} options.choices values and their texts
 * @param {string} options.selected the selected value
 * @param {(value: string) => void} options.onChange called with the value chosen
 * @returns {HTMLElement} the field set
 */
export function renderSegments(options) {
  const { name, legend, isLegendHidden, className, choices, selected, onChange } = options;
  const labels = choices.map(([value, text]) => {
    const on = { change: () => onChange(value) };
    const checked = value === selected;
    return h("label", {}, h("input", { type: "radio", name, value, checked, on }), text);
  });
  return h(
    "fieldset",
    { class: className },
    h("legend", { class: isLegendHidden ? "visually-hidden" : null }, legend),
    h("div", { class: "segments" }, labels),
  );
}

/**
 * Render a heading of a column.
 * @param {Child} text heading
 * @param {boolean} [isNumber] whether the column has numbers
 * @returns {HTMLElement} the cell
 */
export function renderColumnHeading(text, isNumber = false) {
  return h("th", { scope: "col", class: isNumber ? "number" : null }, text);
}

/**
 * Render a table in a frame that scrolls.
 * @param {object} options what to show
 * @param {string} options.label label of the table
 * @param {string} [options.className] class of the table
 * @param {string} [options.caption] caption
 * @param {Props} [options.data] data set of the table
 * @param {Child[]} options.head cells of the heading row
 * @param {Child[]} options.rows rows
 * @returns {HTMLElement} the frame
 */
export function renderScrollTable({ label, className = "", caption, data, head, rows }) {
  const table = h(
    "table",
    { class: `rows ${className}`.trim(), data: data ?? {} },
    caption && h("caption", { class: "visually-hidden" }, caption),
    h("thead", {}, h("tr", {}, head)),
    h("tbody", {}, rows),
  );
  return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": label }, table);
}
