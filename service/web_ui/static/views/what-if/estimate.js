/** What the plan's prices foretell of a change: shown at once, and held against what solving again found. */

import { h } from "../../lib/dom.js";
import { number, share, won } from "../../lib/format.js";
import { or, t } from "../../lib/i18n.js";
import { limitName, points, signedWon, worth } from "../shared/descriptions.js";

const PARTS = 4;
const LIMITS = 4;
const LITTLE = 0.001;
const SAME = 0.005;

/** @param {{change: number|null, exact: boolean}} found as `/estimate` gives it @returns {"untold"|"exact"|"least"|"most"} what kind of figure it is */
export function kind(found) {
  if (found.change === null) return "untold";
  if (found.exact) return "exact";
  return found.change < -SAME ? "most" : "least";
}

const money = (change) => (Math.abs(change) < SAME ? won(0) : signedWon(change));

/**
 * The estimate, before the answer is there.
 * @param {object} found as `/estimate` gives it
 * @returns {HTMLElement} what kind of figure it is, the figure, and what that means
 */
export function foretold(found) {
  const what = kind(found);
  const body =
    what === "untold"
      ? h("p", {}, t("estimate.untold"))
      : [
          h(
            "p",
            { class: "estimate-figure" },
            h("span", { class: "soft" }, t("answer.objective")),
            " ",
            h(
              "strong",
              { data: { figure: "estimate" } },
              t(`estimate.${what}`, {
                won: what === "most" ? won(Math.abs(found.change)) : money(found.change),
              }),
            ),
          ),
          found.served_share &&
            h(
              "p",
              { class: "small" },
              t("estimate.served", {
                before: share(found.served_share[0]),
                after: share(found.served_share[1]),
                points: points(...found.served_share),
              }),
            ),
          h("p", { class: "soft small" }, meaning(found, what)),
        ];
  return h(
    "div",
    { class: "estimate", data: { kind: what } },
    h("p", {}, h("span", { class: "tag" }, t("estimate.tag"))),
    body,
  );
}

function meaning(found, what) {
  const far =
    found.holds < LITTLE
      ? t("estimate.holds-little")
      : t("estimate.holds", { share: share(found.holds) });
  return what === "exact" ? t("estimate.exact-text") : t(`estimate.${what}-text`, { holds: far });
}

/**
 * Why it comes out so: what the prices foretold beside what was found, and the limits that it was foretold from.
 * @param {object} found as `/estimate` gives it
 * @param {object} answer the comparison
 * @param {import("../../lib/problem-index.js").Atlas} atlas the problem
 * @returns {HTMLElement} sentences and lists
 */
export function why(found, answer, atlas) {
  const what = kind(found);
  if (what === "untold") return h("div", { class: "why" }, h("p", {}, t("why.untold")));
  if (!found.parts.length)
    return h(
      "div",
      { class: "why" },
      h("p", {}, t(found.exact ? "why.no-price" : "why.no-price-at-first")),
    );
  return h(
    "div",
    { class: "why" },
    h(
      "p",
      { class: "foretold" },
      t(`why.${what}`, {
        won: what === "most" ? won(Math.abs(found.change)) : money(found.change),
        truth: money(answer.objective[1] - answer.objective[0]),
      }),
    ),
    h(
      "ul",
      { class: "said" },
      found.parts
        .slice(0, PARTS)
        .map((part) =>
          h(
            "li",
            { data: { part: part.rule } },
            t("why.part", {
              rule: or(`why.rule.${part.rule}`, or(`rule.${part.rule}`, part.rule)),
              won: money(part.won),
              n: number(part.limits),
            }),
          ),
        ),
    ),
    found.limits.length > 0 && [
      h("p", { class: "soft small" }, t("why.limits")),
      h(
        "ul",
        { class: "said limits" },
        found.limits
          .slice(0, LIMITS)
          .map((limit) =>
            h("li", {}, `${limitName(atlas, limit)}: ${worth(limit.price, limit.unit)}`),
          ),
      ),
    ],
  );
}
