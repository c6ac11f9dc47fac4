/** A small problem, and a factor of it, for tests of the form of a study. */

/** @type {any} */
export const PROBLEM = {
  periods: ["2002-01", "2002-02"],
  items: [
    { id: "soap", priority: 1 },
    { id: "starch", priority: 2 },
    { id: "soda", kind: "material" },
  ],
  counties: [{ id: "hyesan" }, { id: "kapsan" }],
  factories: [{ id: "works", condition: 0.7 }],
  power_areas: [{ id: "hyesan", limit_kwh: [1, 2] }, { id: "free" }],
  supply_shares: { central: 0.2, delivered: [1, 0.8] },
  links: [
    { id: "line", mode: "rail", tonnes: 9 },
    { id: "path", mode: "road" },
  ],
  partners: [{ id: "north", at: "hyesan", offers: { soap: 3 } }],
};

/** @param {Record<string, any>} stated @returns {any} a factor of the form */
export const createFactor = (stated) => ({
  key: "a",
  kind: "power",
  where: "hyesan",
  low: 0,
  high: 1,
  shape: "uniform",
  typed: "",
  ...stated,
});
