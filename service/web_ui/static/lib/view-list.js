/** All views, and what is loaded before one is shown. */

import { buildFirstPagePath } from "./api.js";
import { VIEW_PARTS } from "./plan-context.js";

/** Number of plans in the list of the view `start`. */
export const MAX_RECENT_PLANS = 8;

/**
 * @typedef {object} ViewEntry a view in the list
 * @property {string} id its name in URLs; its title is the text `nav.<id>`, its module `views/<id>.js`
 * @property {() => Promise<{default: import("./router.js").View}>} load imports its module
 * @property {"tables"|"outcome"|"plan"|null} needs what the view requires: a finished plan with tables, one with tables or a conflict, or any finished plan
 * @property {string[]} texts texts beside those of all views: `i18n/<language>-<name>.js`
 * @property {string[]} styles style sheets beside those of all views: `css/<name>.css`
 */

/**
 * All views in the order of the navigation.
 * @type {ViewEntry[]}
 */
export const VIEWS = [
  {
    id: "start",
    load: () => import("../views/start.js"),
    needs: null,
    texts: [],
    styles: [],
  },
  {
    id: "briefing",
    load: () => import("../views/briefing.js"),
    needs: "tables",
    texts: ["briefing", "shared"],
    styles: ["shared", "briefing"],
  },
  {
    id: "map",
    load: () => import("../views/map.js"),
    needs: "tables",
    texts: ["map", "shared"],
    styles: ["map", "shared"],
  },
  {
    id: "year",
    load: () => import("../views/year.js"),
    needs: "tables",
    texts: ["year", "shared"],
    styles: ["year", "shared"],
  },
  {
    id: "factories",
    load: () => import("../views/factories.js"),
    needs: "tables",
    texts: ["factories", "grid"],
    styles: ["factories", "data-grid", "shared"],
  },
  {
    id: "by-hand",
    load: () => import("../views/by-hand.js"),
    needs: "tables",
    texts: ["by-hand", "shared", "what-if"],
    styles: ["shared", "by-hand"],
  },
  {
    id: "what-if",
    load: () => import("../views/what-if.js"),
    needs: "outcome",
    texts: ["what-if", "shared"],
    styles: ["shared"],
  },
  {
    id: "study",
    load: () => import("../views/study.js"),
    needs: "tables",
    texts: ["study", "shared", "analysis"],
    styles: ["study"],
  },
  {
    id: "compare",
    load: () => import("../views/compare.js"),
    needs: "outcome",
    texts: ["compare", "shared"],
    styles: ["shared"],
  },
  {
    id: "bottlenecks",
    load: () => import("../views/bottlenecks.js"),
    needs: "tables",
    texts: ["bottlenecks", "shared"],
    styles: ["shared"],
  },
  {
    id: "approval",
    load: () => import("../views/approval.js"),
    needs: "plan",
    texts: ["approval", "shared"],
    styles: ["approval", "shared"],
  },
];

/**
 * Tables that a view reads as soon as it is shown, whatever the address selects.
 * @type {Record<string, {name: string, query: Record<string, string>}[]>}
 */
export const FIRST_TABLES = {
  "by-hand": [{ name: "quotas", query: {} }],
  bottlenecks: [
    { name: "supply", query: { columns: "county,item,period,demand,served,shortage" } },
  ],
};

/** Outlines of provinces, which the map draws where they are known. */
export const OUTLINES_PATH = new URL("../vendor/natural-earth/prk.topo.json", import.meta.url)
  .pathname;

/**
 * Build the path of the figures of a map.
 * @param {string} plan identifier of the plan
 * @returns {string} the path
 */
export const buildMapPath = (plan) => `/v1/plans/${encodeURIComponent(plan)}/map`;

/**
 * List what a view reads as soon as it is shown, beside its plan.
 * @param {string} id the view
 * @param {URLSearchParams} params parameters of its URL
 * @returns {string[]} paths
 */
export function listFirstPaths(id, params) {
  const plan = `/v1/plans/${encodeURIComponent(params.get("plan") ?? "")}`;
  const [other] = params.get("with")?.split(",") ?? [];
  const query = other ? `?${new URLSearchParams({ with: other })}` : "";
  if (id === "start") return ["/v1/provinces", `/v1/plans?limit=${MAX_RECENT_PLANS}`];
  if (id === "briefing") return [`${plan}/briefing${query}`];
  return id === "approval" ? [`${plan}/approval`] : [];
}

/**
 * List what a view reads of a finished plan as soon as it is shown, which never changes.
 * @param {string} id the view
 * @param {string} plan identifier of the plan
 * @returns {string[]} paths
 */
export const listCachedPaths = (id, plan) => [
  `/v1/plans/${encodeURIComponent(plan)}/problem`,
  ...(id === "map" ? [buildMapPath(plan), OUTLINES_PATH] : []),
  ...(FIRST_TABLES[id] ?? []).map(({ name, query }) => buildFirstPagePath(plan, name, query)),
];

/** Parts of the view `year`; the first is the default. */
const YEAR_PARTS = ["goods", "power", "sources", "flows", "quality"];

/** Those of them that are charts. */
const CHARTS = ["power", "sources", "flows"];

/**
 * Choose the part of the view `year`.
 * @param {URLSearchParams} params parameters of its URL
 * @returns {string} the part
 */
export function chooseYearPart(params) {
  const part = params.get("part") ?? "";
  return YEAR_PARTS.includes(part) ? part : YEAR_PARTS[0];
}

/**
 * List modules that a view imports by itself as soon as it is shown.
 * @param {string} id the view
 * @param {URLSearchParams} params parameters of its URL
 * @returns {string[]} names of modules
 */
export function listFurtherModules(id, params) {
  return [
    ...(id === "year" ? [`views/year/${chooseYearPart(params)}.js`] : []),
    ...(id === "start" ? [] : ["lib/problem-index.js"]),
    ...(id === "map" ? ["vendor/d3/d3.js"] : []),
    ...(id === "year" && CHARTS.includes(chooseYearPart(params))
      ? ["vendor/echarts/echarts.js"]
      : []),
  ];
}

/**
 * List modules that are loaded beside a view, which does not wait for them.
 * @param {string} id the view
 * @returns {string[]} names of modules
 */
export const listModulesBeside = (id) => [
  ...(id in VIEW_PARTS ? ["lib/context-bar.js"] : []),
  ...(id === "start" ? [] : ["lib/print.js"]),
];
