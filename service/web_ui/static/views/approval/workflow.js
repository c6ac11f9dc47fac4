/** The way of a plan, step by step, and the acts that lead on. */

import { fill, h } from "../../lib/dom.js";
import { workbook } from "../../lib/file-links.js";
import { moment } from "../../lib/format.js";
import { or, t } from "../../lib/i18n.js";
import { announce, failure } from "../../lib/feedback.js";

const WAY = ["draft", "submitted", "ratified", "in_force", "closed"];
const FINAL = new Set(["ratify", "close"]);

/**
 * Where the plan is, what may be done now, and what was done.
 * @param {object} context the view's
 * @param {object} life as `/life` gives it
 * @param {() => void} done called after an act
 * @returns {HTMLElement} the card
 */
export function journey(context, life, done) {
  const card = h("section", { class: "card journey", "aria-label": t("life.where") });
  const show = (now, focus = false) => {
    fill(
      card,
      h("h2", { tabindex: "-1" }, t("life.now", { state: t(`life.state.${now.state}`) })),
      way(now),
      h(
        "div",
        { class: "journey-parts" },
        acts(context, now, act),
        h("div", { class: "record" }, record(context, now)),
      ),
    );
    if (focus) card.querySelector("h2").focus();
  };
  const act = async (name, note, version, place) => {
    try {
      const path = `/v1/plans/${encodeURIComponent(context.plan.id)}/${name}`;
      show(
        await context.api.post(
          path,
          { note },
          { headers: { "If-Match": `"${version}"` }, signal: context.signal },
        ),
        true,
      );
      announce(t(`life.did.${name}`));
      done();
    } catch (error) {
      if (!context.signal.aborted)
        fill(place, failure(error, error.status === 412 ? () => again(context, show) : null));
    }
  };
  show(life);
  return card;
}

async function again(context, show) {
  show(
    await context.api.get(`/v1/plans/${encodeURIComponent(context.plan.id)}/life`, context.signal),
    true,
  );
}

function way(life) {
  const at = WAY.indexOf(life.state === "returned" ? "draft" : life.state);
  return h(
    "ol",
    { class: "way" },
    WAY.map((state, k) =>
      h(
        "li",
        { class: k < at ? "past" : null, "aria-current": k === at ? "step" : null },
        t(`life.state.${k === 0 && life.state === "returned" ? "returned" : state}`),
      ),
    ),
  );
}

function acts(context, life, act) {
  if (!life.acts.length) return h("p", { class: "soft" }, t(lack(context, life)));
  const note = h("textarea", { rows: "2", maxlength: "2000", id: "act-note" });
  const place = h("div", {});
  const buttons = h("div", { class: "buttons acts" });
  const offer = () =>
    fill(
      buttons,
      life.acts.map((name, k) =>
        h(
          "button",
          {
            type: "button",
            class: `button ${k === life.acts.length - 1 ? "main" : ""}`,
            data: { act: name },
            on: { click: () => choose(name) },
          },
          or(`life.act.${name}`, name),
        ),
      ),
    );
  const choose = (name) => {
    if (!FINAL.has(name)) {
      act(name, note.value.trim(), life.version, place);
      return;
    }
    const sure = h(
      "button",
      {
        type: "button",
        class: "button main sure",
        on: { click: () => act(name, note.value.trim(), life.version, place) },
      },
      t(`life.sure.${name}`),
    );
    fill(
      buttons,
      h("span", {}, t(`life.final.${name}`)),
      sure,
      h("button", { type: "button", class: "button", on: { click: offer } }, t("life.not-yet")),
    );
    sure.focus();
  };
  offer();
  return h(
    "div",
    { class: "act-form" },
    h("div", { class: "field" }, h("label", { for: "act-note" }, t("life.note")), note),
    buttons,
    place,
  );
}

function lack(context, life) {
  if (life.state === "closed") return "life.ended";
  if (!["optimal", "feasible"].includes(context.plan.outcome)) return "life.no-plan";
  return context.me.authentication === "on" ? "life.no-acts" : "life.none-now";
}

function record(context, life) {
  const digest =
    life.digest &&
    h("p", { class: "soft small" }, t("life.digest"), " ", h("code", {}, life.digest.slice(0, 16)));
  if (!life.history.length) return [digest, workbook(context.plan)];
  return [
    digest,
    workbook(context.plan),
    h("h3", {}, t("life.history")),
    h(
      "ol",
      { class: "history" },
      life.history.map((one) =>
        h(
          "li",
          {},
          h("strong", {}, or(`life.did.${one.act}`, one.act)),
          h(
            "span",
            { class: "soft small" },
            t("life.by", { caller: one.caller, at: moment(one.at) }),
          ),
          one.note && h("p", {}, `“${one.note}”`),
        ),
      ),
    ),
  ];
}
