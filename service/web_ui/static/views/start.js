/** Start: select or upload a province, select a scenario, make a plan, follow it and see the result. */

import { renderField, renderViewHead } from "../lib/components.js";
import { createRandomKey, fill, h } from "../lib/dom.js";
import { announce, renderFailure } from "../lib/feedback.js";
import { createFileLink } from "../lib/file-links.js";
import { getDisplayName, isEnglish, t, textOr } from "../lib/i18n.js";
import { rememberPlan } from "../lib/plans.js";
import { renderRecentPlans } from "./start/recent-plans.js";

const TIME_LIMITS_MINUTES = [1, 10, 60];
const DEFAULT_TIME_LIMIT_MINUTES = 10;
const SOLVERS = ["auto", "highs", "highs-ipm", "glop", "pdlp", "cbc"];

export default {
  id: "start",
  title: "start.title",
  /** @param {HTMLElement} root @param {ViewContext} context */
  async show(root, context) {
    await new StartView(root, context).show();
  },
};

/** The form of a new plan, the plan in progress or its result, and recent plans. */
class StartView {
  /** @param {HTMLElement} root @param {ViewContext} context */
  constructor(root, context) {
    this.root = root;
    this.context = context;
    const submit = (/** @type {Event} */ event) => this.submit(event);
    this.form = h("form", { class: "card start-form", on: { submit } });
    this.errorFrame = h("div", {});
    this.resultFrame = h("div", { class: "start-result" });
    this.recentPlans = h("section", { class: "card" });
    /** @type {ProvinceListEntry[]} */
    this.provinces = [];
    /** @type {import("./start/progress.js").Progress|null} */
    this.progress = null;
  }

  async show() {
    const { params } = this.context;
    const plan = /** @type {Plan|null} */ (this.context.plan);
    await this.loadProvinces();
    const province = params.get("province") ?? plan?.source.province ?? null;
    const scenario = params.get("scenario") ?? plan?.source.scenario ?? null;
    this.selectProvince(province, scenario);
    const right = h("div", {}, this.resultFrame, this.recentPlans);
    fill(
      this.root,
      renderViewHead(t("start.title"), t("start.lead")),
      h("div", { class: "start" }, h("div", {}, this.form), right),
    );
    if (plan) this.followPlan(plan);
    await renderRecentPlans(this.recentPlans, this.context);
  }

  async loadProvinces() {
    const { api, signal } = this.context;
    this.provinces = (await api.fetchJson("/v1/provinces", signal)).provinces;
  }

  /** @param {string|null} id @param {string|null} scenario */
  selectProvince(id, scenario) {
    const province = this.provinces.find((one) => one.id === id) ?? this.provinces[0];
    const button = h("button", { type: "submit", class: "button main" }, t("start.plan"));
    fill(
      this.form,
      this.renderProvinces(province.id),
      renderScenarios(province.scenarios, scenario),
      renderSolverOptions(),
      this.errorFrame,
      h("div", { class: "buttons" }, button),
    );
  }

  /** @param {string} selected @returns {HTMLElement} */
  renderProvinces(selected) {
    const chosen = this.provinces.find(({ id }) => id === selected) ?? this.provinces[0];
    const choices = this.provinces.map((one) => {
      const note = t(one.built_in ? "start.built-in" : "start.version", { n: one.version });
      const radio = h("input", {
        type: "radio",
        name: "province",
        value: one.id,
        checked: one.id === selected,
        on: { change: () => this.handleProvinceChange(one.id) },
      });
      const name = textOr(`province.${one.id}`, one.name || one.id);
      const text = h("span", {}, h("b", {}, name), h("span", { class: "soft small" }, note));
      return h("label", { class: "choice" }, radio, text);
    });
    return h(
      "fieldset",
      {},
      h("legend", {}, t("start.province")),
      h("div", { class: "choices" }, choices),
      renderBeginnings(chosen, textOr(`province.${chosen.id}`, chosen.name || chosen.id)),
      this.renderUpload(),
      !chosen.built_in && this.renderManager(chosen),
    );
  }

  /** @returns {HTMLElement} the upload control, loaded when it is opened or a file is dragged over the page */
  renderUpload() {
    const props = { class: "options upload-province" };
    const control = h("details", props, h("summary", {}, t("start.upload")));
    let isLoaded = false;
    const load = async () => {
      if (isLoaded) return;
      isLoaded = true;
      const { fillUploadControl } = await import("./start/province-upload.js");
      fillUploadControl(control, this.context, (province) => this.handleUpload(province));
    };
    control.addEventListener("toggle", load);
    addEventListener("dragenter", load, { signal: this.context.signal });
    return control;
  }

  /** @param {ProvinceListEntry} province @returns {HTMLElement} */
  renderManager(province) {
    const frame = h("div", {});
    import("./start/province-manager.js").then(({ renderManager }) =>
      fill(
        frame,
        renderManager(province, (id) => this.handleManaged(id)),
      ),
    );
    return frame;
  }

  /** @param {string|null} id */
  handleProvinceChange(id) {
    this.selectProvince(id, null);
    const selector = 'input[name="province"]:checked';
    /** @type {HTMLInputElement|null} */ (this.form.querySelector(selector))?.focus();
  }

  /** @param {ProvinceListEntry} province */
  async handleUpload(province) {
    await this.loadProvinces();
    this.handleProvinceChange(province.id);
    const values = { name: province.name || province.id, version: province.version };
    announce(t("start.uploaded", values));
  }

  /** @param {string|null} id the province that was renamed; null after one was deleted */
  async handleManaged(id) {
    await this.loadProvinces();
    this.handleProvinceChange(id);
    announce(t(id ? "start.renamed" : "start.deleted"));
  }

  /** @param {Event} event */
  async submit(event) {
    event.preventDefault();
    const data = new FormData(this.form);
    const body = {
      province: data.get("province"),
      scenario: data.get("scenario") || undefined,
      options: {
        solver: data.get("solver"),
        time_limit_seconds: Number(data.get("time")),
        verify: data.has("verify"),
      },
      reuse: !data.has("resolve"),
    };
    fill(this.errorFrame);
    try {
      const headers = { "Idempotency-Key": createRandomKey() };
      const plan = await this.context.api.postJson("/v1/plans", body, { headers });
      this.context.updateParams({ plan: plan.id, province: null, scenario: null });
      await this.followPlan(plan, true);
    } catch (error) {
      const failure = renderFailure(error);
      fill(this.errorFrame, failure);
      failure.scrollIntoView({ block: "nearest" });
    }
  }

  /** @param {Plan} plan @param {boolean} [isNew] */
  async followPlan(plan, isNew = false) {
    this.progress?.stop();
    if (plan.status === "finished" || plan.status === "cancelled") {
      await this.showResult(plan, isNew);
      return;
    }
    const { Progress } = await import("./start/progress.js");
    this.progress = new Progress(this.context, plan);
    fill(this.resultFrame, this.progress.element);
    if (isNew) this.progress.element.scrollIntoView({ block: "nearest" });
    try {
      const finished = await this.progress.run();
      if (finished) await this.showResult(finished, true);
    } catch (error) {
      if (this.context.signal.aborted) return;
      const retry = () => this.followPlan(plan);
      fill(this.resultFrame, renderFailure(error, retry));
    }
  }

  /** @param {Plan} plan @param {boolean} isNew */
  async showResult(plan, isNew) {
    const { renderPlanResult } = await import("./start/plan-result.js");
    fill(this.resultFrame, renderPlanResult(plan, this.context));
    if (!isNew) return;
    if (plan.status === "finished") {
      rememberPlan(plan.id);
      this.context.setShownPlan(plan);
    }
    announce(t(`outcome.${plan.outcome ?? "failed"}`));
    renderRecentPlans(this.recentPlans, this.context);
  }
}

/**
 * Render links to the template and to the selected province as workbooks, to begin a province with.
 * @param {ProvinceListEntry} province the selected province
 * @param {string} name its name
 * @returns {HTMLElement} the links
 */
function renderBeginnings(province, name) {
  const own = `/v1/provinces/${encodeURIComponent(province.id)}?format=xlsx`;
  return h(
    "div",
    { class: "buttons beginnings" },
    h("span", { class: "soft small" }, t("start.begin")),
    createFileLink("/v1/templates/province?format=xlsx", "template.xlsx", t("start.template")),
    createFileLink(own, `${province.id}.xlsx`, t("start.as-workbook", { name })),
  );
}

/** @param {Scenario[]} scenarios @param {string|null} selectedId @returns {HTMLElement} */
function renderScenarios(scenarios, selectedId) {
  const hasNormalYear = scenarios.some((one) => one.id === "normal");
  const unchanged = { id: "", name: t("start.unchanged"), notes: "" };
  const all = hasNormalYear ? scenarios : [unchanged, ...scenarios];
  const selected = all.find((one) => one.id === selectedId) ?? all[0];
  const choices = all.map((one) => {
    const value = one.id;
    const checked = one === selected;
    const radio = h("input", { type: "radio", name: "scenario", value, checked });
    return h("label", { class: "choice" }, radio, renderScenarioText(one));
  });
  const legend = h("legend", {}, t("start.scenario"));
  return h("fieldset", {}, legend, h("div", { class: "choices" }, choices));
}

/** @param {Scenario} scenario @returns {HTMLElement} */
function renderScenarioText(scenario) {
  const name = getDisplayName(scenario);
  const title = textOr(`scenario.${scenario.id}`, name);
  // The notes are in English, so they are left out where the name is in Korean.
  const hasNotes = isEnglish() || !scenario.local_name;
  const parts = [name === title ? "" : name, hasNotes ? scenario.notes : ""];
  const lang = hasNotes ? "en" : null;
  const text = h("span", { class: "soft small", lang }, parts.filter(Boolean).join(". "));
  return h("span", {}, h("b", {}, title), text);
}

/** @returns {HTMLElement} */
function renderSolverOptions() {
  const solvers = SOLVERS.map((name) => h("option", { value: name }, t(`start.solver.${name}`)));
  const timeLimits = TIME_LIMITS_MINUTES.map((n) =>
    h(
      "option",
      { value: n * 60, selected: n === DEFAULT_TIME_LIMIT_MINUTES },
      t("start.minutes", { n }),
    ),
  );
  /** @param {string} name */
  const renderCheck = (name) =>
    h("label", { class: "check" }, h("input", { type: "checkbox", name }), t(`start.${name}`));
  return h(
    "details",
    { class: "options" },
    h("summary", {}, t("start.options")),
    h(
      "div",
      { class: "controls" },
      renderField(t("start.solver"), h("select", { name: "solver" }, solvers)),
      renderField(t("start.time-limit"), h("select", { name: "time" }, timeLimits)),
    ),
    renderCheck("verify"),
    renderCheck("resolve"),
  );
}
