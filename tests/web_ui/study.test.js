import assert from "node:assert/strict";
import { describe, it } from "node:test";

import "./browser-globals.js";
import { PROBLEM, createFactor } from "./study-problem.js";

const { moveEnd } = await import("../../service/web_ui/static/views/study/factor-editor.js");
const { listFactorKinds } = await import("../../service/web_ui/static/views/study/factor-kinds.js");
const { computeFan } = await import("../../service/web_ui/static/views/study/fan-chart.js");
const {
  collectBoxes,
  computeFailures,
  computeQuantile,
  isFailed,
  listRows,
  orderDrivers,
  orderFactors,
  splitColumns,
  sumRegret,
} = await import("../../service/web_ui/static/views/study/figures.js");
const { listRanges } = await import("../../service/web_ui/static/views/study/bounds-panel.js");
const { buildBand, createScale, findRange, listTicks } =
  await import("../../service/web_ui/static/views/study/geometry.js");
const { describeOutcome, describeThreshold, formatOutcome, splitOutcome } =
  await import("../../service/web_ui/static/views/study/outcome-names.js");
const {
  buildBacktestRequest,
  buildStudyRequest,
  createBacktestForm,
  createStudyForm,
  nameChoices,
} = await import("../../service/web_ui/static/views/study/request.js");
const { findEnds, groupRanges } =
  await import("../../service/web_ui/static/views/briefing/range-figures.js");
const { setTexts } = await import("../../service/web_ui/static/lib/i18n.js");
const texts = await import("../../service/web_ui/static/i18n/en-study.js");

describe("kinds of factors", () => {
  const kinds = listFactorKinds(PROBLEM);

  it("are those that the problem has something for", () => {
    assert.deepEqual(
      kinds.map(({ id }) => id),
      ["power", "deliveries", "rail", "machines", "people", "neighbours"],
    );
    assert.deepEqual(kinds[0].places, ["hyesan"]);
  });

  it("have ranges that no share passes", () => {
    const [, deliveries, , machines] = kinds;
    assert.equal(deliveries.most, 1);
    assert.equal(machines.most, 1.42);
    assert.deepEqual(listFactorKinds({ periods: [] }), []);
  });
});

describe("ranges of bounds", () => {
  it("run from the least to the greatest draw", () => {
    const runs = [{ power: 0.9 }, { power: 0.7 }, { power: 1.1 }];
    assert.deepEqual(listRanges(runs, ["power"]), [{ name: "power", low: 0.7, high: 1.1 }]);
  });
});

describe("the request of a study", () => {
  const kinds = listFactorKinds(PROBLEM);

  it("states plain factors, priorities, and a threshold below the plan", () => {
    const form = createStudyForm(kinds, PROBLEM, 0.837);
    const request = buildStudyRequest(form, kinds, { plan: "p", problem: PROBLEM });
    assert.deepEqual(request.base, { plan: "p" });
    assert.deepEqual(request.factors[0], {
      name: "power",
      changes: [{ what: "power_limit" }],
      distribution: { kind: "uniform", low: 0.75, high: 1.25 },
    });
    assert.deepEqual(
      request.factors.map((/** @type {any} */ one) => one.name),
      ["power", "deliveries", "rail"],
    );
    assert.deepEqual(request.outcomes, [
      { outcome: "served_share", of: { priority: [1] } },
      { outcome: "served_share", of: { priority: [2] } },
    ]);
    assert.deepEqual(request.thresholds, [{ outcome: "served_share", least: 0.8 }]);
    assert.equal(request.fidelity, "month");
  });

  it("states places, shapes and levers, with a name for each", () => {
    const form = createStudyForm(kinds, PROBLEM, 1);
    form.factors = [
      createFactor({ low: 0.5, high: 0.9, shape: "triangular" }),
      createFactor({ low: 1, high: 1 }),
    ];
    form.levers = [{ kind: "rail", where: "", factor: 1.2 }];
    form.thresholds = [{ of: "county:kapsan", least: 0.6 }];
    const request = buildStudyRequest(form, kinds, { plan: "p", problem: PROBLEM });
    assert.deepEqual(request.factors[0].changes, [{ what: "power_limit", where: "hyesan" }]);
    assert.deepEqual(request.factors[0].distribution, {
      kind: "triangular",
      low: 0.5,
      mode: 0.9,
      high: 0.9,
    });
    assert.equal(request.factors[1].name, "power-hyesan-2");
    assert.deepEqual(request.levers, [
      { name: "rail", changes: [{ what: "rail_tonnes", factor: 1.2 }] },
    ]);
    assert.deepEqual(request.thresholds[0].of, { county: ["kapsan"] });
  });

  it("names are short enough to be identifiers", () => {
    const [name] = nameChoices([{ kind: "power", where: "x".repeat(100) }]);
    assert.ok(name.length <= 100);
  });

  it("of a backtest states ways of planning and their horizon", () => {
    const form = { ...createBacktestForm(kinds, PROBLEM), isShort: true, policies: ["once"] };
    const request = buildBacktestRequest(form, kinds, "p");
    assert.deepEqual(request.policies, [
      {
        name: "once",
        replan_every: null,
        forecast: "base",
        horizon: { months: 3, then: "quarters" },
      },
    ]);
    assert.deepEqual(request.paths, { count: 20, seed: 1, persistence: 0.5 });
  });

  it("a range never turns round", () => {
    assert.deepEqual(moveEnd({ low: 0.5, high: 0.8 }, "low", 0.9), { low: 0.9, high: 0.9 });
    assert.deepEqual(moveEnd({ low: 0.5, high: 0.8 }, "high", 0.4), { low: 0.4, high: 0.4 });
  });
});

describe("scales and paths", () => {
  it("map values to pixels, also a single value", () => {
    assert.equal(createScale(0, 2, 10, 30).map(1), 20);
    assert.equal(createScale(3, 3, 0, 10).map(3), 5);
    assert.equal(createScale(0, 0, 0, 10).map(0), 5);
  });

  it("have round ticks within the range", () => {
    assert.deepEqual(listTicks(0.13, 0.47, 4), [0.2, 0.3, 0.4]);
    assert.deepEqual(listTicks(0, 1000, 5), [0, 200, 400, 600, 800, 1000]);
    assert.deepEqual(listTicks(5, 5, 4), [5]);
  });

  it("have some room and leave out what is no number", () => {
    assert.deepEqual(findRange([1, null, 3], 0.5), [0, 4]);
    assert.deepEqual(findRange([null]), [0, 1]);
  });

  it("run round a band", () => {
    const upper = [
      { x: 0, y: 1 },
      { x: 5, y: 2 },
    ];
    const lower = [
      { x: 0, y: 3 },
      { x: 5, y: 4.123 },
    ];
    assert.equal(buildBand(upper, lower), "M0 1L5 2L5 4.12L0 3Z");
  });

  it("draw a fan of one month as wide as the chart", () => {
    const row = { period: "1", p10: 0.1, p25: 0.2, p50: 0.3, p75: 0.4, p90: 0.5 };
    const identity = (/** @type {number} */ value) => value;
    assert.deepEqual(computeFan([row], identity, identity).p90, [
      { x: -0.5, y: 0.5 },
      { x: 0.5, y: 0.5 },
    ]);
    assert.equal(computeFan([row, row, row], identity, identity).p50[2].x, 2);
  });
});

describe("figures of a study", () => {
  const runs = listRows({
    run: [0, 1, 2, 3, 4, 5, 6, 7],
    lever: Array(8).fill("base"),
    power: [1, 2, 3, 4, 5, 6, 7, 8],
    outcome: Array(8).fill("optimal"),
    served_share: [0.1, 0.3, 0.5, 0.5, 0.5, 0.5, 0.7, 0.9],
    fidelity: Array(8).fill("month"),
  });

  it("splits the columns of runs", () => {
    assert.deepEqual(splitColumns(Object.keys(runs[0]), ["power"], ["served_share", "objective"]), {
      factors: ["power"],
      outcomes: ["served_share"],
    });
  });

  it("puts the strongest driver first, with the outcome at both of its ends", () => {
    const row = { outcome: "served_share", first_order: 0.1, total_error: 0.02 };
    const drivers = orderDrivers(
      [
        { ...row, factor: "rail", total: 0.2 },
        { ...row, factor: "power", total: 0.9 },
      ],
      runs,
      "served_share",
    );
    assert.deepEqual(
      drivers.map(({ factor }) => factor),
      ["power", "rail"],
    );
    const names = ["rail", "power"];
    assert.deepEqual(orderFactors(names, [{ ...row, factor: "power", total: 0.9 }]), [
      "power",
      "rail",
    ]);
    assert.equal(drivers[0].low, 0.2);
    assert.equal(drivers[0].high, 0.8);
  });

  it("counts a run without a plan as a failure", () => {
    const rows = listRows({
      run: [0, 1, 2, 0, 9],
      county: ["a", "a", "a", "b", "a"],
      served_share: [0.5, 0.9, null, 0.6, 0],
    });
    const failures = computeFailures(rows, new Set([0, 1, 2]), 0.6);
    assert.deepEqual(
      [...failures],
      [
        ["a", 2 / 3],
        ["b", 0],
      ],
    );
    assert.ok(isFailed({ served_share: null }, { outcome: "served_share", least: 0.5 }));
    assert.ok(isFailed({ objective: 5 }, { outcome: "objective", most: 4 }));
    assert.ok(!isFailed({ served_share: 0.5 }, { outcome: "served_share", least: 0.5 }));
  });
});

describe("boxes and regret", () => {
  it("collects the sides of each box", () => {
    const row = { least: 0.5, greatest: 0.7, coverage: 0.8, density: 0.9 };
    const boxes = collectBoxes([
      { ...row, box: 2, factor: "rail" },
      { ...row, box: 1, factor: "power" },
      { ...row, box: 1, factor: "rail", least: 0 },
    ]);
    assert.deepEqual(
      boxes.map(({ number, sides }) => [number, [...sides]]),
      [
        [
          1,
          [
            ["power", [0.5, 0.7]],
            ["rail", [0, 0.7]],
          ],
        ],
        [2, [["rail", [0.5, 0.7]]]],
      ],
    );
  });

  it("sums up the regret of levers, the least first", () => {
    const rows = listRows({
      lever: ["base", "base", "more", "more", "more"],
      draw: [0, 1, 0, 1, 2],
      regret: [4, 0, 0, 1, null],
    });
    const [more, base] = sumRegret(rows);
    assert.deepEqual([more.lever, more.mean, more.missing], ["more", 0.5, 1]);
    assert.deepEqual([base.mean, base.greatest, base.bestShare], [2, 4, 0.5]);
  });

  it("interpolates quantiles", () => {
    assert.equal(computeQuantile([1, 2, 3], 0.5), 2);
    assert.equal(computeQuantile([1, 2], 0.25), 1.25);
    assert.equal(computeQuantile([], 0.5), 0);
  });
});

describe("names of outcomes", () => {
  setTexts("en", texts.default);
  const names = { hyesan: "Hyesan", kapsan: "Kapsan" };
  const problemIndex = /** @type {any} */ ({
    periods: [],
    getName: (/** @type {keyof typeof names} */ id) => names[id] ?? id,
  });

  it("are split as the service joins them", () => {
    assert.deepEqual(splitOutcome("periods_below 0.8 of county hyesan or kapsan"), {
      name: "periods_below",
      below: 0.8,
      of: "county hyesan or kapsan",
    });
  });

  it("name counties and priorities", () => {
    assert.equal(
      describeOutcome(problemIndex, "served_share of priority 1, county hyesan or kapsan"),
      "Served share, priority 1, Hyesan, Kapsan",
    );
    assert.equal(describeOutcome(problemIndex, "served_share"), "Served share, all needs");
    assert.equal(
      describeThreshold(problemIndex, "served_share of priority 1 < 0.6"),
      "Served share, priority 1: below 60.0%",
    );
  });

  it("go with their units", () => {
    assert.equal(formatOutcome("served_share of priority 1", 0.5), "50.0%");
    assert.equal(formatOutcome("periods_below 0.8", 3), "3");
    assert.equal(formatOutcome("objective", null), "–");
  });
});

describe("ranges of a plan", () => {
  it("have an end between what was found and what is proved", () => {
    const range = { least: null, least_found: 0.4, least_bound: 0.3, greatest: 0.6 };
    assert.deepEqual(findEnds(/** @type {any} */ (range)), [[0.3, 0.4], [0.6]]);
    const open = { ...range, least_bound: null };
    assert.deepEqual(findEnds(/** @type {any} */ (open)), [[null, 0.4], [0.6]]);
  });

  it("share the ends of their bars where they share a unit", () => {
    const of = (/** @type {string} */ county) => ({ county: [county] });
    const range = { measure: "served_share", slack: 0.01, here: 0.5, unit: "" };
    const open = { greatest: null, greatest_found: 0.7, greatest_bound: 0.9 };
    /** @type {any[]} */
    const found = [
      { ...range, of: of("a"), least: 0.4, greatest: 0.6 },
      { ...range, of: of("a"), slack: 0.1, least: 0.2, ...open },
      { ...range, of: of("b"), least: 0.45, greatest: 0.8 },
      { ...range, measure: "power_used", of: null, least: 1, here: 2, greatest: 3, unit: "kWh" },
    ];
    const groups = groupRanges(found);
    assert.deepEqual(
      groups.map(({ low, high, ranges }) => [low, high, ranges.length]),
      [
        [0.2, 0.9, 2],
        [0.2, 0.9, 1],
        [1, 3, 1],
      ],
    );
  });
});
