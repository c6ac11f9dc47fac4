/** What surrounds every view: name, navigation, the plan looked at, language, theme, key. */

import { fill, h } from "./dom.js";
import { choose as chooseLanguage, language, languages, t } from "./i18n.js";
import { known, remember } from "./api-key.js";
import { recent, title } from "./plans.js";
import { hashOf, parse } from "./router.js";
import * as theme from "./theme.js";

/** The bar above every view. */
export class Shell {
  /**
   * @param {HTMLElement} bar where it is
   * @param {import("./router.js").Entry[]} views what it leads to
   * @param {object} me who asks
   */
  constructor(bar, views, me) {
    this.views = views;
    this.me = me;
    this.plan = null;
    this.links = new Map(
      views.map((view) => [view.id, h("a", { href: hashOf(view.id, {}) }, t(`nav.${view.id}`))]),
    );
    this.picker = h("select", {
      "aria-label": t("shell.plan"),
      on: {
        change: () => this.pick(),
        focus: () => this.offer(),
        pointerenter: () => this.offer(),
      },
    });
    this.picked = h(
      "div",
      { class: "picker", hidden: true },
      h("span", { class: "soft", "aria-hidden": "true" }, t("shell.plan")),
      this.picker,
    );
    fill(
      bar,
      h(
        "a",
        { class: "brand", "aria-label": "Allot", href: hashOf(views[0].id, {}) },
        mark(),
        h("span", {}, "Allot"),
      ),
      h(
        "nav",
        { "aria-label": t("shell.views") },
        h(
          "ul",
          {},
          [...this.links.values()].map((link) => h("li", {}, link)),
        ),
      ),
      this.picked,
      h("div", { class: "tools" }, themeButton(), languageChoice(), keyControl(me)),
    );
  }

  /** Told by the router. @param {string} id the view shown @param {object|null} plan its plan */
  shown(id, plan) {
    if (plan) this.plan = plan;
    for (const [view, link] of this.links) {
      link.href = hashOf(view, this.plan ? { plan: this.plan.id } : {});
      if (view === id) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    this.links.get(id)?.scrollIntoView({ block: "nearest", inline: "nearest" });
    this.picked.hidden = !this.plan;
    if (this.plan) this.list([this.plan]);
  }

  list(plans) {
    const all = plans.some((plan) => plan.id === this.plan.id) ? plans : [this.plan, ...plans];
    fill(
      this.picker,
      all.map((plan) =>
        h("option", { value: plan.id, selected: plan.id === this.plan.id }, title(plan)),
      ),
    );
  }

  async offer() {
    if (this.offered === location.hash) return;
    this.offered = location.hash;
    this.list((await recent(50)).filter((plan) => plan.status === "finished"));
  }

  pick() {
    const { id, params } = parse(location.hash);
    location.hash = hashOf(id || this.views[0].id, {
      ...Object.fromEntries(params),
      plan: this.picker.value,
    });
  }
}

function mark() {
  return h("img", {
    src: new URL("../icon.svg", import.meta.url).href,
    alt: "",
    width: "26",
    height: "26",
  });
}

function themeButton() {
  const names = ["system", "light", "dark"];
  const sign = { system: "◐", light: "☀", dark: "☾" };
  const label = () => t("shell.theme", { name: t(`theme.${theme.chosen()}`) });
  const button = h(
    "button",
    { type: "button", class: "tool", title: label(), "aria-label": label() },
    sign[theme.chosen()],
  );
  button.addEventListener("click", () => {
    theme.choose(names[(names.indexOf(theme.chosen()) + 1) % names.length]);
    button.textContent = sign[theme.chosen()];
    button.title = label();
    button.setAttribute("aria-label", label());
  });
  return button;
}

function languageChoice() {
  const other = Object.keys(languages).find((code) => code !== language());
  const pick = () => {
    chooseLanguage(other);
    location.reload();
  };
  return h(
    "button",
    { type: "button", class: "tool wide", lang: other, on: { click: pick } },
    languages[other],
  );
}

function keyControl(me) {
  if (me.authentication === "off") return null;
  const input = h("input", {
    type: "password",
    autocomplete: "off",
    "aria-label": t("shell.key"),
    placeholder: t("shell.key"),
  });
  const enter = (event) => {
    event.preventDefault();
    remember(known() && !input.value ? "" : input.value.trim());
    location.reload();
  };
  const label = known() ? me.caller || t("shell.signed-in") : t("shell.sign-in");
  const send = h(
    "button",
    { type: "submit", class: "button small" },
    known() ? t("shell.sign-out") : t("shell.sign-in"),
  );
  return h(
    "details",
    { class: "key" },
    h("summary", { class: "tool wide" }, label),
    h("form", { class: "pop", on: { submit: enter } }, known() ? null : input, send),
  );
}
