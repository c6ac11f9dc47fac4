/** The hash of a URL names a view and its parameters. */

/**
 * Parse the hash of a URL.
 * @param {string} hash hash, such as `#/map?plan=…`
 * @returns {{id: string, params: URLSearchParams}|null} view and parameters; null if the hash names no view
 */
export function parseHash(hash) {
  if (hash === "" || hash === "#") return { id: "", params: new URLSearchParams() };
  if (!hash.startsWith("#/")) return null;
  const [id, query] = hash.slice(2).split(/\?(.*)/s);
  return { id, params: new URLSearchParams(query ?? "") };
}

/**
 * Build the hash of a URL.
 * @param {string} id view
 * @param {Record<string, any>|URLSearchParams} params parameters; null, undefined and empty ones are left out
 * @returns {string} the hash
 */
export function buildHash(id, params) {
  const entries = params instanceof URLSearchParams ? [...params] : Object.entries(params);
  const pairs = entries.filter(([, value]) => !isBlank(value));
  const query = new URLSearchParams(pairs).toString();
  return `#/${id}${query ? `?${query}` : ""}`;
}

/**
 * Tell whether a value of a parameter is left out of URLs.
 * @param {any} value value
 * @returns {boolean} whether it is null, undefined or empty
 */
export const isBlank = (value) => value === null || value === undefined || value === "";
