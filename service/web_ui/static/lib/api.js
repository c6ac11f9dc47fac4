/** Client of the service's public API: requests, problem details, tables and events. */

import { getAuthorizationHeaders } from "./api-key.js";

const CACHE_LIMIT = 40;
const RECONNECT_DELAY_MS = 500;
const MAX_RECONNECT_DELAY_MS = 10_000;

/** Status of a stream whose last event was read before. */
const NO_MORE_EVENTS = 204;

/** Statuses of a proxy whose service is away or starting. */
const GATEWAY_STATUSES = new Set([502, 503, 504]);

/** @type {Map<string, Promise<any>>} */
const responseCache = new Map();

/** An error that the service reports (problem details, RFC 9457), or a request that did not reach the service. */
export class ApiError extends Error {
  /** @param {{type?: string, title?: string, status?: number, detail?: string, errors?: Finding[], request_id?: string}} details the body of the response */
  constructor(details) {
    super(details.detail || details.title || "");
    this.name = "ApiError";
    /** Kind of error, such as `urn:allot:not-found`. */
    this.type = details.type ?? "about:blank";
    /** HTTP status; 0 if the service was not reached. */
    this.status = details.status ?? 0;
    /** Title of the kind of error. */
    this.title = details.title ?? "";
    /** Description of this error. */
    this.detail = details.detail ?? "";
    /** Findings with path, message and remedy. */
    this.errors = details.errors ?? [];
    /** Identifier of the request in the log of the service. */
    this.requestId = details.request_id ?? "";
  }
}

/**
 * @typedef {object} RequestOptions
 * @property {string} [method] HTTP method; `GET` by default
 * @property {any} [body] a Blob is sent unchanged, anything else as JSON
 * @property {Record<string, string>} [headers] additional headers
 * @property {AbortSignal} [signal] cancels the request
 */

/**
 * Send a request to the service.
 * @param {string} path path, such as `/v1/plans`
 * @param {RequestOptions} [options] method, body, headers and signal
 * @returns {Promise<Response>} the response; an error response throws `ApiError`
 */
export async function sendRequest(path, { method = "GET", body, headers = {}, signal } = {}) {
  /** @type {Record<string, string>} */
  const requestHeaders = { Accept: "application/json", ...getAuthorizationHeaders(), ...headers };
  let payload = body;
  if (body !== undefined && !(body instanceof Blob)) {
    requestHeaders["Content-Type"] = "application/json";
    payload = JSON.stringify(body);
  }
  let response;
  try {
    const init = { method, body: payload, headers: requestHeaders, signal };
    response = await (takeStarted(path, method) ?? fetch(path, init));
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError({ type: "urn:allot:unreachable" });
  }
  if (!response.ok) throw await readError(response);
  return response;
}

/** Requests that were sent before the code that needs their responses was loaded.
 * @type {Map<string, Promise<Response>>} */
const startedRequests = new Map();

/**
 * Send a request whose response the next `sendRequest` of the path takes.
 * @param {string} path path
 */
export function startRequest(path) {
  const headers = { Accept: "application/json", ...getAuthorizationHeaders() };
  const request = fetch(path, { headers });
  request.catch(() => {}); // who takes the response tells the error
  startedRequests.set(path, request);
}

/** @param {string} path @param {string} method @returns {Promise<Response>|undefined} */
function takeStarted(path, method) {
  if (method !== "GET") return undefined;
  const request = startedRequests.get(path);
  startedRequests.delete(path);
  return request;
}

/** @param {Response} response @returns {Promise<ApiError>} */
async function readError(response) {
  const details = { status: response.status, title: response.statusText };
  const type = response.headers.get("content-type") ?? "";
  if (type.includes("json")) Object.assign(details, await response.json());
  return new ApiError(details);
}

/**
 * Read JSON.
 * @param {string} path path
 * @param {AbortSignal} [signal] cancels the request
 * @returns {Promise<any>} body of the response
 */
export const fetchJson = async (path, signal) => (await sendRequest(path, { signal })).json();

/**
 * Post JSON or a Blob.
 * @param {string} path path
 * @param {any} body body of the request
 * @param {RequestOptions} [options] as for `sendRequest`
 * @returns {Promise<any>} body of the response
 */
export const postJson = async (path, body, options = {}) =>
  (await sendRequest(path, { ...options, method: "POST", body })).json();

/**
 * Store JSON, or a Blob with its type.
 * @param {string} path path
 * @param {any} body body of the request
 * @param {RequestOptions} [options] as for `sendRequest`
 * @returns {Promise<any>} body of the response
 */
export const putJson = async (path, body, options = {}) =>
  (await sendRequest(path, { ...options, method: "PUT", body })).json();

/**
 * Delete a resource.
 * @param {string} path path
 * @param {RequestOptions} [options] as for `sendRequest`
 * @returns {Promise<any>} body of the response; null if the response has none
 */
export async function deleteResource(path, options = {}) {
  const response = await sendRequest(path, { ...options, method: "DELETE" });
  return response.status === 204 ? null : response.json();
}

/**
 * Read a resource that never changes (a finished plan and its tables) at most once.
 * @param {string} path path
 * @param {AbortSignal} [signal] cancels the request; the next caller then sends a new one
 * @returns {Promise<any>} body of the response
 */
export function fetchCached(path, signal) {
  const cached = responseCache.get(path);
  if (cached) return cached;
  const request = fetchJson(path, signal);
  const evict = () => {
    if (responseCache.get(path) === request) responseCache.delete(path);
  };
  let isDone = false;
  responseCache.set(path, request);
  request.then(() => {
    isDone = true;
  }, evict);
  signal?.addEventListener("abort", () => {
    if (!isDone) evict();
  });
  if (responseCache.size > CACHE_LIMIT) {
    const [oldest] = responseCache.keys();
    responseCache.delete(oldest);
  }
  return request;
}

/**
 * Build the path of a table.
 * @param {string} plan identifier of the plan
 * @param {string} name name of the table, such as `supply`
 * @param {Record<string, string|string[]>} query filters, `columns`, `sort`; a list gives alternatives
 * @returns {string} the path
 */
export function buildTablePath(plan, name, query) {
  const searchParams = new URLSearchParams();
  for (const [key, values] of Object.entries(query)) {
    for (const value of [values].flat()) searchParams.append(key, value);
  }
  return `/v1/plans/${encodeURIComponent(plan)}/tables/${name}?${searchParams}`;
}

/**
 * Build the path of the first page of a table, as `fetchTable` reads it.
 * @param {string} plan identifier of the plan
 * @param {string} name name of the table, such as `supply`
 * @param {Record<string, string|string[]>} query as for `buildTablePath`
 * @returns {string} the path
 */
export const buildFirstPagePath = (plan, name, query) =>
  buildTablePath(plan, name, { layout: "columns", limit: "50000", ...query });

/**
 * Read all pages of a table of a finished plan.
 * @param {string} plan identifier of the plan
 * @param {string} name name of the table, such as `supply`
 * @param {Record<string, string|string[]>} [query] as for `buildTablePath`
 * @returns {Promise<{total: number, columns: Columns}>} number of rows, and one list for each column
 */
export async function fetchTable(plan, name, query = {}) {
  let page = await fetchCached(buildFirstPagePath(plan, name, query));
  /** @type {Columns} */
  const columns = { ...page.columns };
  while (page.next) {
    page = await fetchCached(page.next);
    for (const column of Object.keys(columns)) {
      columns[column] = columns[column].concat(page.columns[column]);
    }
  }
  return { total: page.total, columns };
}

/**
 * Follow the events of a plan until the plan is finished, as `followEvents`.
 * @param {string} plan identifier of the plan
 * @param {(event: PlanEvent) => void} onEvent called with every event
 * @param {AbortSignal} signal stops following
 * @param {(isConnected: boolean) => void} [onConnection] as for `followEvents`
 * @returns {Promise<void>} settles when the plan is finished; rejects if the service refuses
 */
export const followPlanEvents = (plan, onEvent, signal, onConnection) =>
  followEvents(`/v1/plans/${encodeURIComponent(plan)}/events`, onEvent, signal, onConnection);

/**
 * Follow the events of a plan or an analysis until it has ended. Whenever the connection or the service is lost, try again, ever less often.
 * @param {string} path path of the events
 * @param {(event: PlanEvent) => void} onEvent called with every event
 * @param {AbortSignal} signal stops following
 * @param {(isConnected: boolean) => void} [onConnection] called with false when the service is lost, and with true when it answers again
 * @returns {Promise<void>} settles when it has ended; rejects if the service refuses
 */
export async function followEvents(path, onEvent, signal, onConnection = () => {}) {
  const state = { lastId: 0, isDone: false, failures: 0 };
  while (!state.isDone && !signal.aborted) {
    const headers = { Accept: "text/event-stream", "Last-Event-ID": String(state.lastId) };
    try {
      const response = await sendRequest(path, { headers, signal });
      if (state.failures) onConnection(true);
      state.failures = 0;
      state.isDone = response.status === NO_MORE_EVENTS;
      await readEventStream(response, (id, event) => {
        state.lastId = id || state.lastId;
        state.isDone = event.kind === "finished";
        onEvent(event);
      });
    } catch (error) {
      if (signal.aborted) return;
      if (!isConnectionLost(error)) throw error;
      state.failures += 1;
      onConnection(false);
    }
    if (!state.isDone) await wait(computeReconnectDelay(state.failures), signal);
  }
}

/** @param {unknown} error @returns {boolean} whether the service cannot be reached now, or the stream broke */
const isConnectionLost = (error) =>
  error instanceof ApiError
    ? error.status === 0 || GATEWAY_STATUSES.has(error.status)
    : error instanceof TypeError;

/**
 * Compute how long to wait before the next connection.
 * @param {number} failures failures in a row
 * @returns {number} milliseconds: doubled by every failure, up to ten seconds
 */
export const computeReconnectDelay = (failures) =>
  Math.min(MAX_RECONNECT_DELAY_MS, RECONNECT_DELAY_MS * 2 ** Math.max(0, failures - 1));

/** @param {number} milliseconds @param {AbortSignal} signal ends the wait @returns {Promise<void>} */
const wait = (milliseconds, signal) =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });

/** @param {Response} response @param {(id: number, event: PlanEvent) => void} onEvent */
async function readEventStream(response, onEvent) {
  if (!response.body) return;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let remainder = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const { events, rest } = parseEventBlocks(remainder + value);
    remainder = rest;
    for (const { id, data } of events) onEvent(id, JSON.parse(data));
  }
}

/**
 * Parse server-sent events.
 * @param {string} text text received so far
 * @returns {{events: {id: number, data: string}[], rest: string}} complete events, and the incomplete rest
 */
export function parseEventBlocks(text) {
  const blocks = text.replaceAll("\r\n", "\n").split("\n\n");
  const rest = blocks.pop() ?? "";
  const events = [];
  for (const block of blocks) {
    const fields = Object.fromEntries(block.split("\n").map((line) => line.split(/:\s?(.*)/s, 2)));
    if (fields.data) events.push({ id: Number(fields.id ?? 0), data: fields.data });
  }
  return { events, rest };
}

/**
 * Save a response as a file. Sends the API key if there is one.
 * @param {string} path path
 * @param {string} name name of the file
 * @param {RequestOptions} [options] as for `sendRequest`
 */
export async function downloadFile(path, name, options = {}) {
  const headers = { Accept: "*/*", ...options.headers };
  const blob = await (await sendRequest(path, { ...options, headers })).blob();
  saveBlob(blob, name);
}

/**
 * Save data of the page as a file.
 * @param {Blob} blob the data
 * @param {string} name name of the file
 */
export function saveBlob(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
