/** The caller's API key. The page keeps it for this tab only and sends it with every request. */

const STORAGE_KEY = "allot.key";

/**
 * Get the header that authenticates the caller.
 * @returns {Record<string, string>} the header; empty without a key
 */
export function getAuthorizationHeaders() {
  const key = sessionStorage.getItem(STORAGE_KEY);
  return key ? { Authorization: `Bearer ${key}` } : {};
}

/**
 * Tell whether there is a key.
 * @returns {boolean} whether there is a key
 */
export function hasApiKey() {
  return sessionStorage.getItem(STORAGE_KEY) !== null;
}

/**
 * Save a key until the tab is closed.
 * @param {string} key the key; an empty key deletes the saved one
 */
export function saveApiKey(key) {
  if (key) sessionStorage.setItem(STORAGE_KEY, key);
  else sessionStorage.removeItem(STORAGE_KEY);
}
