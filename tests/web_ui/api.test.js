import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";

import { stubFetch } from "./browser-globals.js";

const {
  ApiError,
  buildTablePath,
  computeReconnectDelay,
  deleteResource,
  fetchCached,
  fetchTable,
  followEvents,
  followPlanEvents,
  parseEventBlocks,
} = await import("../../service/web_ui/static/lib/api.js");
const { saveApiKey } = await import("../../service/web_ui/static/lib/api-key.js");

describe("requests", () => {
  beforeEach(() => saveApiKey(""));

  it("send the API key", async () => {
    const requests = stubFetch(() => new Response(null, { status: 204 }));
    await deleteResource("/v1/plans/a");
    saveApiKey("secret");
    assert.equal(await deleteResource("/v1/plans/b"), null);
    const [first, second] = requests.map(({ options }) => new Headers(options.headers));
    assert.equal(first.get("Authorization"), null);
    assert.equal(second.get("Authorization"), "Bearer secret");
    assert.equal(requests[1].options.method, "DELETE");
  });

  it("throw problem details", async () => {
    const details = { type: "urn:allot:not-found", title: "Not Found", detail: "No plan x." };
    const headers = { "content-type": "application/problem+json" };
    stubFetch(() => new Response(JSON.stringify(details), { status: 404, headers }));
    await assert.rejects(fetchCached("/v1/plans/x"), (error) => {
      assert.ok(error instanceof ApiError);
      assert.equal(error.status, 404);
      assert.equal(error.type, "urn:allot:not-found");
      assert.equal(error.message, "No plan x.");
      return true;
    });
  });

  it("report an unreachable service", async () => {
    stubFetch(() => {
      throw new TypeError("network");
    });
    await assert.rejects(fetchCached("/v1/unreachable"), {
      type: "urn:allot:unreachable",
      status: 0,
    });
  });
});

describe("fetchCached", () => {
  it("reads a path once", async () => {
    const requests = stubFetch(() => Response.json({ n: 1 }));
    const [first, second] = await Promise.all([fetchCached("/once"), fetchCached("/once")]);
    assert.equal(first, second);
    assert.equal(requests.length, 1);
  });

  it("reads again after a failure", async () => {
    stubFetch(() => new Response("", { status: 503 }));
    await assert.rejects(fetchCached("/flaky"));
    stubFetch(() => Response.json({ ok: true }));
    assert.deepEqual(await fetchCached("/flaky"), { ok: true });
  });
});

describe("tables", () => {
  it("have a path with repeated filters", () => {
    const path = buildTablePath("a b", "quotas", { factory: ["x", "y"], sort: "-kwh" });
    assert.equal(path, "/v1/plans/a%20b/tables/quotas?factory=x&factory=y&sort=-kwh");
  });

  it("are read page by page", async () => {
    const pages = [
      { total: 3, columns: { item: ["soap", "salt"] }, next: "/next" },
      { total: 3, columns: { item: ["rice"] }, next: null },
    ];
    const requests = stubFetch((path) => Response.json(pages[path === "/next" ? 1 : 0]));
    const table = await fetchTable("p", "supply", { county: "hyesan" });
    assert.deepEqual(table, { total: 3, columns: { item: ["soap", "salt", "rice"] } });
    const expected = "/v1/plans/p/tables/supply?layout=columns&limit=50000&county=hyesan";
    assert.equal(requests[0].path, expected);
  });
});

describe("parseEventBlocks", () => {
  it("keeps the incomplete rest", () => {
    const text =
      'id: 1\ndata: {"kind":"queued"}\n\n: comment\n\nid: 2\r\ndata: {"a": "b: c"}\r\n\r\nid: 3';
    const { events, rest } = parseEventBlocks(text);
    assert.deepEqual(events, [
      { id: 1, data: '{"kind":"queued"}' },
      { id: 2, data: '{"a": "b: c"}' },
    ]);
    assert.equal(rest, "id: 3");
  });
});

describe("followPlanEvents", () => {
  const never = new AbortController().signal;

  it("goes on after the service was away, from the last event", async () => {
    const answers = [
      () => new Response('id: 4\ndata: {"kind": "progress", "data": {}}\n\n'),
      () => {
        throw new TypeError("connection refused");
      },
      () => new Response('id: 5\ndata: {"kind": "finished", "data": {}}\n\n'),
    ];
    const requests = stubFetch(() => (answers.shift() ?? assert.fail)());
    /** @type {string[]} */
    const kinds = [];
    /** @type {boolean[]} */
    const connections = [];
    const record = (/** @type {boolean} */ isConnected) => void connections.push(isConnected);
    await followPlanEvents("p", ({ kind }) => void kinds.push(kind), never, record);
    assert.deepEqual(kinds, ["progress", "finished"]);
    assert.deepEqual(connections, [false, true]);
    const resumed = requests.map(({ options }) =>
      new Headers(options.headers).get("Last-Event-ID"),
    );
    assert.deepEqual(resumed, ["0", "4", "4"]);
  });

  it("ends where the last event was read before", async () => {
    const requests = stubFetch(() => new Response(null, { status: 204 }));
    await followEvents("/v1/studies/s/events", () => assert.fail(), never);
    assert.equal(requests.length, 1);
  });

  it("gives up if the service refuses", async () => {
    stubFetch(() => new Response("", { status: 404 }));
    await assert.rejects(
      followPlanEvents("p", () => {}, never),
      { status: 404 },
    );
  });

  it("tries ever less often, at least every ten seconds", () => {
    assert.deepEqual([1, 2, 3, 20].map(computeReconnectDelay), [500, 1000, 2000, 10_000]);
  });
});
