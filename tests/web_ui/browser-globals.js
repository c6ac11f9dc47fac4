/** The browser globals that modules of the page use when they are imported. Import this file first. */

class MemoryStorage {
  constructor() {
    /** @type {Map<string, string>} */
    this.values = new Map();
  }

  /** @param {string} key */
  getItem(key) {
    return this.values.get(key) ?? null;
  }

  /** @param {string} key @param {string} value */
  setItem(key, value) {
    this.values.set(key, String(value));
  }

  /** @param {string} key */
  removeItem(key) {
    this.values.delete(key);
  }
}

/** @param {string} name @param {unknown} value */
function defineGlobal(name, value) {
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
}

defineGlobal("matchMedia", () => ({ matches: false, addEventListener: () => {} }));
defineGlobal("addEventListener", () => {});
defineGlobal("localStorage", new MemoryStorage());
defineGlobal("sessionStorage", new MemoryStorage());
defineGlobal("navigator", { language: "en-GB", languages: ["en-GB"] });

/**
 * Set the languages of the browser.
 * @param {...string} languages languages such as `de-DE`, the preferred first
 */
export function setBrowserLanguages(...languages) {
  defineGlobal("navigator", { language: languages[0], languages });
}

/**
 * Replace `fetch` for a test.
 * @param {(path: string, options: RequestInit) => Response | Promise<Response>} answer gives the response
 * @returns {{path: string, options: RequestInit}[]} the requests so far
 */
export function stubFetch(answer) {
  /** @type {{path: string, options: RequestInit}[]} */
  const requests = [];
  defineGlobal("fetch", async (/** @type {string} */ path, /** @type {RequestInit} */ options) => {
    requests.push({ path, options });
    return answer(path, options);
  });
  return requests;
}
