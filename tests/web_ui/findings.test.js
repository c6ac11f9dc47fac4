import assert from "node:assert/strict";
import { describe, it } from "node:test";

import "./browser-globals.js";

const { setTexts } = await import("../../service/web_ui/static/lib/i18n.js");
const { filterFindings, groupFindings } =
  await import("../../service/web_ui/static/lib/findings.js");

/** @param {Partial<Finding>} finding @returns {Finding} */
const make = (finding) => ({
  code: "negative",
  path: "",
  message: "It is below zero.",
  remedy: "State 0 or more.",
  severity: "error",
  ...finding,
});

setTexts("en", { "findings.row": "row {row}", "finding.negative": "음수입니다." });
const FINDINGS = [
  make({ cell: { sheet: "counties", row: 3, column: "name" }, severity: "warning" }),
  make({ cell: { sheet: "items", row: 10, column: "value" }, path: "/problem/items/8/value" }),
  make({ cell: { sheet: "items", row: 2, column: "value" }, path: "/problem/items/0/value" }),
  make({ cell: { sheet: "items", row: 2, column: "value" }, code: "wrong_type" }),
  make({ cell: { sheet: "items", row: 0, column: "" }, code: "missing", message: "No column." }),
];

describe("groupFindings", () => {
  it("groups by sheet, those with errors first, and by cell in the order of rows", () => {
    const [items, counties, ...others] = groupFindings(FINDINGS);
    assert.deepEqual(others, []);
    assert.deepEqual([items.name, items.errors, items.warnings], ["items", 4, 0]);
    assert.deepEqual(
      items.places.map(({ label, findings }) => [label, findings.map(({ code }) => code)]),
      [
        ["", ["missing"]],
        ["row 2 · value", ["wrong_type", "negative"]],
        ["row 10 · value", ["negative"]],
      ],
    );
    assert.deepEqual([counties.name, counties.errors, counties.warnings], ["counties", 0, 1]);
  });

  it("groups findings without cells by section, with numbers of paths as numbers", () => {
    const paths = ["/problem/links/10", "/problem/links/9/from", "/scenarios/0", ""];
    const groups = groupFindings(paths.map((path) => make({ path })));
    assert.deepEqual(
      groups.map(({ name, places }) => [name, places.map(({ label }) => label)]),
      [
        ["links", ["/problem/links/9/from", "/problem/links/10"]],
        ["scenarios", ["/scenarios/0"]],
        ["", [""]],
      ],
    );
  });
});

describe("filterFindings", () => {
  it("selects by severity and by words of place, code and texts", () => {
    /** @param {"all"|"error"|"warning"} severity @param {string} text */
    const count = (severity, text) => filterFindings(FINDINGS, severity, text).length;
    assert.equal(count("all", ""), 5);
    assert.equal(count("warning", ""), 1);
    assert.equal(count("error", "ITEMS value"), 3);
    assert.equal(count("all", "row 10"), 1);
    assert.equal(count("all", "음수"), 3);
    assert.equal(count("all", "no column"), 1);
    assert.equal(count("all", "elsewhere"), 0);
  });
});
