/** Style sheets that only some views need: loaded with the first of them. */

import { h } from "../../lib/dom.js";

/**
 * Load a style sheet, once.
 * @param {string} name its file in `css`, without the ending
 * @returns {Promise<void>} when it holds
 */
export function style(name) {
  const href = new URL(`../../css/${name}.css`, import.meta.url).href;
  if ([...document.styleSheets].some((sheet) => sheet.href === href)) return Promise.resolve();
  return new Promise((loaded) => {
    document.head.append(
      h("link", { rel: "stylesheet", href, on: { load: () => loaded(), error: () => loaded() } }),
    );
  });
}
