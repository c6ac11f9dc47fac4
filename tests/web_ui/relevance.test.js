import assert from "node:assert/strict";
import { describe, it } from "node:test";

const { isRelevantEstimate, isRelevantShortage, isShareChanged } =
  await import("../../service/web_ui/static/lib/relevance.js");

describe("isRelevantShortage", () => {
  it("compares whole units with half a unit", () => {
    assert.equal(isRelevantShortage(0.49, 1, true), false);
    assert.equal(isRelevantShortage(0.5, 1e9, true), true);
  });

  it("compares other items with their need", () => {
    assert.equal(isRelevantShortage(0.49, 1000, false), false);
    assert.equal(isRelevantShortage(0.5, 1000, false), true);
    assert.equal(isRelevantShortage(1e-9, 1e-9, false), true);
    assert.equal(isRelevantShortage(0, 0, false), false);
  });
});

describe("isRelevantEstimate", () => {
  it("needs shadow prices that hold for half of the change", () => {
    assert.equal(isRelevantEstimate({ exact: true, valid_fraction: 1 }), true);
    assert.equal(isRelevantEstimate({ exact: false, valid_fraction: 0.5 }), true);
    assert.equal(isRelevantEstimate({ exact: false, valid_fraction: 0.499 }), false);
  });
});

describe("isShareChanged", () => {
  it("ignores noise of the solver", () => {
    assert.equal(isShareChanged(0.5, 0.5 + 1e-9), false);
    assert.equal(isShareChanged(0.5, 0.5 - 1e-6), true);
  });
});
