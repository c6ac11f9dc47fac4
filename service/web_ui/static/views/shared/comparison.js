/** A comparison of two plans as the interface gives it: figures, what changed most, tables with bars. */

import { h } from "../../lib/dom.js";
import { share, won } from "../../lib/format.js";
import { t } from "../../lib/i18n.js";
import { points, signedWon } from "./descriptions.js";

const SMALL = 1e-9;

/**
 * The two figures that count, before and after.
 * @param {{objective: number[], served_share: number[]}} answer the comparison
 * @returns {HTMLElement} the figures
 */
export function headline(answer) {
  const [before, after] = answer.served_share;
  const [cost, now] = answer.objective;
  return h(
    "dl",
    { class: "beside" },
    pair(
      t("answer.served"),
      share(before),
      share(after),
      points(before, after),
      after - before,
      "served",
    ),
    pair(
      t("answer.objective"),
      won(cost),
      won(now),
      Math.abs(now - cost) < 0.005 ? t("answer.same") : signedWon(now - cost),
      cost - now,
      "objective",
    ),
  );
}

function pair(label, before, after, change, better, id) {
  const tone = Math.abs(better) < SMALL ? "" : better > 0 ? "good" : "bad";
  return h(
    "div",
    { data: { figure: id } },
    h("dt", {}, label),
    h(
      "dd",
      {},
      h("span", { class: "was" }, before),
      h("span", { "aria-hidden": "true", class: "arrow" }, "→"),
      h("span", { class: "unseen" }, t("answer.becomes")),
      h("strong", {}, after),
      h("span", { class: `tag ${tone}` }, change),
    ),
  );
}

/**
 * What changed most, in sentences.
 * @param {object} answer the comparison
 * @param {import("../../lib/problem-index.js").Atlas} atlas the problem
 * @returns {HTMLElement} a list; a sentence where nothing changed
 */
export function most(answer, atlas) {
  const said = [
    sentence(answer.by_county, atlas, "county", SMALL),
    sentence(answer.by_category, atlas, "category", SMALL),
    factorySentence(answer.by_factory, atlas),
  ].filter(Boolean);
  if (!said.length)
    return h(
      "p",
      { class: "nothing-changed" },
      t(
        Math.abs(answer.objective[1] - answer.objective[0]) > 1e-6
          ? "answer.only-cost"
          : "answer.nothing",
      ),
    );
  return h(
    "ul",
    { class: "said" },
    said.map((text) => h("li", {}, text)),
  );
}

function far(rows) {
  return [...rows].sort((a, b) => Math.abs(b.after - b.before) - Math.abs(a.after - a.before));
}

function sentence(rows, atlas, kind, least) {
  const first = far(rows)[0];
  if (!first || Math.abs(first.after - first.before) <= least) return null;
  const way = first.after < first.before ? "loses" : "gains";
  return t(`answer.${kind}-${way}`, {
    name: atlas.name(first.key),
    before: share(first.before),
    after: share(first.after),
  });
}

function factorySentence(rows, atlas) {
  const first = far(rows)[0];
  if (!first || Math.abs(first.after - first.before) < 0.5) return null;
  const way = first.after < first.before ? "less" : "more";
  return t(`answer.factory-${way}`, {
    name: atlas.name(first.key),
    won: won(Math.abs(first.after - first.before)),
  });
}

/**
 * Served shares, or won's worth made, before and after; what changed most stands first.
 * @param {{key: string, before: number, after: number}[]} rows what moved
 * @param {import("../../lib/problem-index.js").Atlas} atlas the problem
 * @param {"county"|"category"|"factory"} kind what the rows are
 * @returns {HTMLElement} a table
 */
export function moved(rows, atlas, kind) {
  const money = kind === "factory";
  const write = money ? won : share;
  const top = money ? Math.max(1, ...rows.map((row) => Math.max(row.before, row.after))) : 1;
  const shown = far(rows).slice(0, money ? 12 : 20);
  if (!shown.length) return h("p", { class: "soft" }, t("answer.none-moved"));
  const head = [
    t(`answer.col-${kind}`),
    t("answer.col-before"),
    t("answer.col-after"),
    t("answer.col-change"),
  ];
  return h(
    "div",
    { class: "scroll", tabindex: "0", role: "region", "aria-label": t(`answer.by-${kind}`) },
    h(
      "table",
      { class: "rows moved", data: { by: kind } },
      h("caption", { class: "unseen" }, t(`answer.by-${kind}`)),
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          head.map((text, k) => h("th", { scope: "col", class: k ? "number" : null }, text)),
          h("th", { class: "bars" }, h("span", { class: "unseen" }, t("answer.col-bar"))),
        ),
      ),
      h(
        "tbody",
        {},
        shown.map((row) =>
          h(
            "tr",
            { data: { key: row.key } },
            h("th", { scope: "row" }, atlas.name(row.key)),
            h("td", { class: "number" }, write(row.before)),
            h("td", { class: "number" }, write(row.after)),
            h("td", { class: "number" }, difference(row, money)),
            h(
              "td",
              { class: "bars", "aria-hidden": "true" },
              track(row.before / top, row.after / top),
            ),
          ),
        ),
      ),
    ),
  );
}

function difference(row, money) {
  if (!money) return points(row.before, row.after);
  return Math.abs(row.after - row.before) < 0.005
    ? t("answer.same")
    : signedWon(row.after - row.before);
}

function track(before, after) {
  const [low, high] = [Math.min(before, after), Math.max(before, after)];
  const span = { "--from": `${100 * low}%`, "--to": `${100 * (high - low)}%` };
  return h(
    "span",
    { class: `track ${after < before ? "fell" : "rose"}` },
    h("span", { class: "kept", style: { "--to": `${100 * low}%` } }),
    h("span", { class: "moved-part", style: span }),
  );
}

/**
 * The way from one plan to the other, step by step.
 * @param {object} answer the comparison
 * @param {(name: string, position: number) => string} say the name of a step
 * @returns {HTMLElement|null} a table; null for a single step
 */
export function steps(answer, say) {
  if (answer.steps.length < 2) return null;
  const top = Math.max(1, ...answer.steps.map((step) => Math.abs(step.objective_change ?? 0)));
  return h(
    "div",
    { class: "scroll", tabindex: "0", role: "region", "aria-label": t("answer.steps") },
    h(
      "table",
      { class: "rows steps" },
      h("caption", { class: "unseen" }, t("answer.steps")),
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          h("th", { scope: "col" }, t("answer.col-step")),
          h("th", { scope: "col", class: "number" }, t("answer.col-cost")),
          h("th", { scope: "col", class: "number" }, t("answer.served")),
          h("th", { class: "bars" }, h("span", { class: "unseen" }, t("answer.col-bar"))),
        ),
      ),
      h(
        "tbody",
        {},
        answer.steps.map((step, k) => stepRow(step, say(step.name, k), top)),
      ),
    ),
  );
}

function stepRow(step, name, top) {
  const change = step.objective_change;
  if (change === null)
    return h(
      "tr",
      {},
      h("th", { scope: "row" }, name),
      h("td", { colspan: "3" }, t("answer.impossible")),
    );
  const part = { "--from": "0%", "--to": `${(100 * Math.abs(change)) / top}%` };
  return h(
    "tr",
    {},
    h("th", { scope: "row" }, name),
    h("td", { class: "number" }, Math.abs(change) < 0.005 ? t("answer.same") : signedWon(change)),
    h("td", { class: "number" }, points(0, step.served_change)),
    h(
      "td",
      { class: "bars", "aria-hidden": "true" },
      h(
        "span",
        { class: `track ${change > 0 ? "fell" : "rose"}` },
        h("span", { class: "moved-part", style: part }),
      ),
    ),
  );
}

/**
 * All of a comparison.
 * @param {object} answer the comparison
 * @param {import("../../lib/problem-index.js").Atlas} atlas the problem
 * @param {{say?: (name: string, position: number) => string, why?: HTMLElement|null}} [more] names of steps, and what explains
 * @returns {HTMLElement} figures, sentences, tables
 */
export function whole(answer, atlas, { say = (name) => name, why = null } = {}) {
  const way = steps(answer, say);
  const parts = ["county", "category", "factory"].map((kind) => [kind, answer[`by_${kind}`]]);
  return h(
    "div",
    { class: "answer" },
    headline(answer),
    h("section", {}, h("h3", {}, t("answer.most")), most(answer, atlas)),
    why && h("section", {}, h("h3", {}, t("answer.why")), why),
    way &&
      h(
        "section",
        {},
        h("h3", {}, t("answer.steps")),
        h("p", { class: "soft small" }, t("answer.steps-text")),
        way,
      ),
    parts.map(([kind, rows]) =>
      h("section", {}, h("h3", {}, t(`answer.by-${kind}`)), moved(rows, atlas, kind)),
    ),
  );
}
