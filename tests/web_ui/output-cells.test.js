import assert from "node:assert/strict";
import { describe, it } from "node:test";

const { assignPastedCells, readAmount, writeForm } =
  await import("../../service/web_ui/static/views/approval/output-cells.js");

const ITEMS = [
  { id: "soap", names: ["soap", "Washing soap", "빨래비누"] },
  { id: "oil", names: ["oil", "Oil", "기름"] },
  { id: "salt", names: ["salt", "Salt", "소금"] },
];

describe("readAmount", () => {
  it("reads numbers as people write them, and nothing else", () => {
    assert.equal(readAmount(" 1,234.5 "), 1234.5);
    assert.equal(readAmount("1 234"), 1234);
    assert.equal(readAmount("0"), 0);
    for (const text of ["", "-3", "many", "1e3", "."]) assert.equal(readAmount(text), null);
  });
});

describe("assignPastedCells", () => {
  it("fills a column downwards from the item in focus", () => {
    const amounts = assignPastedCells("5\r\n7\r\n9\r\n", ITEMS, "oil");
    assert.deepEqual(Object.fromEntries(amounts), { oil: "5", salt: "7" });
  });

  it("finds items by their names in either language, in any order", () => {
    const amounts = assignPastedCells(
      "소금\tkg\t1,200\nwashing SOAP\tkg\t3\nTea\tkg\t4",
      ITEMS,
      "oil",
    );
    assert.deepEqual(Object.fromEntries(amounts), { salt: "1200", soap: "3" });
  });
});

describe("writeForm", () => {
  it("has the columns that the service reads", () => {
    const line = { factory: "a,b", item: "soap", period: "2002-01", quantity: 3 };
    assert.equal(
      writeForm([line]),
      '\ufefffactory,item,period,quantity\r\n"a,b",soap,2002-01,3\r\n',
    );
  });
});
