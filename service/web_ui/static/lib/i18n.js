/** Texts in English and Korean. Texts of a single view are in `i18n/<language>-<view>.js`. */

import { ENGLISH, readLanguage } from "./language.js";

/** @type {Record<string, string>} */
let texts = {};
let currentLanguage = ENGLISH;

/**
 * Get the language of the page.
 * @returns {string} `en` or `ko`
 */
export const getLanguage = () => currentLanguage;

/** Load the texts of the language. */
export async function loadTexts() {
  currentLanguage = readLanguage();
  setTexts(currentLanguage, (await import(`../i18n/${currentLanguage}.js`)).default);
  document.documentElement.lang = currentLanguage;
}

/**
 * Add texts that not all views need.
 * @param {string} name name of the file after the language
 */
export async function loadViewTexts(name) {
  Object.assign(texts, (await import(`../i18n/${currentLanguage}-${name}.js`)).default);
}

/**
 * Set the language and its texts.
 * @param {string} language the language
 * @param {Record<string, string>} all texts by key
 */
export function setTexts(language, all) {
  currentLanguage = language;
  texts = { ...all };
}

/**
 * Find the key of the form for a number: `<key>-one` where the language has a singular, the number `n` takes it and there is such a text.
 * @param {string} key @param {Record<string, any>} values @returns {string}
 */
function chooseForm(key, { n }) {
  if (n === undefined || !(`${key}-one` in texts)) return key;
  return new Intl.PluralRules(currentLanguage).select(Number(n)) === "one" ? `${key}-one` : key;
}

/**
 * Get a text in the language of the page.
 * @param {string} key key of the text; of a form `<key>-one` where the value `n` is one
 * @param {Record<string, any>} [values] values of the placeholders `{name}`
 * @returns {string} the text; the key if there is no text
 */
export function t(key, values = {}) {
  const text = (texts[chooseForm(key, values)] ?? key).replace(/\{(\w+)\}/g, (placeholder, name) =>
    name in values ? String(values[name]) : placeholder,
  );
  return currentLanguage === "ko" ? text.replace(PARTICLE_PATTERN, chooseParticle) : text;
}

const PARTICLE_PATTERN = /(.)(이\(가\)|을\(를\)|와\(과\)|\(으\)로)/g;

/** Forms of the particles after a vowel and after a final consonant.
 * @type {Record<string, [string, string]>} */
const PARTICLE_FORMS = {
  "이(가)": ["가", "이"],
  "을(를)": ["를", "을"],
  "와(과)": ["와", "과"],
  "(으)로": ["로", "으로"],
};
const FIRST_SYLLABLE = 0xac00; // 가
const SYLLABLE_COUNT = 19 * 21 * 28;
const FINAL_COUNT = 28;
const RIEUL_FINAL = 8;

/**
 * Choose the form of a Korean particle. Both forms stay if no syllable precedes the particle.
 * @param {string} match @param {string} before @param {string} particle @returns {string}
 */
function chooseParticle(match, before, particle) {
  const syllable = before.charCodeAt(0) - FIRST_SYLLABLE;
  if (syllable < 0 || syllable >= SYLLABLE_COUNT) return match;
  const final = syllable % FINAL_COUNT;
  const isOpen = final === 0 || (particle === "(으)로" && final === RIEUL_FINAL);
  return before + PARTICLE_FORMS[particle][isOpen ? 0 : 1];
}

/**
 * Get a text, or a fallback.
 * @param {string} key key of the text
 * @param {string} fallback result if there is no text
 * @returns {string} the text
 */
export const textOr = (key, fallback) => texts[key] ?? fallback;

/**
 * Tell whether the page is in English, the language of the service's messages.
 * @returns {boolean} whether the page is in English
 */
export const isEnglish = () => currentLanguage === ENGLISH;

/**
 * Get the name of a thing in the language of the page.
 * @param {Named} thing a county, item, factory, …
 * @returns {string} the local name in Korean; otherwise the name, or the identifier
 */
export function getDisplayName(thing) {
  return (currentLanguage === "ko" && thing.local_name) || thing.name || thing.id;
}
