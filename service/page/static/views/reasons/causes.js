/** The limits behind a shortage, in words. */

import { h } from "../../lib/dom.js";
import { share } from "../../lib/format.js";
import { t } from "../../lib/i18n.js";
import { limitName, worth } from "../answer/words.js";

/**
 * Limits with what each accounts for.
 * @param {import("../../lib/problem.js").Atlas} atlas the problem
 * @param {{causes: object[]}|undefined} group as `/why` gives it
 * @returns {HTMLElement} a list; a sentence where there is none
 */
export function causeList(atlas, group) {
  if (!group?.causes.length) return h("p", { class: "soft" }, t("reasons.only-rounding"));
  return h("ol", { class: "causes" }, group.causes.map((cause) => h(
    "li",
    { data: { rule: cause.rule, id: cause.id } },
    h("div", { class: "cause-line" }, h("span", {}, limitName(atlas, cause)), h("strong", { class: "number" }, share(cause.share))),
    h("span", { class: "track", "aria-hidden": "true" }, h("span", { class: "moved-part", style: { "--from": "0%", "--to": `${100 * cause.share}%` } })),
    h("p", { class: "soft small" }, t("reasons.gain", { worth: worth(cause.gain, cause.unit) })),
  )));
}
