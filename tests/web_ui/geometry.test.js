import assert from "node:assert/strict";
import { describe, it } from "node:test";

const { buildPath, clipToNearer, computeBounds, computeCells, computePositions, createProjection } =
  await import("../../service/web_ui/static/views/map/geometry.js");

/** @param {Point} a @param {Point} b */
const distance = (a, b) => Math.hypot(a.x - b.x, a.y - b.y);

/** @param {Record<string, [number, number]|null>} coordinates latitude and longitude by place */
const buildPlaces = (coordinates) => ({
  places: new Map(
    Object.entries(coordinates).map(([id, at]) => [
      id,
      at ? { id, latitude: at[0], longitude: at[1] } : { id },
    ]),
  ),
});

describe("computePositions", () => {
  it("puts north above and east to the right, inside the area", () => {
    const positions = computePositions(
      buildPlaces({ north: [42, 128], south: [40, 128], east: [41, 129], west: [41, 127] }),
    );
    const [north, south, east, west] = ["north", "south", "east", "west"].map(
      (id) => positions.get(id) ?? { x: NaN, y: NaN },
    );
    assert.ok(north.y < south.y && west.x < east.x);
    assert.ok(Math.abs(north.x - (east.x + west.x) / 2) < 1e-9);
    for (const { x, y } of positions.values()) {
      assert.ok(x >= 0 && x <= 1000 && y >= 0 && y <= 760);
    }
    // A degree of longitude is shorter than a degree of latitude by the cosine of the latitude.
    const ratio = (east.x - west.x) / (south.y - north.y);
    assert.ok(Math.abs(ratio - Math.cos((41 * Math.PI) / 180)) < 1e-9);
  });

  it("puts all places on a circle if one has no coordinates", () => {
    const positions = [
      ...computePositions(buildPlaces({ a: [42, 128], b: null, c: null })).values(),
    ];
    assert.equal(positions.length, 3);
    for (const { x, y } of positions) {
      assert.ok(Math.abs(((x - 500) / 300) ** 2 + ((y - 380) / 280) ** 2 - 1) < 1e-9);
    }
  });
});

describe("createProjection", () => {
  it("makes room for borders beyond the places", () => {
    const places = [...buildPlaces({ a: [41, 128], b: [41.5, 128.5] }).places.values()];
    const corner = { longitude: 130, latitude: 40 };
    const project = createProjection(places, [corner]);
    assert.ok(project);
    const { x, y } = project(corner.longitude, corner.latitude);
    assert.ok(x > 0 && x <= 1000 && y > 0 && y <= 760);
  });
});

describe("computeCells", () => {
  const markers = new Map([
    ["a", { x: 0, y: 0 }],
    ["b", { x: 100, y: 0 }],
    ["c", { x: 0, y: 120 }],
  ]);

  it("keeps every corner nearer to its own marker than to any other", () => {
    for (const [id, corners] of computeCells(markers)) {
      const own = markers.get(id) ?? { x: NaN, y: NaN };
      assert.ok(corners.length > 3);
      for (const corner of corners) {
        for (const other of markers.values()) {
          assert.ok(distance(corner, own) <= distance(corner, other) + 1e-6);
        }
      }
    }
  });

  it("is a whole disc for a single county", () => {
    const [corners] = computeCells(new Map([["a", { x: 5, y: 5 }]])).values();
    assert.equal(corners.length, 72);
    for (const corner of corners) assert.ok(Math.abs(distance(corner, { x: 5, y: 5 }) - 88) < 1e-9);
  });
});

describe("clipToNearer", () => {
  const square = [
    { x: -1, y: -1 },
    { x: 1, y: -1 },
    { x: 1, y: 1 },
    { x: -1, y: 1 },
  ];

  it("cuts at the perpendicular bisector", () => {
    const clipped = clipToNearer(square, { x: 0, y: 0 }, { x: 1, y: 0 });
    assert.equal(Math.max(...clipped.map(({ x }) => x)), 0.5);
    assert.equal(clipped.length, 4);
  });

  it("keeps or removes a polygon that lies on one side", () => {
    assert.deepEqual(clipToNearer(square, { x: 0, y: 0 }, { x: 10, y: 0 }), square);
    assert.deepEqual(clipToNearer(square, { x: 10, y: 0 }, { x: 0, y: 0 }), []);
  });
});

describe("computeBounds", () => {
  it("adds margins and widens to the aspect ratio", () => {
    const points = [
      { x: 0, y: 0 },
      { x: 10, y: 20 },
    ];
    assert.deepEqual(computeBounds(points, 5, 2, 0), { x: -5, y: -2, width: 20, height: 24 });
    assert.deepEqual(computeBounds(points, 5, 2, 2), { x: -19, y: -2, width: 48, height: 24 });
  });
});

describe("buildPath", () => {
  it("closes the path", () => {
    const corners = [
      { x: 0, y: 0.04 },
      { x: 1.26, y: 2 },
    ];
    assert.equal(buildPath(corners), "M0.0 0.0L1.3 2.0Z");
  });
});
