import assert from "node:assert/strict";
import { describe, it } from "node:test";

import "./browser-globals.js";

const { chooseClasses, getClassColour, listClassEnds } =
  await import("../../service/web_ui/static/views/map/classes.js");
const { sumShipments } = await import("../../service/web_ui/static/views/map/link-panel.js");

describe("classes of colours", () => {
  const state = {
    measure: /** @type {"served"} */ ("served"),
    scale: /** @type {"plan"} */ ("plan"),
  };

  it("divide the range of the plan into five", () => {
    const classes = chooseClasses([0.5, 0.6, 1], state, 1);
    assert.deepEqual(
      listClassEnds(classes).map((end) => Number(end.toFixed(3))),
      [0.5, 0.6, 0.7, 0.8, 0.9, 1],
    );
    assert.equal(getClassColour(classes, 0.51), getClassColour(classes, 0.59));
    assert.notEqual(getClassColour(classes, 0.59), getClassColour(classes, 0.61));
    assert.equal(getClassColour(classes, 1), getClassColour(classes, 0.95));
  });

  it("run from 0 % to 100 % if that is chosen, or if all figures are nearly equal", () => {
    for (const classes of [
      chooseClasses([0.99, 1], state, 1),
      chooseClasses([0.5, 1], { ...state, scale: "full" }, 1),
    ]) {
      assert.deepEqual(listClassEnds(classes), [0, 0.5, 1]);
      assert.equal(classes.scale, "served");
    }
  });
});

describe("sumShipments", () => {
  it("sums by item and direction, the heaviest first", () => {
    const columns = {
      to: ["b", "b", "a"],
      item: ["salt", "salt", "salt"],
      quantity: [10, 20, 5],
      tonnes: [1, 2, 5],
    };
    assert.deepEqual(sumShipments(columns), [
      { item: "salt", to: "a", quantity: 5, tonnes: 5 },
      { item: "salt", to: "b", quantity: 30, tonnes: 3 },
    ]);
  });
});
