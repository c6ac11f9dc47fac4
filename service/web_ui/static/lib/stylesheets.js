/** Style sheets that only some views need. The first of these views loads them. */

import { h } from "./dom.js";

/**
 * Load a style sheet once.
 * @param {string} name file in `css` without its extension
 * @returns {Promise<void>} settles when the style sheet applies
 */
export function loadStylesheet(name) {
  const href = new URL(`../css/${name}.css`, import.meta.url).href;
  if ([...document.styleSheets].some((sheet) => sheet.href === href)) return Promise.resolve();
  return new Promise((resolve) => {
    const on = { load: () => resolve(), error: () => resolve() };
    document.head.append(h("link", { rel: "stylesheet", href, on }));
  });
}
