/** Keeping what was tried as a scenario: of the plan's province, or, where that comes with Allot, of a copy of it. */

import { ask, get, Problem, put } from "../../lib/api.js";
import { fill, h, unique } from "../../lib/dom.js";
import { or, t } from "../../lib/i18n.js";
import { hashOf } from "../../lib/router.js";
import { announce, failure } from "../../lib/feedback.js";

const address = (province) => `/v1/provinces/${encodeURIComponent(province)}`;

/**
 * A name, and a button that keeps the changes under it.
 * @param {object} context the view's
 * @param {() => object[]} changes what is changed, beside what the plan changes already
 * @returns {HTMLElement|null} the form; null for plans that are not of a province in an ordinary year
 */
export function scenarioKeeper(context, changes) {
  const { source } = context.plan;
  if (!source.province || source.replanned) return null;
  const id = unique("scenario");
  const name = h("input", { id, required: true, maxlength: "100", autocomplete: "off" });
  const place = h("div", { class: "keep-said", role: "status" });
  const button = h("button", { type: "submit", class: "button keep-scenario" }, t("keep.scenario"));
  const submit = async (event) => {
    event.preventDefault();
    button.disabled = true;
    try {
      const kept = await keep(source, name.value.trim(), changes());
      const there = hashOf("start", { province: kept.province, scenario: kept.scenario });
      const said = t("keep.scenario-done", { scenario: name.value.trim(), province: kept.title });
      fill(
        place,
        h("p", {}, said),
        h(
          "p",
          { class: "buttons" },
          h("a", { class: "button small see-scenario", href: there }, t("keep.scenario-open")),
        ),
      );
      announce(said);
    } catch (error) {
      fill(place, failure(error));
    } finally {
      button.disabled = false;
    }
  };
  return h(
    "form",
    { class: "keep scenario", on: { submit } },
    h("div", { class: "field" }, h("label", { for: id }, t("keep.scenario-name")), name),
    h("div", { class: "buttons" }, button),
    place,
  );
}

/** Store a new version of the province with one more scenario: all that the plan changes, then the changes. */
async function keep(source, name, changes) {
  const base = await get(address(source.province));
  const [there, tag] = await stored(base.built_in ? `${base.id}-own` : base.id);
  const province = there ?? {
    ...base,
    id: `${base.id}-own`,
    name: t("keep.own", { province: or(`province.${base.id}`, base.name) }),
  };
  const from = source.scenario ? base.scenarios.find((one) => one.id === source.scenario) : {};
  if (!from)
    throw new Problem({
      type: "urn:allot:not-found",
      detail: t("keep.scenario-gone", { scenario: source.scenario }),
    });
  const scenario = {
    id: identifier(name, province.scenarios),
    name,
    changes: [...(from.changes ?? []), ...source.changes, ...changes],
  };
  const body = {
    name: province.name,
    problem: province.problem,
    scenarios: [...province.scenarios, scenario],
  };
  await put(address(province.id), body, {
    headers: tag ? { "If-Match": tag } : { "If-None-Match": "*" },
  });
  return { province: province.id, title: province.name || province.id, scenario: scenario.id };
}

/** A stored province with its entity tag; neither where there is none. */
async function stored(id) {
  const all = (await get("/v1/provinces")).provinces;
  if (!all.some((one) => one.id === id)) return [null, null];
  const answer = await ask(address(id));
  return [await answer.json(), answer.headers.get("etag")];
}

/** An identifier that no scenario has yet, like the name as far as its letters go. */
function identifier(name, scenarios) {
  const taken = new Set(scenarios.map((one) => one.id));
  const like =
    name
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-+|-+$/g, "")
      .slice(0, 60) || "scenario";
  let [found, count] = [like, 1];
  while (taken.has(found)) {
    count += 1;
    found = `${like}-${count}`;
  }
  return found;
}
