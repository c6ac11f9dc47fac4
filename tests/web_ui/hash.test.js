import assert from "node:assert/strict";
import { describe, it } from "node:test";

import "./browser-globals.js";

const { buildHash, parseHash } = await import("../../service/web_ui/static/lib/hash.js");

describe("parseHash", () => {
  it("reads view and parameters", () => {
    const target = parseHash("#/map?plan=a&month=2002-04&q=a?b");
    assert.equal(target?.id, "map");
    assert.deepEqual(
      [...(target?.params ?? [])],
      [
        ["plan", "a"],
        ["month", "2002-04"],
        ["q", "a?b"],
      ],
    );
  });

  it("accepts an empty hash and rejects others", () => {
    assert.equal(parseHash("")?.id, "");
    assert.equal(parseHash("#")?.id, "");
    assert.equal(parseHash("#/year")?.id, "year");
    assert.equal(parseHash("#main"), null);
  });
});

describe("buildHash", () => {
  it("leaves out blank parameters but not zero", () => {
    const params = { plan: "a b", month: null, item: undefined, q: "", power: 0 };
    assert.equal(buildHash("what-if", params), "#/what-if?plan=a+b&power=0");
    assert.equal(buildHash("start", {}), "#/start");
  });

  it("is the inverse of parseHash", () => {
    const hash = buildHash("compare", new URLSearchParams({ plan: "ü&=?", with: "1,2" }));
    const target = parseHash(hash);
    assert.equal(target?.params.get("plan"), "ü&=?");
    assert.equal(buildHash(target?.id ?? "", target?.params ?? {}), hash);
  });
});
