import assert from "node:assert/strict";
import { describe, it } from "node:test";

import "./browser-globals.js";

const { findNextCell } = await import("../../service/web_ui/static/lib/heatmap.js");

describe("findNextCell", () => {
  const lengths = [3, 1, 2];

  it("moves by arrow keys within the rows", () => {
    assert.deepEqual(findNextCell(lengths, [0, 0], "ArrowRight"), [1, 0]);
    assert.deepEqual(findNextCell(lengths, [0, 0], "ArrowLeft"), [0, 0]);
    assert.deepEqual(findNextCell(lengths, [2, 0], "ArrowRight"), [2, 0]);
    assert.deepEqual(findNextCell(lengths, [0, 1], "ArrowUp"), [0, 0]);
    assert.deepEqual(findNextCell(lengths, [0, 2], "ArrowDown"), [0, 2]);
  });

  it("shortens the column where the next row is shorter", () => {
    assert.deepEqual(findNextCell(lengths, [2, 0], "ArrowDown"), [0, 1]);
  });

  it("moves to the ends of a row", () => {
    assert.deepEqual(findNextCell(lengths, [1, 0], "Home"), [0, 0]);
    assert.deepEqual(findNextCell(lengths, [1, 0], "End"), [2, 0]);
  });

  it("ignores other keys", () => {
    assert.equal(findNextCell(lengths, [0, 0], "Enter"), null);
  });
});
