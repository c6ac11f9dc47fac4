/** Components of views that are written with Preact. `components.js` has the same elements for other views. */

import { html, render, useLayoutEffect, useRef } from "../vendor/preact/preact.js";

/**
 * Show a view that is written with Preact, in place of its heading and progress, which Preact does not know.
 * @param {HTMLElement} root element of the view
 * @param {any} content the component
 * @returns {() => void} ends the view
 */
export function showContent(root, content) {
  root.replaceChildren();
  render(content, root);
  return () => render(null, root);
}

/**
 * The heading of a view.
 * @param {{title: string, lead?: any, children?: any}} props title, introduction, and what stands at the other side
 */
export function ViewHead({ title, lead, children }) {
  return html`<header class="head">
    <div>
      <h1 tabindex="-1">${title}</h1>
      ${lead && html`<p class="lead">${lead}</p>`}
    </div>
    ${children}
  </header>`;
}

/**
 * A card with a title.
 * @param {{title: string, name: string, children?: any}} props title, name for style and tests, content
 */
export function Card({ title, name, children }) {
  return html`<section class=${`card ${name}`}>
    <h2>${title}</h2>
    ${children}
  </section>`;
}

/**
 * A bar that shows a share, beside its figure.
 * @param {{share: number}} props the share, 0 to 1
 */
export function ShareBar({ share }) {
  const style = { "--share": `${100 * share}%` };
  return html`<span class="share-bar" aria-hidden="true"><span style=${style}></span></span>`;
}

/** Shows an element that is not made by Preact. @param {{element: HTMLElement}} props */
export function ShowElement({ element }) {
  const frame = useRef(/** @type {HTMLElement|null} */ (null));
  useLayoutEffect(() => frame.current?.replaceChildren(element), [element]);
  return html`<div ref=${frame}></div>`;
}
