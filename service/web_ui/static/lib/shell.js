/** The bar above every view: name, navigation, selected plan, finder, help, language, theme and API key. */

import { fill, h } from "./dom.js";
import { getLanguage, t } from "./i18n.js";
import { LANGUAGES, saveLanguage } from "./language.js";
import { carryContext, readDraft, rememberDraft, watchShownView } from "./plan-context.js";
import { getPlanTitle } from "./plans.js";
import { buildHash } from "./hash.js";
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
    this.links = new Map(
      views.map((view) => [view.id, h("a", { href: buildHash(view.id, {}) }, t(`nav.${view.id}`))]),
    );
    this.planName = h("span", {});
    this.planPicker = h(
      "button",
      {
        type: "button",
        class: "picker",
        hidden: true,
        "aria-haspopup": "dialog",
        on: { click: () => this.openFinder(true) },
      },
      h("span", { class: "soft" }, t("shell.plan")),
      " ",
      this.planName,
      h("span", { class: "soft", "aria-hidden": "true" }, "▾"),
    );
    addEventListener("keydown", (event) => this.handleKey(event));
    watchShownView((shown) => this.updateLinks(shown));
    const tools = [this.renderFindButton(), createHelpButton(), ...createTools(me)];
    fill(
      bar,
      this.renderBrand(),
      this.renderNavigation(),
      this.planPicker,
      h("div", { class: "tools" }, tools),
    );
  }

  /** @param {boolean} onlyPlans whether only plans are searched */
  async openFinder(onlyPlans) {
    if (document.querySelector("dialog[open]")) return;
    const { openFinder } = await import("./finder.js");
    await openFinder(
      this.views.map(({ id }) => id),
      onlyPlans,
    );
  }

  /** @param {KeyboardEvent} event */
  handleKey(event) {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      this.openFinder(false);
    } else if (event.key === "?" && !isTyping(event.target)) openHelp();
  }

  renderFindButton() {
    const label = `${t("shell.find")} (Ctrl K)`;
    const click = () => this.openFinder(false);
    const props = { type: "button", class: "tool", title: label, "aria-label": label };
    return h("button", { ...props, on: { click } }, "⌕");
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
    if (this.plan) fill(this.planName, getPlanTitle(this.plan));
  }

  /**
   * Let the links of the navigation keep the context of the view shown.
   * @param {{view: string, plan: Plan|null, params: URLSearchParams}} shown the view shown
   */
  updateLinks({ view: shown, plan, params }) {
    const id = (plan ?? this.plan)?.id;
    rememberDraft({ view: shown, plan, params });
    for (const [view, link] of this.links) {
      const kept = id && { plan: id, ...carryContext(shown, params, view), ...readDraft(view, id) };
      link.href = buildHash(view, kept || {});
    }
  }
}

const WRITTEN =
  "input:not([type=range], [type=radio], [type=checkbox], [type=file]), textarea, select, dialog";

/** @param {EventTarget|null} target @returns {boolean} whether a key writes into the element */
const isTyping = (target) => target instanceof HTMLElement && Boolean(target.closest(WRITTEN));

async function openHelp() {
  if (document.querySelector("dialog[open]")) return;
  await (await import("./help.js")).openHelp();
}

function createHelpButton() {
  const label = t("shell.help");
  const props = { type: "button", class: "tool", title: label, "aria-label": label };
  return h("button", { ...props, on: { click: openHelp } }, "?");
}

/** @param {Principal} me @returns {Child[]} */
const createTools = (me) => [createThemeButton(), createLanguageButton(), createKeySlot(me)];

/** @param {Principal} me @returns {HTMLElement} the control for signing in, loaded only if authentication is on */
function createKeySlot(me) {
  const slot = h("div", { hidden: me.authentication === "off" });
  if (!slot.hidden) {
    import("./key-control.js").then(({ renderKeyControl }) => fill(slot, renderKeyControl(me)));
  }
  return slot;
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
