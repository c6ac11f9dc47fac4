import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";

/** @param {string} path */
const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

/** @type {Record<string, {properties: Record<string, unknown>}>} */
const SCHEMAS = JSON.parse(read("docs/openapi.json")).components.schemas;
const TYPES = read("service/web_ui/types.d.ts");

/** Schemas of the API for the types of the page. */
const SCHEMA_NAMES = {
  Alternative: "Alternative",
  AlternativeDifference: "AlternativeDifference",
  Approval: "ApprovalView",
  AttributionGroup: "AttributionGroup",
  AuditEntry: "AuditLine",
  Backtest: "BacktestView",
  BindingLimit: "BindingLimit",
  Briefing: "Briefing",
  BriefingFigure: "BriefingFigure",
  Change: "Change",
  Comparison: "Comparison",
  ComparisonStep: "ComparisonStep",
  ConflictingRule: "ConflictingRule",
  County: "County",
  Curve: "ParametricCurve",
  CurvePoint: "CurvePoint",
  EquityMeasures: "EquityMeasures",
  Factory: "Factory",
  Finding: "Finding",
  Fulfilment: "FulfilmentView",
  FulfilmentRow: "FulfilmentRow",
  Grant: "Grant",
  HoldingLimit: "HoldingLimit",
  HoldingRule: "HoldingRule",
  Item: "Item",
  LimitReference: "BindingLimit",
  Link: "Link",
  MissedDeadline: "MissedDeadline",
  NextStep: "NextStep",
  ObjectiveEstimate: "ObjectiveEstimate",
  OutputList: "OutputList",
  Partner: "Partner",
  Place: "Station",
  Plan: "PlanView",
  PlanEstimate: "PlanEstimate",
  PlanEvent: "PlanEvent",
  PlanListEntry: "PlanListEntry",
  PlanSource: "PlanSource",
  PlanSummary: "PlanSummary",
  PolicyResult: "PolicyResult",
  PowerArea: "PowerArea",
  PriceOfEquity: "PriceOfEquity",
  Principal: "CurrentPrincipal",
  Problem: "PlanningProblem",
  Province: "ProvinceView",
  ProvinceListEntry: "ProvinceListEntry",
  Remedies: "Remedies",
  Remedy: "Remedy",
  RemedyLimit: "RemedyLimit",
  ReservedNeed: "ReservedNeed",
  ResultDifference: "ResultDifference",
  Scenario: "Scenario",
  GroupHeads: "GroupHeads",
  MeanQuality: "MeanQuality",
  MeasureRange: "MeasureRange",
  MultiFidelity: "MultiFidelity",
  QualitySummary: "QualitySummary",
  Quantiles: "Quantiles",
  ServedShare: "ServedShare",
  ServedSpread: "ServedSpread",
  ShortGood: "ShortGood",
  ShortageChange: "ShortageChange",
  Study: "StudyView",
  SupplyShares: "SupplyShares",
  ThresholdResult: "ThresholdResult",
};

/** @param {string} name @returns {string[]} properties that the interface declares itself */
function listProperties(name) {
  const body = new RegExp(`^interface ${name} [^{]*\\{\\n([\\s\\S]*?)^\\}`, "m").exec(TYPES)?.[1];
  assert.ok(body !== undefined, `types.d.ts has no interface ${name}`);
  return [...body.matchAll(/^ {2}(\w+)\??:/gm)].map((match) => match[1]);
}

describe("types", () => {
  for (const [name, schema] of Object.entries(SCHEMA_NAMES)) {
    it(`${name} has only properties of ${schema}`, () => {
      const known = Object.keys(SCHEMAS[schema]?.properties ?? {});
      assert.ok(known.length, `the API has no schema ${schema}`);
      const unknown = listProperties(name).filter((property) => !known.includes(property));
      assert.deepEqual(unknown, []);
    });
  }
});
