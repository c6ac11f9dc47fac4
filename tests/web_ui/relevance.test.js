import assert from "node:assert/strict";
import { describe, it } from "node:test";

const { isNearResult, isRelevantEstimate, isRelevantPrice, isRelevantShortage, isShareChanged } =
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
    assert.equal(isRelevantEstimate({ valid_fraction: 1 }), true);
    assert.equal(isRelevantEstimate({ valid_fraction: 0.5 }), true);
    assert.equal(isRelevantEstimate({ valid_fraction: 0.499 }), false);
  });
});

describe("isRelevantPrice", () => {
  it("compares a price with the value of what a unit can serve", () => {
    assert.equal(isRelevantPrice(1.16e-5, 4), false);
    assert.equal(isRelevantPrice(4e-4, 4), true);
    assert.equal(isRelevantPrice(-5, 4), true);
  });
});

describe("isNearResult", () => {
  it("allows a factor of two", () => {
    assert.equal(isNearResult(50, 100), true);
    assert.equal(isNearResult(49, 100), false);
    assert.equal(isNearResult(-50, 100), false);
    assert.equal(isNearResult(0, 0), true);
  });
});

describe("isShareChanged", () => {
  it("ignores noise of the solver", () => {
    assert.equal(isShareChanged(0.5, 0.5 + 1e-9), false);
    assert.equal(isShareChanged(0.5, 0.5 - 1e-6), true);
  });
});
