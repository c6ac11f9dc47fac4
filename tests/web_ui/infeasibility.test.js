import assert from "node:assert/strict";
import { describe, it } from "node:test";

import "./browser-globals.js";

const { setTexts } = await import("../../service/web_ui/static/lib/i18n.js");
const { ProblemIndex } = await import("../../service/web_ui/static/lib/problem-index.js");
const { describeRelaxation, describeRule } =
  await import("../../service/web_ui/static/lib/infeasibility.js");
const { default: english } = await import("../../service/web_ui/static/i18n/en.js");
const { default: korean } = await import("../../service/web_ui/static/i18n/ko.js");

const problem = /** @type {any} */ ({
  periods: ["2002-01"],
  items: [{ id: "soap", name: "Soap", local_name: "비누", unit: "piece" }],
  counties: [{ id: "hyesan", name: "Hyesan City", local_name: "혜산시" }],
  factories: [{ id: "works", name: "Works" }],
});
const index = new ProblemIndex(problem);

/** @type {ConflictingRule} */
const closing = {
  rule: "stock_least",
  where: { place: "hyesan", item: "soap", period: "2002-01" },
  text: "The stock of soap in hyesan has a minimum. At least 900,000,000 piece.",
  relaxation: 899_000_000,
  unit: "piece",
  side: "at_least",
  limit: 900_000_000,
};

describe("limits in conflict", () => {
  it("are described by names, without exponents", () => {
    setTexts("en", english);
    assert.equal(
      describeRule(closing, index),
      "Minimum stock, Hyesan City, Soap, January 2002: at least 900,000,000\u00a0pieces",
    );
    assert.equal(
      describeRelaxation(closing, index),
      "Minimum stock, Hyesan City, Soap, January 2002: 1,000,000\u00a0pieces instead of 900,000,000\u00a0pieces",
    );
  });

  it("are raised where they are a maximum", () => {
    setTexts("en", english);
    const store = {
      ...closing,
      rule: "store",
      where: { place: "hyesan", period: "2002-01" },
      side: /** @type {const} */ ("at_most"),
      limit: 0,
      relaxation: 0.25,
      unit: "tonne",
    };
    assert.equal(
      describeRelaxation(store, index),
      "Store capacity, Hyesan City, January 2002: 0.25\u00a0t instead of 0\u00a0t",
    );
  });

  it("are described in Korean too", () => {
    setTexts("ko", korean);
    assert.equal(
      describeRule(closing, index),
      "최소 재고, 혜산시, 비누, 2002년 1월: 최소 900,000,000\u00a0개",
    );
  });

  it("without a limit to set have no amount", () => {
    setTexts("en", english);
    const balance = {
      ...closing,
      rule: "balance",
      side: /** @type {const} */ ("at_most"),
      limit: 0,
    };
    assert.equal(describeRule(balance, index), "Balance, Hyesan City, Soap, January 2002");
    assert.match(describeRelaxation(balance, index), /relaxed by 899,000,000/);
  });

  it("of earlier versions show the text of the service", () => {
    assert.equal(describeRule({ ...closing, side: null, limit: null }, index), closing.text);
  });
});
