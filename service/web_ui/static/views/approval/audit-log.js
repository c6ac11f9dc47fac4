/** The audit trail: who did what, newest first. */

import { fill, h } from "../../lib/dom.js";
import { moment } from "../../lib/format.js";
import { or, t } from "../../lib/i18n.js";
import { failure, loading } from "../../lib/feedback.js";

const PAGE = 25;

/**
 * The audit log of the plan, or of all that the caller may see.
 * @param {object} context the view's
 * @returns {{element: HTMLElement, renew: () => void}} the card, and what reads it anew
 */
export function auditLog(context) {
  const place = h("div", {}, loading());
  let all = context.params.get("log") === "all";
  let limit = PAGE;
  const renew = async () => {
    try {
      const asked = new URLSearchParams({
        order: "newest",
        limit: String(limit),
        ...(all ? {} : { subject: context.plan.id }),
      });
      const { entries, next } = await context.api.get(`/v1/audit?${asked}`, context.signal);
      fill(
        place,
        entries.length ? lines(entries, all) : h("p", { class: "soft" }, t("audit.none")),
        next && limit < 1000 && more(),
      );
    } catch (error) {
      if (!context.signal.aborted) fill(place, failure(error, renew));
    }
  };
  const more = () =>
    h(
      "button",
      {
        type: "button",
        class: "button small",
        on: {
          click: () => {
            limit = Math.min(1000, limit * 4);
            renew();
          },
        },
      },
      t("audit.more"),
    );
  const option = (value) =>
    h(
      "label",
      {},
      h("input", {
        type: "radio",
        name: "log",
        value,
        checked: (value === "all") === all,
        on: {
          change: () => {
            all = value === "all";
            context.update({ log: all ? "all" : null });
            renew();
          },
        },
      }),
      t(`audit.of-${value}`),
    );
  renew();
  const pick = h(
    "fieldset",
    {},
    h("legend", { class: "unseen" }, t("audit.of")),
    h("div", { class: "segments" }, ["plan", "all"].map(option)),
  );
  return {
    element: h("section", { class: "card audit" }, h("h2", {}, t("audit.title")), pick, place),
    renew,
  };
}

function lines(entries, all) {
  const head = ["at", "caller", "act", ...(all ? ["subject"] : []), "detail"];
  return h(
    "div",
    { class: "scroll", tabindex: "0", role: "region", "aria-label": t("audit.title") },
    h(
      "table",
      { class: "rows" },
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          head.map((name) => h("th", { scope: "col" }, t(`audit.${name}`))),
        ),
      ),
      h(
        "tbody",
        {},
        entries.map((entry) =>
          h(
            "tr",
            { data: { act: entry.act } },
            h("td", { class: "when" }, moment(entry.at)),
            h("td", {}, entry.caller),
            h("td", {}, or(`audit.act.${entry.act}`, entry.act)),
            all && h("td", { class: "wrap" }, entry.subject),
            h("td", { class: "wrap small" }, particulars(entry.detail)),
          ),
        ),
      ),
    ),
  );
}

const DIGEST = /^[0-9a-f]{64}$/;
const SAID = new Set(["detail"]);
const cut = (text) => (DIGEST.test(text) ? text.slice(0, 16) : text.slice(0, 80));

const WORDS = { outcome: "outcome", state: "life.state", life: "life.state" };

/** A particular: in our words where we have some; digests and what programs say as they are. */
function worded(name, value) {
  if (name in WORDS) return or(`${WORDS[name]}.${value}`, String(value));
  return SAID.has(name)
    ? h("span", { lang: "en" }, cut(String(value)))
    : DIGEST.test(value)
      ? h("code", {}, cut(String(value)))
      : cut(String(value));
}

function particulars(detail) {
  const said = Object.entries(detail).filter(
    ([, value]) => value !== null && value !== "" && typeof value !== "object",
  );
  return said.map(([name, value], k) => [
    k > 0 && " · ",
    `${or(`audit.detail.${name}`, name)}: `,
    worded(name, value),
  ]);
}
