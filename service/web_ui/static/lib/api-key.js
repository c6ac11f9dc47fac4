/** The caller's key: kept for this tab only, sent with every request. */

const KEY = "allot.key";

/** @returns {Object<string, string>} the header that says who asks; empty without a key */
export function caller() {
  const key = sessionStorage.getItem(KEY);
  return key ? { Authorization: `Bearer ${key}` } : {};
}

/** @returns {boolean} whether there is a key */
export function known() {
  return sessionStorage.getItem(KEY) !== null;
}

/** Remember a key until the tab is closed. @param {string} key the key; empty to forget it */
export function remember(key) {
  if (key) sessionStorage.setItem(KEY, key);
  else sessionStorage.removeItem(KEY);
}
