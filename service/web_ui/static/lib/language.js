/** The language of the page. */

const STORAGE_KEY = "allot.language";

/** The language without a choice, and of the messages of the service. */
export const ENGLISH = "en";

/**
 * Names of the languages by code.
 * @type {Record<string, string>}
 */
export const LANGUAGES = { en: "English", ko: "한국어" };

/**
 * Remember a language for the next time the page is loaded.
 * @param {string} code the language
 */
export function saveLanguage(code) {
  localStorage.setItem(STORAGE_KEY, code);
}

/**
 * Read the language that the user or the browser prefers.
 * @returns {string} `en` or `ko`
 */
export const readLanguage = () =>
  selectLanguage(localStorage.getItem(STORAGE_KEY), navigator.languages);

/**
 * Select the language of the page.
 * @param {string|null} saved the language that the user chose
 * @param {readonly string[]} accepted languages of the browser, such as `en-GB`
 * @returns {string} `en` or `ko`
 */
export function selectLanguage(saved, accepted) {
  const preferred = [saved ?? "", ...accepted.map((tag) => tag.split("-")[0])];
  return preferred.find((code) => code in LANGUAGES) ?? ENGLISH;
}
