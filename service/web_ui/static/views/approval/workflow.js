/** The approval workflow of a plan: its states and the acts that change them. */

import { fill, h } from "../../lib/dom.js";
import { announce, renderFailure } from "../../lib/feedback.js";
import { createWorkbookLink } from "../../lib/file-links.js";
import { formatDateTime } from "../../lib/format.js";
import { t, textOr } from "../../lib/i18n.js";
import { closeOnEscape } from "../../lib/opener.js";

const STATES = ["draft", "submitted", "ratified", "in_force", "closed"];
const IRREVERSIBLE_ACTS = new Set(["ratify", "close"]);
const SOLVED = ["optimal", "feasible"];
const DIGEST_LENGTH = 16;
const PRECONDITION_FAILED = 412;

/** @typedef {(name: string, note: string) => void} PerformAct */

/**
 * Create the card with the state of the plan, the allowed acts and the history.
 * @param {ViewContext} context context of the view
 * @param {Approval} approval what `/approval` answers
 * @param {() => void} onDone called after an act
 * @returns {HTMLElement} the card
 */
export function createWorkflow(context, approval, onDone) {
  const { api, signal } = context;
  const path = `/v1/plans/${encodeURIComponent(context.plan.id)}/approval`;
  const card = h("section", { class: "card workflow", "aria-label": t("approval.workflow") });
  let { version } = approval;
  /** @param {Approval} current @param {boolean} [isFocused] */
  const show = (current, isFocused = false) => {
    version = current.version;
    const state = t(`approval.state.${current.state}`);
    const heading = h("h2", { tabindex: "-1" }, t("approval.current", { state }));
    const status = h("div", {});
    /** @param {string} name @param {string} note */
    const performAct = async (name, note) => {
      try {
        const headers = { "If-Match": `"${current.version}"` };
        const changed = await api.postJson(`${path}/${name}`, { note }, { headers, signal });
        sessionStorage.removeItem(nameNote(context));
        show(changed, true);
        announce(t(`approval.done.${name}`));
        onDone();
      } catch (error) {
        if (signal.aborted) return;
        const isOutdated = error instanceof api.ApiError && error.status === PRECONDITION_FAILED;
        fill(status, renderFailure(error, isOutdated ? reload : null));
      }
    };
    const parts = h(
      "div",
      { class: "workflow-parts" },
      renderActs(context, current, performAct, status),
      h("div", { class: "record" }, renderRecord(context, current)),
    );
    fill(card, heading, renderStates(current), parts);
    if (isFocused) heading.focus();
  };
  const reload = async () => show(await api.fetchJson(path, signal), true);
  // Another tab may have changed the state in the meantime.
  const refresh = async () => {
    if (document.visibilityState !== "visible") return;
    const current = await api.fetchJson(path, signal);
    if (current.version !== version && !signal.aborted) show(current);
  };
  const handleReturn = () => refresh().catch(() => {}); // the next act tells what is wrong
  document.addEventListener("visibilitychange", handleReturn, { signal });
  show(approval);
  return card;
}

/** @param {ViewContext} context @returns {string} where this tab keeps the note that is typed, until an act takes it */
const nameNote = ({ plan }) => `allot.note.${plan.id}`;

/** @param {Approval} approval @returns {HTMLElement} */
function renderStates({ state }) {
  const isReturned = state === "returned";
  const current = STATES.indexOf(isReturned ? "draft" : state);
  const items = STATES.map((name, k) => {
    const shown = k === 0 && isReturned ? "returned" : name;
    const props = {
      class: k < current ? "past" : null,
      "aria-current": k === current ? "step" : null,
    };
    return h("li", props, t(`approval.state.${shown}`));
  });
  return h("ol", { class: "state-steps" }, items);
}

/** @param {ViewContext} context @param {Approval} approval @param {PerformAct} performAct @param {HTMLElement} status @returns {HTMLElement} */
function renderActs(context, approval, performAct, status) {
  if (!approval.acts.length) {
    return h("p", { class: "soft" }, t(explainMissingActs(context, approval)));
  }
  const note = h("textarea", {
    rows: "2",
    maxlength: "2000",
    id: "act-note",
    on: { input: () => sessionStorage.setItem(nameNote(context), note.value) },
  });
  note.value = sessionStorage.getItem(nameNote(context)) ?? "";
  const buttons = h("div", { class: "buttons acts" });
  /** @param {string} name */
  const perform = (name) => performAct(name, note.value.trim());
  const showButtons = () =>
    fill(
      buttons,
      approval.acts.map((name, k) => {
        const isMain = k === approval.acts.length - 1;
        const click = () => (IRREVERSIBLE_ACTS.has(name) ? showConfirmation(name) : perform(name));
        const props = {
          type: "button",
          class: isMain ? "button main" : "button",
          data: { act: name },
          on: { click },
        };
        return h("button", props, textOr(`approval.act.${name}`, name));
      }),
    );
  let asked = "";
  const cancel = () => {
    showButtons();
    /** @type {HTMLElement|null} */ (buttons.querySelector(`[data-act="${asked}"]`))?.focus();
  };
  /** @param {string} name */
  const showConfirmation = (name) => {
    asked = name;
    const props = {
      type: "button",
      class: "button main confirm",
      on: { click: () => perform(name) },
    };
    const confirm = h("button", props, t(`approval.confirm.${name}`));
    const back = { type: "button", class: "button", on: { click: cancel } };
    const warning = h("span", {}, t(`approval.irreversible.${name}`));
    fill(buttons, warning, confirm, h("button", back, t("approval.cancel")));
    confirm.focus();
  };
  showButtons();
  closeOnEscape(buttons, cancel);
  const label = h("label", { for: "act-note" }, t("approval.note"));
  return h(
    "div",
    { class: "act-form" },
    h("div", { class: "field" }, label, note),
    buttons,
    status,
  );
}

/** @param {ViewContext} context @param {Approval} approval @returns {string} key of a text */
function explainMissingActs({ me, plan }, { state }) {
  if (state === "closed") return "approval.closed";
  if (!SOLVED.includes(plan.outcome ?? "")) return "approval.not-solved";
  return me.authentication === "on" ? "approval.not-allowed" : "approval.no-acts";
}

/** @param {ViewContext} context @param {Approval} approval @returns {Child} */
function renderRecord(context, { digest, history }) {
  const digestLine =
    digest &&
    h(
      "p",
      { class: "soft small" },
      t("approval.digest"),
      " ",
      h("code", {}, digest.slice(0, DIGEST_LENGTH)),
    );
  const workbook = createWorkbookLink(context.plan);
  if (!history.length) return [digestLine, workbook];
  const entries = history.map(({ act, caller, at, note }) =>
    h(
      "li",
      {},
      h("strong", {}, textOr(`approval.done.${act}`, act)),
      h("span", { class: "soft small" }, t("approval.by", { caller, at: formatDateTime(at) })),
      note && h("p", {}, `“${note}”`),
    ),
  );
  const title = h("h3", {}, t("approval.history"));
  return [digestLine, workbook, title, h("ol", { class: "history" }, entries)];
}
