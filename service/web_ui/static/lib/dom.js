/** Making elements. Texts are text nodes always: nothing that comes from data is ever read as HTML. */

const SVG = "http://www.w3.org/2000/svg";

/**
 * Make an HTML element.
 * @param {string} tag its name, such as `button`
 * @param {Object<string, *>} [props] `class`, `style` (an object), `on` (events), `data` (dataset); booleans and texts are attributes; null is left out
 * @param {...*} children nodes, texts, numbers, lists of them; null and false are left out
 * @returns {HTMLElement} the element
 */
export function h(tag, props = {}, ...children) {
  return filled(document.createElement(tag), props, children);
}

/**
 * Make an SVG element; arguments as for `h`.
 * @returns {SVGElement} the element
 */
export function s(tag, props = {}, ...children) {
  return filled(document.createElementNS(SVG, tag), props, children);
}

/**
 * Replace what an element holds.
 * @param {Element} element the element
 * @param {...*} children as for `h`
 * @returns {Element} the element
 */
export function fill(element, ...children) {
  element.replaceChildren(...nodes(children));
  return element;
}

function filled(element, props, children) {
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "on") {
      for (const [event, listener] of Object.entries(value))
        element.addEventListener(event, listener);
    } else if (name === "style") {
      for (const [property, text] of Object.entries(value))
        element.style.setProperty(property, text);
    } else if (name === "data") {
      Object.assign(element.dataset, value);
    } else {
      element.setAttribute(name, value === true ? "" : String(value));
    }
  }
  element.append(...nodes(children));
  return element;
}

function nodes(children) {
  return children
    .flat(Infinity)
    .filter((child) => child !== null && child !== undefined && child !== false && child !== true);
}

let used = 0;

/**
 * An identifier that no element of the page has yet.
 * @param {string} prefix what it begins with
 * @returns {string} the identifier
 */
export function unique(prefix) {
  used += 1;
  return `${prefix}-${used}`;
}
