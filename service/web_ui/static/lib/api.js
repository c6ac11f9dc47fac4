/** The service's public interface: requests, problem details, tables, events. */

import { caller } from "./api-key.js";

const KEPT = 40;
const kept = new Map();

/** What the service refused, or why it could not be reached: problem details (RFC 9457). */
export class Problem extends Error {
  /** @param {{type?: string, title?: string, status?: number, detail?: string, errors?: Array, request_id?: string}} details the body */
  constructor(details) {
    super(details.detail || details.title || "");
    this.name = "Problem";
    /** Kind, such as `urn:allot:missing`. */
    this.type = details.type ?? "about:blank";
    /** HTTP status; 0 where the service was not reached. */
    this.status = details.status ?? 0;
    /** The kind in words. */
    this.title = details.title ?? "";
    /** What went wrong this time. */
    this.detail = details.detail ?? "";
    /** Findings with path, message and remedy. */
    this.errors = details.errors ?? [];
    /** Names the request to those who run the service. */
    this.requestId = details.request_id ?? "";
  }
}

/**
 * Ask the service.
 * @param {string} path such as `/v1/plans`
 * @param {{method?: string, body?: *, headers?: Object<string, string>, signal?: AbortSignal}} [wish] a `body` that is a Blob is sent as it is, others as JSON
 * @returns {Promise<Response>} the answer; throws Problem if it is an error
 */
export async function ask(path, { method = "GET", body, headers = {}, signal } = {}) {
  const sent = { Accept: "application/json", ...caller(), ...headers };
  let payload = body;
  if (body !== undefined && !(body instanceof Blob)) {
    sent["Content-Type"] = "application/json";
    payload = JSON.stringify(body);
  }
  let answer;
  try {
    answer = await fetch(path, { method, body: payload, headers: sent, signal });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Problem({ type: "urn:allot:unreachable" });
  }
  if (!answer.ok) throw await problemOf(answer);
  return answer;
}

async function problemOf(answer) {
  const details = { status: answer.status, title: answer.statusText };
  if ((answer.headers.get("content-type") ?? "").includes("json"))
    Object.assign(details, await answer.json());
  return new Problem(details);
}

/** Read JSON. @param {string} path the address @param {AbortSignal} [signal] ends it @returns {Promise<*>} the body */
export const get = async (path, signal) => (await ask(path, { signal })).json();

/** Send JSON. @param {string} path the address @param {*} body what is sent @param {object} [wish] as for `ask` @returns {Promise<*>} the answer's body */
export const post = async (path, body, wish = {}) =>
  (await ask(path, { ...wish, method: "POST", body })).json();

/** Store. @param {string} path the address @param {*} body JSON, or a Blob with its type @param {object} [wish] as for `ask` @returns {Promise<*>} the answer's body */
export const put = async (path, body, wish = {}) =>
  (await ask(path, { ...wish, method: "PUT", body })).json();

/** Delete. @param {string} path the address @param {object} [wish] as for `ask` @returns {Promise<*>} the answer's body; null if it has none */
export async function remove(path, wish = {}) {
  const answer = await ask(path, { ...wish, method: "DELETE" });
  return answer.status === 204 ? null : answer.json();
}

/**
 * Read what never changes (a finished plan and its tables) at most once.
 * @param {string} path the address
 * @param {AbortSignal} [signal] gives it up; it is then asked for anew by whoever asks next
 * @returns {Promise<*>} the body
 */
export function once(path, signal) {
  if (!kept.has(path)) {
    const reading = get(path, signal);
    const forget = () => kept.get(path) === reading && kept.delete(path);
    let done = false;
    kept.set(path, reading);
    reading.then(() => {
      done = true;
    }, forget);
    signal?.addEventListener("abort", () => done || forget());
    if (kept.size > KEPT) kept.delete(kept.keys().next().value);
  }
  return kept.get(path);
}

/**
 * Rows of a finished plan's table as lists, one a column, all pages of them.
 * @param {string} plan the plan
 * @param {string} table such as `supply`
 * @param {Object<string, string|string[]>} [query] filters and `columns`, `sort`; a list of filters stands for alternatives
 * @returns {Promise<{total: number, columns: Object<string, Array>}>} the rows
 */
export async function table(plan, name, query = {}) {
  const asked = new URLSearchParams({ layout: "columns", limit: "50000" });
  for (const [key, value] of Object.entries(query))
    for (const one of [value].flat()) asked.append(key, one);
  let page = await once(`/v1/plans/${encodeURIComponent(plan)}/${name}?${asked}`);
  const columns = { ...page.columns };
  while (page.next) {
    page = await once(page.next);
    for (const column of Object.keys(columns))
      columns[column] = columns[column].concat(page.columns[column]);
  }
  return { total: page.total, columns };
}

/**
 * Follow a plan's events until it is finished; comes back by itself when the line breaks.
 * @param {string} plan the plan
 * @param {(event: {kind: string, at: string, data: object}) => void} tell called with every event
 * @param {AbortSignal} signal ends it
 * @returns {Promise<void>} when it is finished
 */
export async function follow(plan, tell, signal) {
  const state = { last: 0, done: false };
  while (!state.done && !signal.aborted) {
    const headers = { Accept: "text/event-stream", "Last-Event-ID": String(state.last) };
    const answer = await ask(`/v1/plans/${encodeURIComponent(plan)}/events`, { headers, signal });
    await events(answer, (id, event) => {
      state.last = id || state.last;
      state.done = event.kind === "finished";
      tell(event);
    });
    if (!state.done) await new Promise((wake) => setTimeout(wake, 500));
  }
}

async function events(answer, tell) {
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const blocks = (rest + value).replaceAll("\r\n", "\n").split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) {
      const fields = Object.fromEntries(
        block.split("\n").map((line) => line.split(/:\s?(.*)/s, 2)),
      );
      if (fields.data) tell(Number(fields.id ?? 0), JSON.parse(fields.data));
    }
  }
}

/**
 * Save an answer as a file, with the caller's key if there is one.
 * @param {string} path the address
 * @param {string} name the file's name
 */
export async function download(path, name) {
  const blob = await (await ask(path, { headers: { Accept: "*/*" } })).blob();
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
