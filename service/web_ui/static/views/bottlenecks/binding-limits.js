/** The limits behind a shortage, in words. */

import { h } from "../../lib/dom.js";
import { share, won } from "../../lib/format.js";
import { t } from "../../lib/i18n.js";
import { limitName, worth } from "../shared/descriptions.js";

/**
 * Limits with what each accounts for.
 * @param {import("../../lib/problem-index.js").Atlas} atlas the problem
 * @param {{causes: object[], won: number, no_way: number, costs: number, other_limits: number, dearer: number}|undefined} group as `/why` gives it
 * @returns {HTMLElement|HTMLElement[]} a list and what else there is to it; a sentence where there is nothing
 */
export function causeList(atlas, group) {
  if (!group || (!group.causes.length && !group.no_way))
    return h("p", { class: "soft" }, t("reasons.only-rounding"));
  return [list(atlas, group.causes), rest(group)];
}

function list(atlas, causes) {
  return h(
    "ol",
    { class: "causes" },
    causes.map((cause) =>
      h(
        "li",
        { data: { rule: cause.rule, id: cause.id } },
        h(
          "div",
          { class: "cause-line" },
          h("span", {}, limitName(atlas, cause)),
          h("strong", { class: "number" }, share(cause.share)),
        ),
        h(
          "span",
          { class: "track", "aria-hidden": "true" },
          h("span", {
            class: "moved-part",
            style: { "--from": "0%", "--to": `${100 * cause.share}%` },
          }),
        ),
        h(
          "p",
          { class: "soft small" },
          t("reasons.gain", { worth: worth(cause.gain, cause.unit) }),
        ),
      ),
    ),
  );
}

const PARTS = ["no_way", "costs", "other_limits", "dearer"];

function rest(group) {
  const there = PARTS.filter((name) => group[name] > 0.0005 * group.won);
  if (!there.length) return null;
  return h(
    "ul",
    { class: "said small parts" },
    there.map((name) =>
      h(
        "li",
        { data: { part: name } },
        t(`reasons.part.${name}`, { won: won(group[name]), share: share(group[name] / group.won) }),
      ),
    ),
  );
}
