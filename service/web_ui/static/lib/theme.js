/** Light and dark: the system's unless chosen. */

const KEY = "allot.theme";
const dark = matchMedia("(prefers-color-scheme: dark)");
const watching = new Set();

/** @returns {"system"|"light"|"dark"} what was chosen */
export const chosen = () => localStorage.getItem(KEY) ?? "system";

/** @returns {boolean} whether it is dark now */
export const isDark = () => (chosen() === "system" ? dark.matches : chosen() === "dark");

/** Choose and show. @param {"system"|"light"|"dark"} name the theme */
export function choose(name) {
  localStorage.setItem(KEY, name);
  apply();
}

/** Show what was chosen. */
export function apply() {
  document.documentElement.dataset.theme = isDark() ? "dark" : "light";
  for (const look of watching) look();
}

/** Call when the theme changes. @param {() => void} look what is called @returns {() => void} stops it */
export function watch(look) {
  watching.add(look);
  return () => watching.delete(look);
}

/** A colour of the style sheet. @param {string} name such as `ink` @returns {string} the colour now */
export const colour = (name) =>
  getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

dark.addEventListener("change", apply);
