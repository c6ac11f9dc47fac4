/** The bar above every view: name, navigation, selected plan, language, theme and API key. */

import { hasApiKey, saveApiKey } from "./api-key.js";
import { fill, h } from "./dom.js";
import { getLanguage, LANGUAGES, saveLanguage, t } from "./i18n.js";
import { carryContext, watchShownView } from "./plan-context.js";
import { fetchRecentPlans, getPlanTitle } from "./plans.js";
import { buildHash, parseHash } from "./router.js";
import * as theme from "./theme.js";

/** The bar above every view. */
export class Shell {
  /**
   * @param {HTMLElement} bar element of the bar
   * @param {ViewEntry[]} views views in the navigation
   * @param {Principal} me the caller
   */
  constructor(bar, views, me) {
    this.views = views;
    this.me = me;
    /** @type {Plan|null} */
    this.plan = null;
    /** Address for which the list of plans was loaded. */
    this.optionsLoadedFor = "";
    this.links = new Map(
      views.map((view) => [view.id, h("a", { href: buildHash(view.id, {}) }, t(`nav.${view.id}`))]),
    );
    const loadPlanOptions = () => this.loadPlanOptions();
    this.planSelect = h("select", {
      "aria-label": t("shell.plan"),
      on: {
        change: () => this.openSelectedPlan(),
        focus: loadPlanOptions,
        pointerenter: loadPlanOptions,
      },
    });
    this.planPicker = h(
      "div",
      { class: "picker", hidden: true },
      h("span", { class: "soft", "aria-hidden": "true" }, t("shell.plan")),
      this.planSelect,
    );
    watchShownView((shown) => this.updateLinks(shown));
    fill(bar, this.renderBrand(), this.renderNavigation(), this.planPicker, renderTools(me));
  }

  renderBrand() {
    const src = new URL("../icon.svg", import.meta.url).href;
    const logo = h("img", { src, alt: "", width: "26", height: "26" });
    const href = buildHash(this.views[0].id, {});
    return h("a", { class: "brand", "aria-label": "Allot", href }, logo, h("span", {}, "Allot"));
  }

  renderNavigation() {
    const items = [...this.links.values()].map((link) => h("li", {}, link));
    return h("nav", { "aria-label": t("shell.views") }, h("ul", {}, items));
  }

  /**
   * Mark the view shown and show its plan. The router calls this.
   * @param {string} id identifier of the view
   * @param {Plan|null} plan its plan
   */
  updateForView(id, plan) {
    if (plan) this.plan = plan;
    for (const [view, link] of this.links) {
      if (view === id) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    this.links.get(id)?.scrollIntoView({ block: "nearest", inline: "nearest" });
    this.planPicker.hidden = !this.plan;
    if (this.plan) this.renderPlanOptions([this.plan]);
  }

  /**
   * Let the links of the navigation keep the context of the view shown.
   * @param {{view: string, plan: Plan|null, params: URLSearchParams}} shown the view shown
   */
  updateLinks({ view: shown, plan, params }) {
    const id = (plan ?? this.plan)?.id;
    for (const [view, link] of this.links) {
      link.href = buildHash(view, id ? { plan: id, ...carryContext(shown, params, view) } : {});
    }
  }

  /** @param {Array<Plan|PlanListEntry>} plans */
  renderPlanOptions(plans) {
    const selected = this.plan;
    if (!selected) return;
    const all = plans.some((plan) => plan.id === selected.id) ? plans : [selected, ...plans];
    const options = all.map((plan) =>
      h("option", { value: plan.id, selected: plan.id === selected.id }, getPlanTitle(plan)),
    );
    fill(this.planSelect, options);
  }

  async loadPlanOptions() {
    if (this.optionsLoadedFor === location.hash) return;
    this.optionsLoadedFor = location.hash;
    const plans = await fetchRecentPlans(50);
    this.renderPlanOptions(plans.filter((plan) => plan.status === "finished"));
  }

  openSelectedPlan() {
    const target = parseHash(location.hash);
    const params = { ...Object.fromEntries(target?.params ?? []), plan: this.planSelect.value };
    location.hash = buildHash(target?.id || this.views[0].id, params);
  }
}

/** @param {Principal} me @returns {HTMLElement} */
function renderTools(me) {
  return h(
    "div",
    { class: "tools" },
    createThemeButton(),
    createLanguageButton(),
    createKeyControl(me),
  );
}

function createThemeButton() {
  /** @type {theme.ThemeChoice[]} */
  const choices = ["system", "light", "dark"];
  const signs = { system: "◐", light: "☀", dark: "☾" };
  const button = h("button", { type: "button", class: "tool" });
  const update = () => {
    const choice = theme.getThemeChoice();
    button.textContent = signs[choice];
    button.title = t("shell.theme", { name: t(`theme.${choice}`) });
    button.setAttribute("aria-label", button.title);
  };
  button.addEventListener("click", () => {
    theme.setTheme(choices[(choices.indexOf(theme.getThemeChoice()) + 1) % choices.length]);
    update();
  });
  update();
  return button;
}

function createLanguageButton() {
  const other = getLanguage() === "en" ? "ko" : "en";
  const click = () => {
    saveLanguage(other);
    location.reload();
  };
  const props = { type: "button", class: "tool wide", lang: other, on: { click } };
  return h("button", props, LANGUAGES[other]);
}

/** @param {Principal} me @returns {HTMLElement|null} null if authentication is off */
function createKeyControl(me) {
  if (me.authentication === "off") return null;
  const isSignedIn = hasApiKey();
  const input = h("input", {
    type: "password",
    autocomplete: "off",
    "aria-label": t("shell.key"),
    placeholder: t("shell.key"),
  });
  /** @param {Event} event */
  const submit = (event) => {
    event.preventDefault();
    saveApiKey(isSignedIn ? "" : input.value.trim());
    location.reload();
  };
  const label = isSignedIn ? me.caller || t("shell.signed-in") : t("shell.sign-in");
  const action = t(isSignedIn ? "shell.sign-out" : "shell.sign-in");
  const send = h("button", { type: "submit", class: "button small" }, action);
  return h(
    "details",
    { class: "key" },
    h("summary", { class: "tool wide" }, label),
    h("form", { class: "pop", on: { submit } }, isSignedIn ? null : input, send),
  );
}
