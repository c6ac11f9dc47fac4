import assert from "node:assert/strict";
import { describe, it } from "node:test";

import "./browser-globals.js";

const { findNextPlace, listSelected } =
  await import("../../service/web_ui/static/lib/grid-keys.js");
const { findNextSort, sortRows } = await import("../../service/web_ui/static/lib/grid-sort.js");
const { formatPlainNumber, writeGridText } =
  await import("../../service/web_ui/static/lib/grid-text.js");
const { writeCsv, writeTableText } = await import("../../service/web_ui/static/lib/table-text.js");

/** @type {import("../../service/web_ui/static/lib/data-grid.js").GridColumn[]} */
const columns = [
  { field: "name", title: "Name", width: 100 },
  { field: "units", title: "Units", width: 100, isNumber: true },
];

describe("sortRows", () => {
  const rows = [
    { name: "Works 10", units: 2 },
    { name: "Works 9", units: null },
    { name: "Works 1", units: -3 },
    { name: "Works 9", units: 2 },
  ];
  /** @param {string} field @param {boolean} isDescending */
  const sort = (field, isDescending) =>
    sortRows(rows, columns, { field, isDescending }).map((row) => rows.indexOf(row));

  it("sorts numbers by value, rows without one last", () => {
    assert.deepEqual(sort("units", false), [2, 0, 3, 1]);
    assert.deepEqual(sort("units", true), [0, 3, 2, 1]);
  });

  it("sorts texts with numbers as people count, equal ones in their order", () => {
    assert.deepEqual(sort("name", false), [2, 1, 3, 0]);
  });

  it("keeps the order without a sort", () => assert.equal(sortRows(rows, columns, null), rows));

  it("goes from ascending over descending to the first order", () => {
    const first = findNextSort(null, "name");
    assert.deepEqual(first, { field: "name", isDescending: false });
    assert.deepEqual(findNextSort(first, "name"), { field: "name", isDescending: true });
    assert.equal(findNextSort({ field: "name", isDescending: true }, "name"), null);
    assert.deepEqual(findNextSort(first, "units"), { field: "units", isDescending: false });
  });
});

describe("findNextPlace", () => {
  const size = [100, 5];
  const plain = { ctrlKey: false, metaKey: false, altKey: false };
  /** @param {number} row @param {number} column @param {string} key @param {object} [held] */
  const press = (row, column, key, held = {}) => {
    const next = findNextPlace(size, { row, column }, { ...plain, key, ...held });
    return next && [next.row, next.column];
  };

  it("moves within the table and to the headings", () => {
    assert.deepEqual(press(0, 0, "ArrowUp"), [-1, 0]);
    assert.deepEqual(press(-1, 2, "ArrowUp"), [-1, 2]);
    assert.deepEqual(press(-1, 2, "ArrowRight"), [-1, 3]);
    assert.deepEqual(press(99, 4, "ArrowDown"), [99, 4]);
    assert.deepEqual(press(5, 2, "Home"), [5, 0]);
    assert.deepEqual(press(5, 2, "End"), [5, 4]);
  });

  it("moves by pages, to the first and to the last row", () => {
    assert.deepEqual(press(5, 2, "PageDown"), [17, 2]);
    assert.deepEqual(press(5, 2, "PageUp"), [0, 2]);
    assert.deepEqual(press(5, 2, "End", { ctrlKey: true }), [99, 4]);
    assert.deepEqual(press(5, 2, "Home", { metaKey: true }), [0, 0]);
  });

  it("leaves other keys to the page", () => {
    assert.equal(press(5, 2, "Enter"), null);
    assert.equal(press(5, 2, "ArrowDown", { altKey: true }), null);
  });

  it("selects the rows from the first to the current one", () => {
    assert.deepEqual(listSelected(null, 3, 9), []);
    assert.deepEqual(listSelected(5, 3, 9), [3, 4, 5]);
    assert.deepEqual(listSelected(3, -1, 9), []);
    assert.deepEqual(listSelected(5, 8, 7), [5, 6]);
  });
});

describe("texts of tables", () => {
  it("have headings, plain numbers and no cell on two lines", () => {
    const rows = [
      { name: "A\n\u00a0B", units: 12345.678 },
      { name: null, units: null },
    ];
    assert.equal(writeGridText(columns, rows), "Name\tUnits\nA B\t12346\n\t");
    assert.equal(formatPlainNumber(0.12345), "0.123");
  });

  it("are not read as formulas", async () => {
    assert.equal(writeTableText(["a"], [["=1+1"], ["-2.5"], ["+3 %"]]), "a\n'=1+1\n-2.5\n'+3 %");
    const text = await writeCsv(["a", 'b"c'], [["@x", "1,5"]]).text();
    assert.equal(text.replace("\ufeff", ""), `"a","b""c"\r\n"'@x","1,5"\r\n`);
  });
});
