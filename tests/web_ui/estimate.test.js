import assert from "node:assert/strict";
import { describe, it } from "node:test";

import "./browser-globals.js";

const { classifyEstimate, classifyWithResult, needsCoarseEstimate } =
  await import("../../service/web_ui/static/views/what-if/estimate.js");

describe("classifyEstimate", () => {
  it("tells exact figures from bounds", () => {
    const classify = (
      /** @type {number|null} */ change,
      /** @type {boolean} */ exact,
      /** @type {number} */ fraction,
    ) => {
      const outcome = exact ? "optimal" : "unknown";
      return classifyEstimate({
        outcome,
        objective_change: change,
        exact,
        valid_fraction: fraction,
      });
    };
    assert.equal(classify(null, false, 0), "unavailable");
    assert.equal(classify(-5, true, 1), "exact");
    assert.equal(classify(5, false, 0.5), "at-least");
    assert.equal(classify(0, false, 0.9), "large");
    assert.equal(classify(-5, false, 0.9), "saves-at-most");
    assert.equal(classify(1.33, false, 0.49), "large");
    assert.equal(classify(-5, false, 0), "large");
    const none = { objective_change: null, exact: false, valid_fraction: 0 };
    assert.equal(classifyEstimate({ outcome: "infeasible", ...none }), "infeasible");
  });
});

describe("needsCoarseEstimate", () => {
  it("asks for longer periods only where the estimate is a bound and solving takes long", () => {
    const ask = (
      /** @type {Partial<ObjectiveEstimate>} */ estimate,
      /** @type {Record<string, number>|undefined} */ timings,
    ) =>
      needsCoarseEstimate(
        /** @type {Plan} */ ({ timings }),
        /** @type {ObjectiveEstimate} */ ({ exact: false, outcome: "unknown", ...estimate }),
      );
    assert.equal(ask({}, { solve: 45 }), true);
    assert.equal(ask({}, { solve: 2 }), false);
    assert.equal(ask({}, undefined), false);
    assert.equal(ask({ exact: true }, { solve: 45 }), false);
    assert.equal(ask({ outcome: "infeasible" }, { solve: 45 }), false);
  });

  it("shows what was found then", () => {
    const coarse = /** @type {CoarseEstimate} */ ({ objective_change: 5 });
    const estimate = { objective_change: null, exact: false, valid_fraction: 0, coarse };
    assert.equal(classifyEstimate({ outcome: "unknown", ...estimate }), "coarse");
  });
});

describe("classifyWithResult", () => {
  it("tells an estimate near the result from one that is far from it", () => {
    const classify = (/** @type {number} */ change, /** @type {number} */ result) =>
      classifyWithResult(
        { outcome: "unknown", objective_change: change, exact: false, valid_fraction: 0.1 },
        result,
      );
    assert.equal(classify(166, 179), "at-least");
    assert.equal(classify(1.33, 2.87e6), "large");
    assert.equal(classify(-100, -60), "saves-at-most");
    assert.equal(classify(-100, -10), "large");
    assert.equal(classify(0, 0), "at-least");
    assert.equal(
      classifyWithResult(
        { outcome: "optimal", objective_change: 5, exact: true, valid_fraction: 1 },
        5,
      ),
      "exact",
    );
  });
});
