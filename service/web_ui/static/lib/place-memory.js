/** Remembers scroll positions and the focus of the entries of the history, so that Back and refresh lead to the same place. */

const STORAGE_KEY = "allot.places";
const MAX_PLACES = 50;
const RESTORE_MS = 3000;
const FRAMES = ".heatmap-frame, .scroll, .grid-frame";
const FOCUS_ATTRIBUTES = ["href", "name", "value", "data-place", "data-item", "data-key"];

/**
 * @typedef {object} Place
 * @property {number} top scroll position of the page
 * @property {[number, number][]} frames scroll positions of the frames in the view
 * @property {string|null} focus selector of the element with the focus
 */

/** @returns {Record<string, Place>} */
const readPlaces = () => JSON.parse(sessionStorage.getItem(STORAGE_KEY) ?? "{}");

/**
 * Get the key of the present entry of the history.
 * @param {string|null} from hash of the entry that was shown before
 * @returns {{key: string, isNew: boolean}} the key, and whether the entry is shown for the first time
 */
export function getEntry(from) {
  const key = history.state?.entry;
  if (key) return { key, isNew: false };
  const created = createEntryState(from);
  history.replaceState(created, "");
  return { key: created.entry, isNew: true };
}

/** @param {string|null} from hash of the entry before it @returns {{entry: string, from: string|null}} the state of a new entry of the history */
export const createEntryState = (from) => ({
  entry: `${Date.now().toString(36)}${Math.random().toString(36).slice(2, 8)}`,
  from,
});

/**
 * Remember the place of an entry.
 * @param {string} key key of the entry
 * @param {HTMLElement} root the element that scrolls with the page
 */
export function rememberPlace(key, root) {
  const places = Object.entries(readPlaces()).filter(([other]) => other !== key);
  places.push([key, readPlace(root)]);
  sessionStorage.setItem(
    STORAGE_KEY,
    JSON.stringify(Object.fromEntries(places.slice(-MAX_PLACES))),
  );
}

/** @param {HTMLElement} root @returns {Place} */
export function readPlace(root) {
  return {
    top: scrollY,
    frames: [...root.querySelectorAll(FRAMES)].map((one) => [one.scrollLeft, one.scrollTop]),
    focus: root.contains(document.activeElement) ? describeElement(document.activeElement) : null,
  };
}

/**
 * Return to a place. Content that comes later may be needed for it: until then it is tried again, unless the user scrolls.
 * @param {Place} place the place
 * @param {HTMLElement} root the element that scrolls with the page
 * @returns {boolean} whether the focus is where it was
 */
export function restorePlace(place, root) {
  const abortController = new AbortController();
  const { signal } = abortController;
  const restore = () => {
    root.querySelectorAll(FRAMES).forEach((frame, index) => {
      const [left, top] = place.frames[index] ?? [0, 0];
      frame.scrollTo(left, top);
    });
    scrollTo(0, place.top);
    if (place.focus && !root.contains(document.activeElement)) focusOn(root, place.focus);
  };
  restore();
  const observer = new ResizeObserver(restore);
  observer.observe(root);
  for (const event of ["wheel", "pointerdown", "keydown"]) {
    addEventListener(event, () => abortController.abort(), { signal, passive: true });
  }
  const timer = setTimeout(() => abortController.abort(), RESTORE_MS);
  signal.addEventListener("abort", () => {
    observer.disconnect();
    clearTimeout(timer);
  });
  return root.contains(document.activeElement);
}

/**
 * Find the place of an entry.
 * @param {string} key key of the entry
 * @returns {Place|null} the place; null if none is remembered
 */
export const findPlace = (key) => readPlaces()[key] ?? null;

/**
 * Give an element the focus; the page does not scroll.
 * @param {HTMLElement} root what contains the element
 * @param {string} selector selector of the element
 */
export function focusOn(root, selector) {
  const element = root.querySelector(selector);
  if (element instanceof HTMLElement || element instanceof SVGElement) {
    element.focus({ preventScroll: true });
  }
}

/**
 * Describe an element so that it can be found in the same view drawn again.
 * @param {Element|null} element the element
 * @returns {string|null} a selector; null for an element without a mark of its own
 */
export function describeElement(element) {
  if (!element) return null;
  const marks = FOCUS_ATTRIBUTES.filter((name) => element.hasAttribute(name)).map(
    (name) => `[${name}=${JSON.stringify(element.getAttribute(name))}]`,
  );
  return marks.length ? element.tagName.toLowerCase() + marks.join("") : null;
}
