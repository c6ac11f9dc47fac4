import assert from "node:assert/strict";
import { describe, it } from "node:test";

import "./browser-globals.js";
import { PROBLEM, createFactor } from "./study-problem.js";

const { listFactorKinds } = await import("../../service/web_ui/static/views/study/factor-kinds.js");
const { parseTypedValues, writeFirstValues } =
  await import("../../service/web_ui/static/views/study/observed-values.js");
const { buildStudyRequest, createStudyForm } =
  await import("../../service/web_ui/static/views/study/request.js");

describe("the request of a study", () => {
  const kinds = listFactorKinds(PROBLEM);

  it("states what was typed, what moves together, and further draws", () => {
    const form = createStudyForm(kinds, PROBLEM, 1);
    form.factors = [
      createFactor({ shape: "empirical", typed: "82 95 101" }),
      createFactor({ key: "b", kind: "rail", where: "", shape: "list", typed: "50: 20, 100: 80" }),
      createFactor({ key: "c", kind: "people", where: "", shape: "list", typed: "95, 105" }),
    ];
    form.correlations = [
      { first: "a", second: "b", value: 0.8 },
      { first: "a", second: "removed", value: 0.5 },
    ];
    form.adaptive = { maxRuns: 16, width: 0.01, limit: "1000" };
    const request = buildStudyRequest(form, kinds, { plan: "p", problem: PROBLEM });
    assert.deepEqual(
      request.factors.map((/** @type {any} */ one) => one.distribution),
      [
        { kind: "empirical", values: [0.82, 0.95, 1.01] },
        { kind: "list", values: [0.5, 1], probabilities: [0.2, 0.8] },
        { kind: "list", values: [0.95, 1.05] },
      ],
    );
    assert.deepEqual(request.rank_correlation, [{ factors: ["power-hyesan", "rail"], value: 0.8 }]);
    assert.deepEqual(request.adaptive, { max_runs: 16, width: 0.01, threshold: 1000 });
    form.adaptive = null;
    assert.ok(!("adaptive" in buildStudyRequest(form, kinds, { plan: "p", problem: PROBLEM })));
  });
});

describe("typed values", () => {
  it("are read in per cent, with chances where they may have them", () => {
    assert.deepEqual(parseTypedValues("82, 95;101 %", false, 2).values, [0.82, 0.95, 1.01]);
    const list = parseTypedValues("82 : 20, 95:80", true, 2);
    assert.deepEqual([list.values, list.chances, list.problem], [[0.82, 0.95], [0.2, 0.8], null]);
    assert.equal(parseTypedValues("82 95", true, 2).chances, null);
  });

  it("tell what is wrong with them", () => {
    /** @param {string} text @param {boolean} hasChances */
    const find = (text, hasChances) => parseTypedValues(text, hasChances, 1.2).problem;
    for (const text of ["", "x", "-5", "82: 20", "1e3"]) {
      assert.equal(find(text, false), "study.values-unread", text);
    }
    assert.equal(find("82: 20: 5", true), "study.list-unread");
    assert.equal(find("82: 20, 95", true), "study.list-unread");
    assert.equal(find("100 125", false), "study.values-beyond");
    assert.equal(find("82: 20, 95: 70", true), "study.chances-sum");
    assert.equal(find("82: 33.3, 95: 33.3, 100: 33.4", true), null);
  });

  it("begin with the range and the plan", () => {
    for (const shape of /** @type {const} */ (["empirical", "list"])) {
      const text = writeFirstValues(shape, { low: 0.75, high: 1.25 });
      const { values, problem } = parseTypedValues(text, shape === "list", 2);
      assert.deepEqual([values, problem], [[0.75, 1, 1.25], null]);
    }
  });
});
