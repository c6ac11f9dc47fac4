/** Start: pick or upload a province, pick a scenario, plan, follow, see what came of it. */

import { fill, h } from "../lib/dom.js";
import { inEnglish, named } from "../lib/i18n.js";
import { remember } from "../lib/plans.js";
import { announce, failure } from "../lib/feedback.js";
import { Progress } from "./start/progress.js";
import { recentPlans } from "./start/recent-plans.js";
import { result } from "./start/plan-result.js";
import { upload } from "./start/province-upload.js";

const MINUTES = [1, 10, 60];
const SOLVERS = ["auto", "highs", "highs-ipm", "glop", "pdlp", "cbc"];

export default {
  id: "start",
  title: "start.title",
  async show(root, context) {
    await new Start(root, context).show();
  },
};

class Start {
  constructor(root, context) {
    this.root = root;
    this.context = context;
    this.beside = h("div", { class: "start-beside" });
    this.recent = h("section", { class: "card" });
  }

  async show() {
    const { api, t, params, signal, plan } = this.context;
    this.provinces = (await api.get("/v1/provinces", signal)).provinces;
    this.form = h("form", {
      class: "card start-form",
      on: { submit: (event) => this.submit(event) },
    });
    this.choose(
      params.get("province") ?? plan?.source.province,
      params.get("scenario") ?? plan?.source.scenario,
    );
    fill(
      this.root,
      h(
        "header",
        {},
        h("h1", { tabindex: "-1" }, t("start.title")),
        h("p", { class: "lead" }, t("start.lead")),
      ),
      h("div", { class: "start" }, h("div", {}, this.form), h("div", {}, this.beside, this.recent)),
    );
    if (plan) this.follow(plan);
    await recentPlans(this.recent, this.context);
  }

  choose(province, scenario) {
    const { t } = this.context;
    this.province = this.provinces.find((one) => one.id === province) ?? this.provinces[0];
    fill(
      this.form,
      this.provinceChoice(),
      this.scenarioChoice(scenario),
      this.options(),
      h(
        "div",
        { class: "buttons" },
        h("button", { type: "submit", class: "button main" }, t("start.plan")),
      ),
      (this.problem = h("div", {})),
    );
  }

  provinceChoice() {
    const { t, or } = this.context;
    const option = (one) => {
      const note = one.built_in ? t("start.built-in") : t("start.version", { n: one.version });
      const radio = h("input", {
        type: "radio",
        name: "province",
        value: one.id,
        checked: one.id === this.province.id,
        on: { change: () => this.pick(one.id) },
      });
      return h(
        "label",
        { class: "choice" },
        radio,
        h(
          "span",
          {},
          h("b", {}, or(`province.${one.id}`, one.name || one.id)),
          h("span", { class: "soft small" }, note),
        ),
      );
    };
    const add = upload(this.context, (stored) => this.stored(stored));
    return h(
      "fieldset",
      {},
      h("legend", {}, t("start.province")),
      h("div", { class: "choices" }, this.provinces.map(option)),
      add,
    );
  }

  pick(id) {
    this.choose(id, null);
    this.form.querySelector(`input[name="province"]:checked`).focus();
  }

  async stored(head) {
    const { api, t } = this.context;
    this.provinces = (await api.get("/v1/provinces")).provinces;
    this.choose(head.id, null);
    announce(t("start.uploaded", { name: head.name || head.id, version: head.version }));
  }

  scenarioChoice(wished) {
    const { t, or } = this.context;
    const { scenarios } = this.province;
    const all = scenarios.some((one) => one.id === "normal")
      ? scenarios
      : [{ id: "", name: t("start.as-it-is"), notes: "" }, ...scenarios];
    const chosen = all.find((one) => one.id === wished) ?? all[0];
    const option = (one) => {
      const radio = h("input", {
        type: "radio",
        name: "scenario",
        value: one.id,
        checked: one === chosen,
      });
      const name = named(one);
      const short = or(`scenario.${one.id}`, name);
      const english = inEnglish() || !one.local_name; // notes are in English only: beside a Korean name they are left out
      const text = [name === short ? "" : name, english ? one.notes : ""]
        .filter(Boolean)
        .join(". ");
      return h(
        "label",
        { class: "choice" },
        radio,
        h(
          "span",
          {},
          h("b", {}, short),
          h("span", { class: "soft small", lang: english ? "en" : null }, text),
        ),
      );
    };
    return h(
      "fieldset",
      {},
      h("legend", {}, t("start.scenario")),
      h("div", { class: "choices" }, all.map(option)),
    );
  }

  options() {
    const { t } = this.context;
    const minutes = MINUTES.map((n) =>
      h("option", { value: n * 60, selected: n === 10 }, t("start.minutes", { n })),
    );
    const solvers = SOLVERS.map((name) => h("option", { value: name }, t(`start.solver.${name}`)));
    return h(
      "details",
      { class: "options" },
      h("summary", {}, t("start.options")),
      h(
        "div",
        { class: "controls" },
        h(
          "label",
          { class: "field" },
          h("span", {}, t("start.solver")),
          h("select", { name: "solver" }, solvers),
        ),
        h(
          "label",
          { class: "field" },
          h("span", {}, t("start.time")),
          h("select", { name: "time" }, minutes),
        ),
      ),
      h(
        "label",
        { class: "check" },
        h("input", { type: "checkbox", name: "verify" }),
        t("start.verify"),
      ),
      h(
        "label",
        { class: "check" },
        h("input", { type: "checkbox", name: "anew" }),
        t("start.anew"),
      ),
    );
  }

  async submit(event) {
    event.preventDefault();
    const wish = new FormData(this.form);
    const body = {
      province: wish.get("province"),
      options: {
        solver: wish.get("solver"),
        time_limit_seconds: Number(wish.get("time")),
        verify: wish.has("verify"),
      },
      reuse: !wish.has("anew"),
    };
    if (wish.get("scenario")) body.scenario = wish.get("scenario");
    fill(this.problem);
    try {
      const headers = { "Idempotency-Key": crypto.randomUUID() };
      const plan = await this.context.api.post("/v1/plans", body, { headers });
      this.context.update({ plan: plan.id, province: null, scenario: null });
      await this.follow(plan, true);
    } catch (error) {
      fill(this.problem, failure(error));
    }
  }

  async follow(plan, look = false) {
    this.progress?.end();
    if (plan.status === "finished" || plan.status === "cancelled") return this.finished(plan, look);
    this.progress = new Progress(this.context, plan);
    fill(this.beside, this.progress.element);
    if (look) this.progress.element.scrollIntoView({ block: "nearest" });
    try {
      const done = await this.progress.run();
      if (done) this.finished(done, true);
    } catch (error) {
      if (!this.context.signal.aborted)
        fill(
          this.beside,
          failure(error, () => this.follow(plan)),
        );
    }
    return null;
  }

  finished(plan, isNew) {
    fill(this.beside, result(plan, this.context));
    if (!isNew) return;
    if (plan.status === "finished") {
      remember(plan.id);
      this.context.looksAt(plan);
    }
    announce(this.context.t(`outcome.${plan.outcome ?? "failed"}`));
    recentPlans(this.recent, this.context);
  }
}
