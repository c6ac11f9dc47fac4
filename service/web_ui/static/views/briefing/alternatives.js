/** Other plans that are nearly as good: what differs, and links that open and compare them. */

import { formatPercent, formatQuantity, formatShare, formatWeightedWon } from "../../lib/format.js";
import { t } from "../../lib/i18n.js";
import { html } from "../../vendor/preact/preact.js";

/** Differences that are listed. */
const MAX_DIFFERENCES = 4;

/**
 * @typedef {object} AlternativesProps
 * @property {ViewContext} context context of the view
 * @property {ProblemIndex} problemIndex names
 * @property {{alternatives: Alternative[], plans: string[]}} result what was found
 */

/** @param {AlternativesProps} props */
export function Alternatives({ context, problemIndex, result }) {
  const { alternatives, plans } = result;
  if (!alternatives.length) return html`<p>${t("ranges.no-alternatives")}</p>`;
  return html`<ol class="alternatives">
    ${alternatives.map((one, k) => {
      const name = t("ranges.alternative", { n: k + 1 });
      return html`<li key=${plans[k] ?? k}>
        <p>
          <strong>${name}</strong>${" "}
          <span class="soft small">
            ${t("ranges.alternative-text", {
              objective: formatWeightedWon(one.objective),
              share: formatPercent(one.slack),
            })}
          </span>
        </p>
        <ul class="small">
          ${one.differences
            .slice(0, MAX_DIFFERENCES)
            .map(
              (difference) =>
                html`<li key=${difference.measure}>
                  ${nameDifference(problemIndex, difference.measure)}:
                  ${" "}${formatValue(difference, difference.before)} →${" "}
                  ${formatValue(difference, difference.after)}
                </li>`,
            )}
        </ul>
        ${
          plans[k] &&
          html`<p class="buttons">
            <a
              class="button small"
              href=${context.buildHref("briefing", { plan: plans[k] })}
              aria-label=${t("ranges.open", { name })}
            >
              ${t("ranges.open-short")}
            </a>
            <a
              class="button small"
              href=${context.buildHref("compare", { with: plans[k] })}
              aria-label=${t("ranges.compare", { name })}
            >
              ${t("ranges.compare-short")}
            </a>
          </p>`
        }
      </li>`;
    })}
  </ol>`;
}

/** @param {AlternativeDifference} difference @param {number} value @returns {string} */
const formatValue = ({ unit }, value) => (unit ? formatQuantity(value, unit) : formatShare(value));

/**
 * Name what differs.
 * @param {ProblemIndex} problemIndex names of places, goods and factories
 * @param {string} label such as `made of factory kimjongsuk-soap`
 * @returns {string} such as `made, Kim Jong Suk Soap Factory`
 */
export function nameDifference(problemIndex, label) {
  const [measure, of] = label.split(/ of (.*)/s);
  const name = t(`ranges.measure.${measure}`);
  if (!of) return name;
  const parts = of.split(", ").flatMap((part) => {
    const [, values = ""] = part.split(/ (.*)/s);
    return values.split(" or ").map((value) => problemIndex.getName(value));
  });
  return t("ranges.measure-of", { measure: name, what: parts.join(", ") });
}
