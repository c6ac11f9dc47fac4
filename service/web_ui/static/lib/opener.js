/** What opened a panel, a form or a question, so that it gets the focus back when that is closed. */

import { describeElement } from "./place-memory.js";

/** Remembers the control that opened something. */
export class Opener {
  constructor() {
    /** @type {Element|null} */
    this.element = null;
    /** @type {string|null} */
    this.selector = null;
  }

  /** Remember the control that has the focus. */
  record() {
    this.element = document.activeElement;
    this.selector = describeElement(this.element);
  }

  /**
   * Give the focus back. The page scrolls only if the control is not visible.
   * @param {ParentNode} [root] where the control is looked for if it was drawn again
   * @param {string} [fallback] selector of what gets the focus if the control is not there; the heading of the view comes last
   */
  returnFocus(root = document, fallback = "") {
    const selectors = [this.selector, fallback, "h1"].filter((one) => one !== null && one !== "");
    const found = selectors.map((one) => root.querySelector(String(one)));
    for (const target of [this.element, ...found]) {
      if (!(target instanceof HTMLElement || target instanceof SVGElement)) continue;
      target.focus({ preventScroll: true });
      if (document.activeElement !== target || target === document.body) continue;
      if (target.tagName !== "H1") target.scrollIntoView({ block: "nearest" });
      return;
    }
  }
}

/**
 * Close something by the key Escape.
 * @param {HTMLElement} root the element that hears the key
 * @param {() => void} close closes it
 * @param {AbortSignal} [signal] ends the listening
 */
export function closeOnEscape(root, close, signal) {
  root.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Escape" || event.defaultPrevented) return;
      event.preventDefault();
      close();
    },
    { signal },
  );
}
