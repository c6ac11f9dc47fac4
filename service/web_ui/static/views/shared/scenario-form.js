/** Saving changes as a scenario of a province. A built-in province is copied first. */

import { ApiError, fetchJson, putJson, sendRequest } from "../../lib/api.js";
import { createId, fill, h } from "../../lib/dom.js";
import { announce, renderFailure } from "../../lib/feedback.js";
import { t, textOr } from "../../lib/i18n.js";
import { buildHash } from "../../lib/hash.js";

/** @param {string} province @returns {string} */
const buildProvinceUrl = (province) => `/v1/provinces/${encodeURIComponent(province)}`;

/**
 * Create a form that saves changes as a scenario.
 * @param {ViewContext} context context of the view
 * @param {() => Change[]} getChanges gives the changes, in addition to those of the plan
 * @returns {HTMLElement|null} the form; null for replanned plans and plans without a province
 */
export function createScenarioForm(context, getChanges) {
  const { source } = context.plan;
  if (!source.province || source.replanned) return null;
  const id = createId("scenario");
  const name = h("input", { id, required: true, maxlength: "100", autocomplete: "off" });
  const status = h("div", { class: "save-status", role: "status" });
  const button = h("button", { type: "submit", class: "button" }, t("save.scenario"));
  /** @param {Event} event */
  const submit = async (event) => {
    event.preventDefault();
    button.disabled = true;
    try {
      const saved = await saveScenario(source, name.value.trim(), getChanges());
      const values = { scenario: name.value.trim(), province: saved.title };
      const message = t("save.scenario-done", values);
      const href = buildHash("start", { province: saved.province, scenario: saved.scenario });
      const props = { class: "button small open-scenario", href };
      const link = h("a", props, t("save.scenario-open"));
      fill(status, h("p", {}, message), h("p", { class: "buttons" }, link));
      announce(message);
    } catch (error) {
      fill(status, renderFailure(error));
    } finally {
      button.disabled = false;
    }
  };
  const label = h("label", { for: id }, t("save.scenario-name"));
  return h(
    "form",
    { class: "save scenario", on: { submit } },
    h("div", { class: "field" }, label, name),
    h("div", { class: "buttons" }, button),
    status,
  );
}

/**
 * Store a new version of the province with one more scenario.
 * @param {PlanSource} source source of the plan: its changes come before the new ones
 * @param {string} name name of the scenario
 * @param {Change[]} changes the new changes
 * @returns {Promise<{province: string, title: string, scenario: string}>} what was stored
 */
async function saveScenario(source, name, changes) {
  /** @type {Province} */
  const base = await fetchJson(buildProvinceUrl(String(source.province)));
  const copyId = `${base.id}-own`;
  const { stored, etag } = await fetchStoredProvince(base.built_in ? copyId : base.id);
  const title = textOr(`province.${base.id}`, base.name);
  const copy = { ...base, id: copyId, name: t("save.own", { province: title }) };
  const province = stored ?? copy;
  const scenario = {
    id: createScenarioId(
      name,
      province.scenarios.map((one) => one.id),
    ),
    name,
    changes: [...getScenarioChanges(base, source.scenario), ...source.changes, ...changes],
  };
  const scenarios = [...province.scenarios, scenario];
  const body = { name: province.name, problem: province.problem, scenarios };
  /** @type {Record<string, string>} */
  const headers = etag ? { "If-Match": etag } : { "If-None-Match": "*" };
  await putJson(buildProvinceUrl(province.id), body, { headers });
  return { province: province.id, title: province.name || province.id, scenario: scenario.id };
}

/** @param {Province} province @param {string|null} id @returns {Change[]} */
function getScenarioChanges(province, id) {
  if (!id) return [];
  const scenario = province.scenarios.find((one) => one.id === id);
  if (scenario) return scenario.changes ?? [];
  const detail = t("save.scenario-missing", { scenario: id });
  throw new ApiError({ type: "urn:allot:not-found", detail });
}

/** @param {string} id @returns {Promise<{stored: Province|null, etag: string|null}>} nulls if the province is not stored */
async function fetchStoredProvince(id) {
  /** @type {ProvinceListEntry[]} */
  const provinces = (await fetchJson("/v1/provinces")).provinces;
  if (!provinces.some((province) => province.id === id)) return { stored: null, etag: null };
  const response = await sendRequest(buildProvinceUrl(id));
  return { stored: await response.json(), etag: response.headers.get("etag") };
}

/**
 * Create an identifier for a scenario.
 * @param {string} name name of the scenario
 * @param {string[]} takenIds identifiers of the other scenarios
 * @returns {string} the letters and digits of the name; with a number if another scenario has that identifier
 */
export function createScenarioId(name, takenIds) {
  const letters = name.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  const stem = letters.replace(/^-+|-+$/g, "").slice(0, 60) || "scenario";
  let [id, count] = [stem, 1];
  while (takenIds.includes(id)) {
    count += 1;
    id = `${stem}-${count}`;
  }
  return id;
}
