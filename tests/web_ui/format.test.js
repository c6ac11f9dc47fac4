import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";

import { setBrowserLanguages } from "./browser-globals.js";

const format = await import("../../service/web_ui/static/lib/format.js");
const { setTexts } = await import("../../service/web_ui/static/lib/i18n.js");

const TEXTS = {
  "format.won": "{amount} won",
  "format.weighted-won": "{amount} weighted won",
  "format.no-change": "no change",
  "format.nothing": "nothing",
  "format.seconds": "{n} s",
  "unit.piece": "pieces",
};

beforeEach(() => {
  setBrowserLanguages("en-GB");
  setTexts("en", TEXTS);
});

describe("formatNumber", () => {
  it("gives three significant digits", () => {
    const cases = /** @type {[number, string][]} */ ([
      [0, "0"],
      [1234567.8, "1,234,568"],
      [123.4, "123"],
      [12.345, "12.3"],
      [1.2345, "1.23"],
      [0.012345, "0.0123"],
      [1e-9, "0"],
      [-12.345, "-12.3"],
    ]);
    for (const [value, text] of cases) assert.equal(format.formatNumber(value), text);
  });

  it("writes a dash without a number", () => {
    for (const value of [null, undefined, NaN, Infinity]) {
      assert.equal(format.formatNumber(value), "–");
    }
  });

  it("uses the locale of the browser", () => {
    setBrowserLanguages("de-DE");
    assert.equal(format.formatNumber(166087.4), "166.087");
  });
});

describe("formatShare", () => {
  it("distinguishes shares near 0 and 1 from 0 and 1", () => {
    const cases = /** @type {[number, string][]} */ ([
      [0, "0%"],
      [1e-9, "0%"],
      [1e-7, "< 0.01%"],
      [1.72e-5, "< 0.01%"],
      [0.0002, "0.02%"],
      [0.0005, "0.1%"],
      [0.5, "50.0%"],
      [0.9994, "99.9%"],
      [0.9996, "99.96%"],
      [0.99996, "> 99.99%"],
      [1 - 1e-7, "> 99.99%"],
      [1 - 1e-9, "100%"],
      [1.00002, "100.0%"],
      [1.25, "125.0%"],
      [-0.1, "-10.0%"],
    ]);
    for (const [value, text] of cases) assert.equal(format.formatShare(value), text);
  });
});

describe("formatWholePercent", () => {
  it("does not round to 0 or 100", () => {
    assert.deepEqual([0, 0.002, 0.994, 0.996, 1].map(format.formatWholePercent), [
      "0",
      "<1",
      "99",
      "99+",
      "100",
    ]);
  });
});

describe("figures of the objective", () => {
  it("are in weighted won", () => {
    assert.equal(format.formatWeightedWon(12.345), "12.3 weighted won");
    assert.equal(format.formatWeightedWon(1_234_567), "1.23m weighted won");
    assert.equal(format.formatWeightedWon(null), "–");
    assert.equal(format.formatObjectiveChange(-12.3), "−12.3 weighted won");
    assert.equal(format.formatObjectiveChange(12.3), "+12.3 weighted won");
    assert.equal(format.formatObjectiveChange(0.004), "no change");
  });
});

describe("formatShortage", () => {
  const piece = { unit: "piece", isWhole: true };
  const kilogram = { unit: "kg", isWhole: false };
  it("says nothing below half a unit, or below 0.05 % of the need", () => {
    assert.equal(format.formatShortage(0.298, 10_000, piece), "nothing");
    assert.equal(format.formatShortage(1, 10_000, piece), "1\u00a0pieces");
    assert.equal(format.formatShortage(4.9, 10_000, kilogram), "nothing");
    assert.equal(format.formatShortage(5, 10_000, kilogram), "5\u00a0kg");
    assert.equal(format.formatShortage(0, 0, kilogram), "nothing");
  });
});

describe("money and quantities", () => {
  it("writes millions in compact notation", () => {
    assert.equal(format.formatWon(999_999), "999,999 won");
    assert.equal(format.formatWon(1_234_567), "1.23m won");
    assert.equal(format.formatWon(null), "–");
  });

  it("separates thousands in compact notation of every language", () => {
    for (const [language, text] of [
      ["ko", "8,439.35만"],
      ["en", "84.39M"],
    ]) {
      const options = /** @type {Intl.NumberFormatOptions} */ (format.COMPACT_MONEY);
      assert.equal(new Intl.NumberFormat(language, options).format(84_393_500), text);
    }
  });

  it("translates units", () => {
    assert.equal(format.formatQuantity(3, "piece"), "3\u00a0pieces");
    assert.equal(format.formatQuantity(3, "kg"), "3\u00a0kg");
    assert.equal(format.formatQuantity(null, "kg"), "–");
  });
});

describe("periods and times", () => {
  it("writes months", () => {
    assert.equal(format.formatPeriod("2002-04"), "Apr");
    assert.equal(format.formatPeriod("2002-04", "long"), "April 2002");
    assert.equal(format.formatPeriod("spring", "long"), "spring");
  });

  it("writes months in Korean", () => {
    setTexts("ko", TEXTS);
    assert.equal(format.formatPeriod("2002-04", "long"), "2002년 4월");
    assert.equal(format.getLocale(), "ko-KR");
  });

  it("writes durations", () => {
    const [from, to] = ["2026-01-01T00:00:00Z", "2026-01-01T00:00:12.5Z"];
    assert.equal(format.formatDuration(from, to), "12.5 s");
    assert.equal(format.formatDateTime(null), "–");
  });
});

describe("countFractionDigits", () => {
  it("is at most six", () => {
    assert.deepEqual(
      [0, 100, 10, 1, 0.1, 1e-12].map(format.countFractionDigits),
      [0, 0, 1, 2, 3, 6],
    );
  });
});
