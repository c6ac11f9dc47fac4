/** Keeps the focus near its place when the focused control is taken away: a removed row, a closed form, a hidden button. */

import { describeElement } from "./place-memory.js";

const FOCUSABLE =
  'a[href], button:not(:disabled), input:not(:disabled), select:not(:disabled), textarea:not(:disabled), summary, [tabindex="0"]';

/** Parts of a view that take the focus themselves if nothing in them can. */
const PARTS = "section, article, aside, form, fieldset, details";

/**
 * @typedef {object} Trail where the focus is
 * @property {Element} element the element
 * @property {string|null} selector finds it in a view drawn again
 * @property {{ancestor: Element, position: number}[]} ancestors its ancestors below the root, the nearest first, with its position among their controls
 */

/**
 * Guard the focus within an element, from now on.
 * @param {HTMLElement} root the element; it stays in the page
 */
export function guardFocus(root) {
  /** @type {Trail|null} */
  let trail = null;
  const record = () => {
    const { activeElement } = document;
    if (activeElement && root.contains(activeElement)) trail = readTrail(activeElement, root);
  };
  // Who moves the focus away gives it up; an element that is taken away does not. Browsers report both alike.
  const handleLeave = () => {
    const left = trail;
    requestAnimationFrame(() => {
      const isGivenUp = left && canHaveFocus(left.element);
      if (isGivenUp && trail === left && document.activeElement !== left.element) trail = null;
    });
  };
  let isWaiting = false;
  const check = () => {
    if (isWaiting || !trail) return;
    isWaiting = true;
    // A view that is drawn again may return the focus itself.
    requestAnimationFrame(() => {
      isWaiting = false;
      if (document.activeElement !== document.body || !trail) return;
      if (!canHaveFocus(trail.element)) focus(findNearest(trail, root));
    });
  };
  root.addEventListener("focusin", record);
  root.addEventListener("focusout", handleLeave);
  const attributeFilter = ["hidden", "disabled", "open"];
  new MutationObserver(check).observe(root, {
    childList: true,
    subtree: true,
    attributeFilter,
  });
}

/** @param {Element} element @returns {boolean} */
const canHaveFocus = (element) =>
  element.isConnected && element.checkVisibility() && !element.matches(":disabled");

/** @param {Element} root @returns {Element[]} controls that can have the focus */
const listControls = (root) => [...root.querySelectorAll(FOCUSABLE)].filter(canHaveFocus);

/** @param {Element} element @param {Element} root @returns {Trail} */
function readTrail(element, root) {
  const ancestors = [];
  for (let one = element.parentElement; one && one !== root; one = one.parentElement) {
    ancestors.push({ ancestor: one, position: listControls(one).indexOf(element) });
  }
  return { element, selector: describeElement(element), ancestors };
}

/** @param {Trail} trail @param {HTMLElement} root @returns {Element|null} the same control drawn again, or what is nearest to where it was */
function findNearest({ selector, ancestors }, root) {
  const same = selector ? root.querySelector(selector) : null;
  if (same && canHaveFocus(same)) return same;
  for (const { ancestor, position } of ancestors) {
    if (!canHaveFocus(ancestor)) continue;
    const controls = listControls(ancestor);
    const last = controls.length - 1;
    if (last >= 0) return controls[Math.min(Math.max(position, 0), last)];
    if (!ancestor.matches(PARTS)) continue;
    ancestor.setAttribute("tabindex", "-1");
    return ancestor;
  }
  return null;
}

/** @param {Element|null} element */
function focus(element) {
  if (!(element instanceof HTMLElement || element instanceof SVGElement)) return;
  element.focus({ preventScroll: true });
  element.scrollIntoView({ block: "nearest" });
}
