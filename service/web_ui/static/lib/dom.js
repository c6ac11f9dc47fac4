/** Creating elements. Texts always become text nodes: the page never parses data as HTML. */

const SVG_NAMESPACE = "http://www.w3.org/2000/svg";

/**
 * Create an HTML element.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag name of the element, such as `button`
 * @param {Props} [props] `class`, `style` (an object), `on` (listeners by event) and `data` (dataset); other properties become attributes, null and false are left out
 * @param {...Child} children nodes, texts, numbers and lists of these; null and booleans are left out
 * @returns {HTMLElementTagNameMap[Tag]} the element
 */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  applyProps(element, props);
  element.append(...flattenChildren(children));
  return element;
}

/**
 * Create an SVG element.
 * @template {keyof SVGElementTagNameMap} Tag
 * @param {Tag} tag name of the element, such as `path`
 * @param {Props} [props] as for `h`
 * @param {...Child} children as for `h`
 * @returns {SVGElementTagNameMap[Tag]} the element
 */
export function s(tag, props = {}, ...children) {
  const element = document.createElementNS(SVG_NAMESPACE, tag);
  applyProps(element, props);
  element.append(...flattenChildren(children));
  return element;
}

/**
 * Replace the children of an element.
 * @template {Element} Parent
 * @param {Parent} element the element
 * @param {...Child} children as for `h`
 * @returns {Parent} the element
 */
export function fill(element, ...children) {
  element.replaceChildren(...flattenChildren(children));
  return element;
}

/** @param {HTMLElement|SVGElement} element @param {Props} props */
function applyProps(element, props) {
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "on") {
      for (const event of Object.keys(value)) element.addEventListener(event, value[event]);
    } else if (name === "style") {
      for (const property of Object.keys(value)) {
        element.style.setProperty(property, value[property]);
      }
    } else if (name === "data") {
      Object.assign(element.dataset, value);
    } else {
      element.setAttribute(name, value === true ? "" : String(value));
    }
  }
}

/** @param {Child[]} children @returns {(Node|string)[]} */
function flattenChildren(children) {
  const nodes = [];
  for (const child of /** @type {any[]} */ (children).flat(Infinity)) {
    if (child instanceof Node) nodes.push(child);
    else if (typeof child === "string" || typeof child === "number") nodes.push(String(child));
  }
  return nodes;
}

let idCount = 0;

/**
 * Create an identifier that no other element has.
 * @param {string} prefix its beginning
 * @returns {string} the identifier
 */
export function createId(prefix) {
  idCount += 1;
  return `${prefix}-${idCount}`;
}

/**
 * Create a key that no other page creates. Pages without TLS have no `crypto.randomUUID`.
 * @returns {string} 32 hexadecimal digits
 */
export const createRandomKey = () =>
  [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("");
