/**
 * Where places lie, and what is drawn around them: the borders that the problem carries, or else the outline of Natural Earth's province
 * in which the counties lie.
 */

import { fetchCached } from "../../lib/api.js";
import { OUTLINES_PATH } from "../../lib/view-list.js";
import { computePositions, createProjection } from "./geometry.js";

/** Bounds of the outlines that come with the page, degrees. */
const COVERED = { west: 124, east: 131, south: 37.5, north: 43.1 };

/** Least share of the counties that lie in the province whose outline is drawn. */
const MIN_INSIDE = 0.5;

/**
 * @typedef {object} Geography
 * @property {any} d3 the vendored parts of d3
 * @property {Map<string, Point>} positions positions of all places
 * @property {Point[][]} outline rings of the province; none if it is not known
 * @property {Point[][][]} neighbours rings of each other province
 * @property {Map<string, Point[][]>} borders rings of each county whose border the problem carries
 */

/**
 * Load positions and outlines.
 * @param {{places: Map<string, Place>, counties: Map<string, Place>, problem?: {borders?: Borders|null}}} problemIndex the problem, or its places
 * @returns {Promise<Geography>} the geography
 */
export async function loadGeography(problemIndex) {
  const d3 = await import(new URL("../../vendor/d3/d3.js", import.meta.url).href);
  const shapes = Object.entries(problemIndex.problem?.borders?.counties ?? {});
  const corners = shapes.flatMap(([, shape]) => listCorners(shape));
  const project = createProjection([...problemIndex.places.values()], corners);
  const positions = computePositions(problemIndex, project);
  const borders = new Map(
    project ? shapes.map(([county, shape]) => [county, listRings(shape, project)]) : [],
  );
  /** @type {Geography} */
  const geography = { d3, positions, outline: [], neighbours: [], borders };
  if (borders.size) return geography;
  const towns = [...problemIndex.counties.values()].map(({ longitude, latitude }) => [
    longitude ?? NaN,
    latitude ?? NaN,
  ]);
  if (!project || !towns.every(isCovered)) return geography;
  const features = await loadProvinces(d3);
  const own = findProvince(d3, features, towns);
  if (own === null) return geography;
  const rings = features.map((feature) => listRings(feature.geometry, project));
  geography.outline = rings[own];
  geography.neighbours = rings.filter((_, k) => k !== own);
  return geography;
}

/**
 * Find the province in which most towns lie.
 * @param {any} d3 @param {any[]} features the provinces @param {number[][]} towns longitude and latitude of each
 * @returns {number|null} its position; null if too few lie in any
 */
function findProvince(d3, features, towns) {
  const inside = features.map(() => 0);
  let last = 0;
  for (const town of towns) {
    /** @param {any} feature */
    const contains = (feature) => d3.geoContains(feature, town);
    // Looking costs much, and a town mostly lies where the one before it does.
    const found = contains(features[last]) ? last : features.findIndex(contains);
    if (found >= 0) {
      inside[found] += 1;
      last = found;
    }
  }
  const most = inside.indexOf(Math.max(...inside));
  return inside[most] < MIN_INSIDE * towns.length ? null : most;
}

/** @param {number[]} town longitude and latitude @returns {boolean} */
const isCovered = ([longitude, latitude]) =>
  longitude > COVERED.west &&
  longitude < COVERED.east &&
  latitude > COVERED.south &&
  latitude < COVERED.north;

/** @param {any} d3 @returns {Promise<any[]>} features of the provinces */
async function loadProvinces(d3) {
  const topology = await fetchCached(OUTLINES_PATH);
  return d3.feature(topology, topology.objects.prk).features;
}

/** @param {Shape} shape @returns {import("./geometry.js").Coordinates[]} */
function listCorners({ type, coordinates }) {
  const rings = type === "Polygon" ? coordinates : coordinates.flat();
  return rings
    .flat()
    .map((/** @type {[number, number]} */ [longitude, latitude]) => ({ longitude, latitude }));
}

/** @param {Shape} shape @param {(longitude: number, latitude: number) => Point} project @returns {Point[][]} */
function listRings({ type, coordinates }, project) {
  const polygons = type === "Polygon" ? [coordinates] : coordinates;
  return polygons.flatMap((/** @type {number[][][]} */ polygon) =>
    polygon.map((ring) => ring.map(([longitude, latitude]) => project(longitude, latitude))),
  );
}
