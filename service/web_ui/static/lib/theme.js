/** Light and dark theme. The system's theme applies unless the user chooses another; paper is always light. */

/** @typedef {"system"|"light"|"dark"} ThemeChoice */

const STORAGE_KEY = "allot.theme";
const darkQuery = matchMedia("(prefers-color-scheme: dark)");

/** @type {Set<() => void>} */
const listeners = new Set();

let printing = false;

/**
 * Get the user's choice.
 * @returns {ThemeChoice} the choice
 */
export function getThemeChoice() {
  const saved = localStorage.getItem(STORAGE_KEY);
  return saved === "light" || saved === "dark" ? saved : "system";
}

/**
 * Tell whether the dark theme applies.
 * @returns {boolean} whether it applies
 */
export const isDark = () =>
  !printing && (getThemeChoice() === "system" ? darkQuery.matches : getThemeChoice() === "dark");

/**
 * Tell whether the page is being printed, so that what is drawn must be there at once.
 * @returns {boolean} whether it is
 */
export const isPrinting = () => printing;

/** @param {boolean} starts whether printing starts or has ended */
function setPrinting(starts) {
  const wasDark = isDark();
  printing = starts;
  // Colours of figures are computed here, so that a style sheet for paper cannot replace them.
  if (isDark() !== wasDark) applyTheme();
}

/**
 * Save a choice and apply it.
 * @param {ThemeChoice} choice the choice
 */
export function setTheme(choice) {
  localStorage.setItem(STORAGE_KEY, choice);
  applyTheme();
}

/** Apply the theme to the page. */
export function applyTheme() {
  document.documentElement.dataset.theme = isDark() ? "dark" : "light";
  for (const listener of listeners) listener();
}

/**
 * Call a function whenever the theme changes.
 * @param {() => void} listener the function
 * @returns {() => void} stops calling it
 */
export function watchTheme(listener) {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

/**
 * Get a colour of the style sheet.
 * @param {string} name name of the variable, such as `ink`
 * @returns {string} the colour in the current theme
 */
export const getCssColour = (name) =>
  getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

darkQuery.addEventListener("change", applyTheme);
addEventListener("beforeprint", () => setPrinting(true));
addEventListener("afterprint", () => setPrinting(false));
