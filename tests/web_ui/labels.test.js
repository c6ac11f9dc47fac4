import assert from "node:assert/strict";
import { describe, it } from "node:test";

const { LabelPlacer } = await import("../../service/web_ui/static/views/map/labels.js");

const BOX = { x: 0, y: 0, width: 100, height: 100 };

describe("LabelPlacer", () => {
  it("prefers the spot below the place", () => {
    const spot = new LabelPlacer(BOX).findSpot({ x: 50, y: 50 }, 5, 20, 10);
    assert.deepEqual(spot, { x: 50, y: 55, anchor: "middle" });
  });

  it("takes another spot if the first is occupied", () => {
    const placer = new LabelPlacer(BOX);
    placer.findSpot({ x: 50, y: 50 }, 5, 20, 10);
    const spot = placer.findSpot({ x: 50, y: 50 }, 5, 20, 10);
    // Labels to the right and to the left would touch the label below.
    assert.deepEqual(spot, { x: 50, y: 35, anchor: "middle" });
  });

  it("keeps labels off the markers of other places", () => {
    const placer = new LabelPlacer(BOX);
    placer.reserve({ x: 50, y: 60 }, 6);
    assert.notEqual(placer.findSpot({ x: 50, y: 50 }, 5, 20, 10)?.y, 55);
    const own = new LabelPlacer(BOX);
    own.reserve({ x: 50, y: 50 }, 20);
    assert.equal(own.findSpot({ x: 50, y: 50 }, 5, 20, 10)?.y, 55);
  });

  it("keeps labels nearer to their own place than to others, if that is asked", () => {
    const placer = new LabelPlacer(BOX);
    placer.reserve({ x: 50, y: 75 }, 2);
    assert.equal(placer.findSpot({ x: 50, y: 50 }, 10, 20, 10)?.y, 60);
    assert.notEqual(placer.findSpot({ x: 50, y: 50 }, 10, 20, 10, true)?.y, 60);
  });

  it("moves centred labels into the drawing", () => {
    const spot = new LabelPlacer(BOX).findSpot({ x: 2, y: 50 }, 5, 20, 10);
    assert.deepEqual(spot, { x: 10, y: 55, anchor: "middle" });
  });

  it("leaves out labels without room", () => {
    const placer = new LabelPlacer(BOX);
    assert.equal(placer.findSpot({ x: 50, y: 50 }, 5, 200, 10), null);
    assert.equal(placer.findSpot({ x: 150, y: 50 }, 5, 20, 10), null);
  });
});
