import assert from "node:assert/strict";
import { describe, it } from "node:test";

import "./browser-globals.js";

const { interpretSearch } = await import("../../service/web_ui/static/views/factories/filters.js");
const { spreadMonths } = await import("../../service/web_ui/static/views/factories/month-table.js");
const { readSort, writeSort } =
  await import("../../service/web_ui/static/views/factories/quota-sort.js");
const { pivotByPeriod } =
  await import("../../service/web_ui/static/views/factories/sheet-tables.js");
const { computeLabourHours } =
  await import("../../service/web_ui/static/views/factories/quota-sheet.js");
const { formatOnScale, roundToScale } =
  await import("../../service/web_ui/static/views/shared/scale.js");
const { listNames } = await import("../../service/web_ui/static/lib/print.js");
const { listParties } = await import("../../service/web_ui/static/views/factories/parties.js");
const { getCellKey, groupShortages, mergeShortages } =
  await import("../../service/web_ui/static/views/bottlenecks/shortage-groups.js");
const { rankShares } = await import("../../service/web_ui/static/views/compare.js");
const { sortByChange } = await import("../../service/web_ui/static/views/shared/comparison.js");
const { createScenarioId } =
  await import("../../service/web_ui/static/views/shared/scenario-form.js");
const { createProvinceId, wrapProblem } =
  await import("../../service/web_ui/static/views/start/province-upload.js");
const { hasRole } = await import("../../service/web_ui/static/views/approval/roles.js");
const { selectLatestPlan } = await import("../../service/web_ui/static/lib/plans.js");
const { countLines } = await import("../../service/web_ui/static/lib/chart.js");

describe("quotas with the months across", () => {
  const line = { factory: "f", item: "soap", recipe: "", kwh: 2 };

  it("have one row for each line, and nothing where there is no quota", () => {
    const rows = [
      { ...line, period: "1", quantity: 5, before: 3 },
      { ...line, period: "3", quantity: 0, before: null },
      { ...line, recipe: "b", period: "1", quantity: 7 },
    ];
    const [first, second, ...more] = spreadMonths(/** @type {any[]} */ (rows), ["1", "2", "3"]);
    assert.deepEqual(more, []);
    assert.deepEqual([first["1"], first["2"], first["3"]], [5, null, 0]);
    assert.deepEqual([first.quantity, first.kwh, first.before], [5, 4, { 1: 3, 3: null }]);
    assert.deepEqual([second.recipe, second.quantity], ["b", 7]);
  });

  it("are downloaded by factory where the API cannot sort by a column", () => {
    assert.equal(writeSort({ field: "2002-03", isDescending: true }), "-factory");
    assert.equal(writeSort({ field: "kwh", isDescending: true }), "-kwh");
    assert.deepEqual(readSort("-kwh"), { field: "kwh", isDescending: true });
  });
});

describe("interpretSearch", () => {
  const rows = [
    { item: "soap", itemWords: "soap 비누", factory: "f1", factoryWords: "f1 hyesan works" },
    { item: "laundry", itemWords: "laundry soap", factory: "f2", factoryWords: "f2 kapsan works" },
  ];
  /** @param {string} text */
  const search = (text) => {
    const { items, factories } = interpretSearch(text, rows);
    return [items && [...items], factories && [...factories]];
  };

  it("matches everything without words", () => assert.deepEqual(search("  "), [null, null]));

  it("prefers items that match all words", () => {
    assert.deepEqual(search("Laundry SOAP"), [["laundry"], null]);
    assert.deepEqual(search("kapsan works"), [null, ["f2"]]);
  });

  it("combines words for items and for factories", () => {
    assert.deepEqual(search("hyesan soap"), [["soap", "laundry"], ["f1"]]);
  });

  it("matches nothing if a word is unknown", () => assert.deepEqual(search("zzz"), [null, []]));
});

describe("paper", () => {
  it("orders nothing that no scale can weigh, and nothing but whole pieces", () => {
    const [kg, tonne, piece] = [
      { unit: "kg" },
      { unit: "tonne" },
      { unit: "piece", whole_units: true },
    ];
    assert.equal(roundToScale(0.0182, kg), 0);
    assert.equal(roundToScale(0.26, kg), 0.3);
    assert.equal(roundToScale(0.00182, tonne), 0.002);
    assert.equal(roundToScale(2.6, piece), 3);
    assert.equal(formatOnScale(0, kg), "·");
    assert.equal(formatOnScale(0.3, kg), "0.3");
    assert.equal(formatOnScale(1234.5, kg), "1,235");
  });

  it("lists the sources of an item, the largest first and small ones together", () => {
    const deliveries = {
      item: ["soap", "soap", "soap", "soap", "oil"],
      source: ["factory", "centre", "factory", "stock", "centre"],
      from: ["works", "gate", "works", "town", "gate"],
      period: ["1", "1", "2", "1", "2"],
      quantity: [100, 500, 299, 1, 3],
    };
    const parties = listParties(deliveries, "from");
    /** @param {string} item */
    const list = (item) =>
      parties.get(item)?.map((one) => ({ ...one, byPeriod: [...one.byPeriod] }));
    assert.deepEqual(list("soap"), [
      { kind: "centre", id: "gate", quantity: 500, byPeriod: [["1", 500]] },
      {
        kind: "factory",
        id: "works",
        quantity: 399,
        byPeriod: [
          ["1", 100],
          ["2", 299],
        ],
      },
      { kind: "others", id: "", quantity: 1, byPeriod: [["1", 1]] },
    ]);
    assert.deepEqual(list("oil"), [
      { kind: "centre", id: "gate", quantity: 3, byPeriod: [["2", 3]] },
    ]);
  });

  it("names a thing in the language of the page first", () => {
    const thing = { id: "a", name: "Hall", local_name: "회관" };
    assert.deepEqual(listNames(thing, "a"), {
      first: "Hall",
      second: { text: "회관", language: "ko" },
    });
    assert.deepEqual(listNames({ id: "a" }, "a"), { first: "a", second: null });
    assert.deepEqual(listNames(undefined, "–"), { first: "–", second: null });
  });
});

describe("tables", () => {
  it("adds up values of the same row and period", () => {
    const sums = pivotByPeriod(["a", "a", "b", "a"], ["1", "2", "1", "1"], [1, 2, 3, 4]);
    assert.deepEqual(
      [...(sums.get("a") ?? [])],
      [
        ["1", 5],
        ["2", 2],
      ],
    );
    assert.equal(sums.get("b")?.get("1"), 3);
  });

  it("sums the labour of a factory by month", () => {
    const byBran = { item: "b", recipe: "from bran", labour_hours_per_unit: 1 };
    const lines = [{ item: "a", labour_hours_per_unit: 0.5 }, { item: "b" }, byBran];
    const quotas = {
      item: ["a", "b", "a", "b"],
      recipe: ["", "", "", "from bran"],
      period: ["1", "1", "2", "2"],
      quantity: [10, 7, 4, 3],
    };
    assert.deepEqual(
      [...computeLabourHours({ id: "f", lines }, quotas)],
      [
        ["1", 5],
        ["2", 5],
      ],
    );
  });

  it("puts the greatest range of shares first", () => {
    const plans = [
      [
        { key: "a", share: 1 },
        { key: "b", share: 0.5 },
      ],
      [{ key: "a", share: 0.9 }],
    ];
    assert.deepEqual(rankShares(plans), [
      { key: "b", shares: [0.5, null] },
      { key: "a", shares: [1, 0.9] },
    ]);
  });

  it("sorts differences without changing the argument", () => {
    const rows = [
      { key: "a", before: 1, after: 1.1 },
      { key: "b", before: 1, after: 0 },
    ];
    assert.deepEqual(
      sortByChange(rows).map(({ key }) => key),
      ["b", "a"],
    );
    assert.equal(rows[0].key, "a");
  });
});

describe("identifiers", () => {
  it("of scenarios are unique", () => {
    assert.equal(createScenarioId("Less power!", []), "less-power");
    assert.equal(createScenarioId("Less power", ["less-power", "less-power-2"]), "less-power-3");
    assert.equal(createScenarioId("적은 전력", []), "scenario");
    assert.equal(createScenarioId("x".repeat(99), []).length, 60);
  });

  it("of provinces come from file names", () => {
    assert.equal(createProvinceId("Two Counties.json"), "two-counties");
    assert.equal(createProvinceId(".hidden — 1.xlsx"), "hidden-1");
  });
});

describe("wrapProblem", () => {
  it("wraps a problem and nothing else", async () => {
    assert.equal(await wrapProblem('{"periods":[]}').text(), '{"problem": {"periods":[]}}');
    for (const text of ['{"problem":{}}', "[1]", "{ no", "null"]) {
      assert.equal(await wrapProblem(text).text(), text);
    }
  });
});

describe("hasRole", () => {
  const plan = { source: { province: "mine" } };
  /** @param {string} province @param {string} role @returns {Principal} */
  const caller = (province, role) => ({
    caller: "x",
    authentication: "on",
    grants: [{ province, role }],
  });

  it("needs a sufficient role in the province", () => {
    assert.ok(hasRole(caller("mine", "bureau"), plan, ["bureau", "admin"]));
    assert.ok(hasRole(caller("*", "admin"), plan, ["admin"]));
    assert.ok(!hasRole(caller("mine", "reader"), plan, ["bureau"]));
    assert.ok(!hasRole(caller("other", "bureau"), plan, ["bureau"]));
    assert.ok(hasRole(caller("other", "bureau"), { source: { province: null } }, ["bureau"]));
  });

  it("is not needed without authentication", () => {
    const anyone = /** @type {Principal} */ ({ caller: "", authentication: "off", grants: [] });
    assert.ok(hasRole(anyone, plan, ["admin"]));
  });
});

describe("selectLatestPlan", () => {
  /** @param {string} id @param {string} status @param {number|null} share @returns {any} */
  const plan = (id, status, share) => ({ id, status, served_share: share });
  const plans = [
    plan("new", "running", null),
    plan("failed", "finished", null),
    plan("good", "finished", 0.9),
    plan("old", "finished", 0.8),
  ];

  it("prefers the plan shown last, then a plan with figures", () => {
    assert.equal(selectLatestPlan(plans, "old"), "old");
    assert.equal(selectLatestPlan(plans, "new"), "good");
    assert.equal(selectLatestPlan(plans.slice(0, 2), null), "failed");
    assert.equal(selectLatestPlan(plans.slice(0, 1), null), null);
  });
});

describe("countLines", () => {
  it("breaks lines where an item does not fit", () => {
    assert.equal(countLines([40, 40, 40], 100), 2);
    assert.equal(countLines([150, 10], 100), 2);
    assert.equal(countLines([], 100), 1);
  });
});

const needs = {
  county: ["a", "a", "a", "b", "b"],
  item: ["x", "x", "z", "y", "x"],
  period: ["1", "2", "1", "1", "1"],
  demand: [4, 4, 7.4, 100, 10000],
  served: [0, 6, 7, 97, 9999],
  shortage: [4, 2, 0.4, 3, 1],
};
const needIndex = {
  getValue: (/** @type {string} */ item) => (item === "y" ? 2 : 1),
  isWhole: (/** @type {string} */ item) => item === "z",
};
const everything = { county: null, item: null, period: null };

describe("mergeShortages", () => {
  it("adds what another plan lacks, also where this plan lacks nothing any more", () => {
    const ended = { ...needs, served: [4, 8, 7.4, 97, 9990], shortage: [0, 0, 0, 3, 10] };
    const [now, before] = [ended, needs].map((one) =>
      groupShortages(one, needIndex, everything, null),
    );
    const merged = mergeShortages(now, before);
    assert.deepEqual(
      merged.map(({ key, shortage, before: was }) => [key, shortage, was]),
      [
        ["x", 10, 2],
        ["y", 3, 3],
      ],
    );
    assert.deepEqual(
      merged[0].parts.map(({ key, shortage, before: was, parts }) => [
        key,
        shortage,
        was,
        parts.length,
      ]),
      [
        ["b", 10, 0, 1],
        ["a", 0, 2, 2],
      ],
    );
    assert.deepEqual(
      merged[0].parts[1].parts.map(({ key, shortage, before: was }) => [key, shortage, was]),
      [
        ["1", 0, 4],
        ["2", 0, 2],
      ],
    );
  });
});

describe("groupShortages", () => {
  it("merges months and counties of a good, the greatest value first", () => {
    const groups = groupShortages(needs, needIndex, everything, null);
    assert.deepEqual(
      groups.map(({ key, shortage, value }) => [key, shortage, value]),
      [
        ["y", 3, 6],
        ["x", 2, 2], // served in the second month: what no month serves is short over the plan
      ],
    );
    assert.deepEqual(
      groups[1].parts[0].parts.map(({ key, shortage }) => [key, shortage]),
      [
        ["1", 4],
        ["2", 2],
      ],
    );
  });

  it("counts the shortage of a month if a month is selected", () => {
    const groups = groupShortages(needs, needIndex, { ...everything, period: "1" }, null);
    assert.deepEqual(
      groups.map(({ key, shortage }) => [key, shortage]),
      [
        ["y", 3],
        ["x", 4],
      ],
    );
  });

  it("keeps the shortages that a limit causes", () => {
    const cells = new Set([getCellKey({ county: "a", item: "x", period: "2" })]);
    const groups = groupShortages(needs, needIndex, everything, cells);
    assert.deepEqual(
      groups.map(({ key, shortage, parts }) => [key, shortage, parts.length]),
      [["x", 2, 1]],
    );
  });
});
