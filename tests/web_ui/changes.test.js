import assert from "node:assert/strict";
import { describe, it } from "node:test";

import "./browser-globals.js";

const { formatShortChange, isChanged } = await import("../../service/web_ui/static/lib/changes.js");
const { ProblemIndex } = await import("../../service/web_ui/static/lib/problem-index.js");
const { compareQuotas } =
  await import("../../service/web_ui/static/views/factories/compared-quotas.js");
const { buildQuotaRows } =
  await import("../../service/web_ui/static/views/factories/quota-rows.js");

describe("isChanged", () => {
  it("takes noise of the solver for no change", () => {
    assert.equal(isChanged(100, 100.04), false);
    assert.equal(isChanged(100, 100.06), true);
    assert.equal(isChanged(3, 3.4, true), false);
    assert.equal(isChanged(0, 0), false);
    assert.equal(formatShortChange(100.01, 100), "·");
    assert.equal(formatShortChange(90, 100), "−10");
    assert.equal(formatShortChange(null, 100), "–");
  });
});

/** @param {string[]} lines items that the factory makes @param {string} unit unit of soap @param {string[]} periods */
const buildProblem = (lines, unit, periods) =>
  new ProblemIndex(
    /** @type {any} */ ({
      periods,
      items: [
        { id: "soap", unit, value: 2 },
        { id: "bread", value: 1 },
      ],
      factories: [{ id: "works", lines: lines.map((item) => ({ item })) }],
    }),
  );

/** @param {[string, string, number][]} rows item, period and units @returns {Columns} */
const buildTable = (rows) => ({
  factory: rows.map(() => "works"),
  item: rows.map(([item]) => item),
  recipe: rows.map(() => ""),
  period: rows.map(([, period]) => period),
  quantity: rows.map(([, , quantity]) => quantity),
  kwh: rows.map(() => 1),
  price: rows.map(() => 1),
});

describe("compareQuotas", () => {
  const problem = buildProblem(["soap", "bread"], "piece", ["p1", "p2"]);
  const rows = buildQuotaRows(
    buildTable([
      ["soap", "p1", 10],
      ["bread", "p1", 5],
    ]),
    problem,
  );
  /** @param {[string, string, number][]} table @param {InstanceType<typeof ProblemIndex>} other */
  const compare = (table, other) => {
    const { rows: compared, missing } = compareQuotas(rows, problem, buildTable(table), other);
    return [
      compared.map((row) => [row.item, row.period, row.quantity, row.before, row.change]),
      missing,
    ];
  };

  it("takes a quota that one of the plans does not list for 0", () => {
    assert.deepEqual(
      compare(
        [
          ["soap", "p1", 8],
          ["soap", "p2", 3],
        ],
        problem,
      ),
      [
        [
          ["soap", "p1", 10, 8, 2],
          ["bread", "p1", 5, 0, 5],
          ["soap", "p2", 0, 3, -3],
        ],
        0,
      ],
    );
  });

  it("compares nothing where a problem has no such line, period or unit", () => {
    const other = buildProblem(["soap"], "kg", ["p1", "p3"]);
    assert.deepEqual(
      compare(
        [
          ["soap", "p1", 8],
          ["bread", "p3", 4],
        ],
        other,
      ),
      [
        [
          ["soap", "p1", 10, null, null],
          ["bread", "p1", 5, null, null],
        ],
        1,
      ],
    );
  });
});
