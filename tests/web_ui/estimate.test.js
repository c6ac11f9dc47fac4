import assert from "node:assert/strict";
import { describe, it } from "node:test";

import "./browser-globals.js";

const { classifyEstimate } = await import("../../service/web_ui/static/views/what-if/estimate.js");

describe("classifyEstimate", () => {
  it("tells exact figures from bounds", () => {
    assert.equal(classifyEstimate({ objective_change: null, exact: false }), "unavailable");
    assert.equal(classifyEstimate({ objective_change: -5, exact: true }), "exact");
    assert.equal(classifyEstimate({ objective_change: 5, exact: false }), "at-least");
    assert.equal(classifyEstimate({ objective_change: 0, exact: false }), "at-least");
    assert.equal(classifyEstimate({ objective_change: -5, exact: false }), "saves-at-most");
  });
});
