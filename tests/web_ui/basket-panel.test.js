import assert from "node:assert/strict";
import { describe, it } from "node:test";

import "./browser-globals.js";

const { sumBasket, sumRequirements } =
  await import("../../service/web_ui/static/views/map/basket-panel.js");

const requirements = {
  requirement: ["energy", "energy", "iodine"],
  period: ["m1", "m2", "m1"],
  need: [100, 300, 0],
  backlog: [0, 50, 0],
  met: [50, 300, 0],
  price: [4, 0, 0],
};

const baskets = {
  item: ["maize", "maize", "maize", "salt"],
  period: ["m1", "m1", "m2", "m1"],
  requirement: ["energy", "protein", "energy", "iodine"],
  grams_per_head_day: [400, 400, 200, null],
};

describe("requirements of a county", () => {
  it("are met over the plan by the need, and in a month by need and backlog", () => {
    assert.deepEqual(sumRequirements(requirements, null), [
      { requirement: "energy", share: 0.875, price: 1 },
    ]);
    const [{ share }] = sumRequirements(requirements, "m2");
    assert.equal(share, 300 / 350);
  });

  it("give a basket per day, in which an item counts once for all that it provides", () => {
    const time = { periods: ["m1", "m2"], days: [10, 30], month: null };
    assert.deepEqual(sumBasket(baskets, time), [{ item: "maize", grams: 250 }]);
    assert.deepEqual(sumBasket(baskets, { ...time, month: "m2" }), [{ item: "maize", grams: 200 }]);
  });
});
