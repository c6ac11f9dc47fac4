/** The audit log: who did what, newest first. */

import {
  renderCard,
  renderColumnHeading,
  renderScrollTable,
  renderSegments,
} from "../../lib/components.js";
import { fill, h } from "../../lib/dom.js";
import { renderFailure, renderLoading } from "../../lib/feedback.js";
import { formatDateTime } from "../../lib/format.js";
import { t, textOr } from "../../lib/i18n.js";

const PAGE_SIZE = 25;
const MAX_SIZE = 1000;

/**
 * Create the audit log of the plan, or of everything that the caller may read.
 * @param {ViewContext} context context of the view
 * @returns {{element: HTMLElement, refresh: () => void}} the card, and a function that reads the log again
 */
export function createAuditLog(context) {
  const frame = h("div", {}, renderLoading());
  let isAll = context.params.get("log") === "all";
  let limit = PAGE_SIZE;
  const refresh = async () => {
    const query = new URLSearchParams({ order: "newest", limit: String(limit) });
    if (!isAll) query.set("subject", context.plan.id);
    try {
      const { entries, next } = await context.api.fetchJson(`/v1/audit?${query}`, context.signal);
      const list = entries.length
        ? renderEntries(entries, isAll)
        : h("p", { class: "soft" }, t("audit.none"));
      fill(frame, list, next && limit < MAX_SIZE && renderMoreButton());
    } catch (error) {
      if (!context.signal.aborted) fill(frame, renderFailure(error, refresh));
    }
  };
  const renderMoreButton = () => {
    const click = () => {
      limit = Math.min(MAX_SIZE, limit * 4);
      refresh();
    };
    const props = { type: "button", class: "button small", on: { click } };
    return h("button", props, t("audit.more"));
  };
  const choice = renderSegments({
    name: "log",
    legend: t("audit.scope"),
    isLegendHidden: true,
    choices: [
      ["plan", t("audit.scope-plan")],
      ["all", t("audit.scope-all")],
    ],
    selected: isAll ? "all" : "plan",
    onChange: (value) => {
      isAll = value === "all";
      context.updateParams({ log: isAll ? "all" : null });
      refresh();
    },
  });
  refresh();
  const element = renderCard(t("audit.title"), choice, frame);
  element.classList.add("audit");
  return { element, refresh };
}

/** @param {AuditEntry[]} entries @param {boolean} isAll @returns {HTMLElement} */
function renderEntries(entries, isAll) {
  const columns = ["at", "caller", "act", ...(isAll ? ["subject"] : []), "detail"];
  return renderScrollTable({
    label: t("audit.title"),
    head: columns.map((name) => renderColumnHeading(t(`audit.${name}`))),
    rows: entries.map((entry) =>
      h(
        "tr",
        { data: { act: entry.act } },
        h("td", { class: "when" }, formatDateTime(entry.at)),
        h("td", {}, entry.caller),
        h("td", {}, textOr(`audit.act.${entry.act}`, entry.act)),
        isAll && h("td", { class: "wrap" }, entry.subject),
        h("td", { class: "wrap small" }, renderDetails(entry.detail)),
      ),
    ),
  });
}

const DIGEST_PATTERN = /^[0-9a-f]{64}$/;
const DIGEST_LENGTH = 16;
const MAX_LENGTH = 80;

/** Details that are English sentences of the service. */
const ENGLISH_DETAILS = new Set(["detail"]);

/** Details whose values have texts, and the prefixes of the keys.
 * @type {Record<string, string>} */
const TRANSLATED_DETAILS = {
  outcome: "outcome",
  state: "approval.state",
  approval_state: "approval.state",
};

/** @param {Record<string, unknown>} detail @returns {Child} */
function renderDetails(detail) {
  const shown = Object.entries(detail).filter(
    ([, value]) => value !== null && value !== "" && typeof value !== "object",
  );
  return shown.map(([name, value], k) => [
    k > 0 && " · ",
    `${textOr(`audit.detail.${name}`, name)}: `,
    renderDetail(name, String(value)),
  ]);
}

/** @param {string} name @param {string} value @returns {Child} */
function renderDetail(name, value) {
  if (name in TRANSLATED_DETAILS) return textOr(`${TRANSLATED_DETAILS[name]}.${value}`, value);
  if (DIGEST_PATTERN.test(value)) return h("code", {}, value.slice(0, DIGEST_LENGTH));
  const text = value.slice(0, MAX_LENGTH);
  return ENGLISH_DETAILS.has(name) ? h("span", { lang: "en" }, text) : text;
}
