/** Texts in English and Korean. A view's own texts, if it has some, are in `i18n/<language>-<view>.js`. */

const LANGUAGES = { en: "English", ko: "한국어" };
const KEY = "allot.language";
const ENGLISH = "en";

let texts = {};
let chosen = "en";

/** The languages there are: code → its own name. */
export const languages = LANGUAGES;

/** @returns {string} the language shown, `en` or `ko` */
export const language = () => chosen;

/** Choose and remember a language. @param {string} code the language */
export function choose(code) {
  localStorage.setItem(KEY, code);
}

/** Load the texts of the language that was chosen, else the browser's, else English. */
export async function load() {
  const wished = [
    localStorage.getItem(KEY),
    ...navigator.languages.map((tag) => tag.split("-")[0]),
  ];
  chosen = wished.find((code) => code in LANGUAGES) ?? "en";
  // The service speaks English: other languages have a sentence of their own for each kind of finding.
  const files = [
    `../i18n/${chosen}.js`,
    ...(chosen === ENGLISH ? [] : [`../i18n/${chosen}-findings.js`]),
  ];
  texts = Object.assign(
    {},
    ...(await Promise.all(files.map((file) => import(file)))).map((one) => one.default),
  );
  document.documentElement.lang = chosen;
}

/** Add the texts of a view. @param {string} view its id */
export async function add(view) {
  Object.assign(texts, (await import(`../i18n/${chosen}-${view}.js`)).default);
}

/**
 * A text in the language shown.
 * @param {string} key its name
 * @param {Object<string, *>} [values] what stands for `{name}` in it
 * @returns {string} the text; the key where there is none
 */
export function t(key, values = {}) {
  const said = (texts[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) =>
    name in values ? String(values[name]) : whole,
  );
  return chosen === "ko" ? said.replace(PARTICLE, particle) : said;
}

const PARTICLE = /(.)(이\(가\)|와\(과\)|\(으\)로)/g;
const AFTER = { "이(가)": ["가", "이"], "와(과)": ["와", "과"], "(으)로": ["로", "으로"] };
const FIRST = "가".codePointAt(0);
const FINALS = 28;
const RIEUL = 8;

/** The form of a Korean particle after a syllable; both forms where what stands before is no syllable. */
function particle(whole, before, both) {
  const place = before.codePointAt(0) - FIRST;
  if (place < 0 || place >= 19 * 21 * FINALS) return whole;
  const closed = place % FINALS;
  const open = closed === 0 || (both === "(으)로" && closed === RIEUL);
  return before + AFTER[both][open ? 0 : 1];
}

/**
 * A text, or something else where there is none.
 * @param {string} key its name
 * @param {string} other what is shown where there is none
 * @returns {string} the text
 */
export const or = (key, other) => texts[key] ?? other;

/** @returns {boolean} whether what the service says in English is in the language shown */
export const inEnglish = () => chosen === ENGLISH;

/**
 * The name of something for people, in the language shown.
 * @param {{id: string, name?: string, local_name?: string}} thing a county, item, factory …
 * @returns {string} its local name in Korean, else its name, else its identifier
 */
export function named(thing) {
  return (chosen === "ko" && thing.local_name) || thing.name || thing.id;
}
