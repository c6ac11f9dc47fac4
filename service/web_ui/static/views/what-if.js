/** What if: knobs turned by hand, and the answer beside the plan. */

import { fill, h, unique } from "../lib/dom.js";
import { percent } from "../lib/format.js";
import { add, t } from "../lib/i18n.js";
import { empty } from "../lib/feedback.js";
import { keeper } from "./shared/save.js";
import { scenarioKeeper } from "./shared/scenario-form.js";
import { style } from "./shared/stylesheets.js";
import { changeName } from "./shared/descriptions.js";
import { Asking } from "./what-if/query.js";
import { carried, changesOf, knobsOf, turned } from "./what-if/sliders.js";

export default {
  id: "what-if",
  title: "nav.what-if",
  async show(root, context) {
    const [atlas] = await Promise.all([context.atlas(), add("answer"), style("answer")]);
    if (context.signal.aborted) return undefined;
    const panel = new Panel(context, atlas);
    fill(root, panel.element());
    if (!panel.ask(true)) panel.asking.prepare();
    return () => panel.asking.stop();
  },
};

/** The knobs and what they lead to. */
class Panel {
  constructor(context, atlas) {
    this.context = context;
    this.atlas = atlas;
    this.knobs = knobsOf(atlas.problem);
    this.factors = turned(context.params, this.knobs);
    this.extra = carried(context.params);
    this.place = h("section", { class: "card answer-card", "aria-label": t("what-if.answer") });
    this.asking = new Asking(context, atlas, this.place);
    this.inputs = new Map();
  }

  element() {
    return [
      h(
        "div",
        { class: "head" },
        h(
          "div",
          {},
          h("h1", { tabindex: "-1" }, t("nav.what-if")),
          h("p", { class: "lead" }, t("what-if.lead")),
        ),
      ),
      h("div", { class: "what-if" }, h("div", {}, this.form(), this.keeping()), this.place),
    ];
  }

  form() {
    const single = this.knobs.filter((knob) => !knob.where);
    const areas = this.knobs.filter((knob) => knob.where);
    const reset = h(
      "button",
      { type: "button", class: "button small", on: { click: () => this.reset() } },
      t("what-if.reset"),
    );
    this.carriedPlace = h("div", {});
    this.listCarried();
    return h(
      "form",
      {
        class: "card knobs",
        "aria-label": t("what-if.knobs"),
        on: { submit: (event) => event.preventDefault() },
      },
      this.carriedPlace,
      single.map((knob) => this.knob(knob, t(`knob.${knob.id}`))),
      areas.length > 0 &&
        h(
          "details",
          { open: areas.some(({ id }) => this.factors.has(id)) },
          h("summary", {}, t("what-if.by-area")),
          areas.map((knob) => this.knob(knob, this.atlas.name(knob.where))),
        ),
      h("div", { class: "buttons" }, reset),
    );
  }

  knob(knob, label) {
    const factor = this.factors.get(knob.id) ?? 1;
    const id = unique("knob");
    const out = h("output", { class: "number", for: id }, percent(factor));
    const input = h("input", {
      id,
      type: "range",
      min: "0",
      max: String(Math.round(knob.most * 100)),
      step: "1",
      value: String(Math.round(factor * 100)),
      name: knob.id,
      "aria-valuetext": percent(factor),
    });
    input.addEventListener("input", () => this.turn(knob, input, out));
    this.inputs.set(knob.id, { input, out });
    return h("div", { class: "knob" }, h("label", { for: id }, label), out, input);
  }

  turn(knob, input, out) {
    const factor = Number(input.value) / 100;
    out.textContent = percent(factor);
    input.setAttribute("aria-valuetext", percent(factor));
    if (factor === 1) this.factors.delete(knob.id);
    else this.factors.set(knob.id, factor);
    this.context.update({ [knob.id]: factor === 1 ? null : factor });
    this.ask();
  }

  changes() {
    return [...this.extra, ...changesOf(this.factors, this.knobs)];
  }

  ask(atOnce = false) {
    const changes = this.changes();
    this.keep.hidden = changes.length === 0;
    if (changes.length) this.asking.ask(changes, atOnce);
    else {
      this.asking.stop();
      fill(this.place, empty(t("what-if.nothing"), t("what-if.nothing-text")));
    }
    return changes.length > 0;
  }

  keeping() {
    this.keep = h(
      "div",
      { class: "card", hidden: true },
      h("h2", {}, t("keep.title")),
      h("p", { class: "soft small" }, t("keep.text")),
      keeper(this.context, () => this.changes()),
      scenarioKeeper(this.context, () => this.changes()),
    );
    return this.keep;
  }

  listCarried() {
    const drop = (k) => {
      this.extra.splice(k, 1);
      this.context.update({ changes: this.extra.length ? JSON.stringify(this.extra) : null });
      this.listCarried();
      this.ask();
    };
    fill(
      this.carriedPlace,
      this.extra.length > 0 &&
        h(
          "ul",
          { class: "carried", "aria-label": t("what-if.carried") },
          this.extra.map((change, k) =>
            h(
              "li",
              {},
              h("span", {}, changeName(this.atlas, change)),
              h(
                "button",
                {
                  type: "button",
                  class: "button small",
                  "aria-label": t("what-if.drop", { change: changeName(this.atlas, change) }),
                  on: { click: () => drop(k) },
                },
                "×",
              ),
            ),
          ),
        ),
    );
  }

  reset() {
    this.factors.clear();
    this.extra = [];
    const cleared = { changes: null };
    for (const [id, { input, out }] of this.inputs) {
      input.value = "100";
      out.textContent = percent(1);
      input.setAttribute("aria-valuetext", percent(1));
      cleared[id] = null;
    }
    this.context.update(cleared);
    this.listCarried();
    this.ask();
  }
}
