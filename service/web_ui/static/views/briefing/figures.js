/** The figures of a briefing, with their change against the plan that it is compared with. */

import { formatQuantity, formatShare, formatSignedSum, formatWon } from "../../lib/format.js";
import { t } from "../../lib/i18n.js";
import { MIN_WON } from "../../lib/relevance.js";
import { html } from "../../vendor/preact/preact.js";
import { formatPoints } from "../shared/descriptions.js";

/**
 * The view that explains each figure, and whether a rise of it is good (1), bad (-1) or neither (0).
 * @type {Record<BriefingFigure["name"], {view: string, params: Record<string, string>, good: number}>}
 */
const FIGURES = {
  served_share: { view: "map", params: {}, good: 1 },
  short_value: { view: "bottlenecks", params: {}, good: -1 },
  in_time_share: { view: "year", params: { measure: "served" }, good: 1 },
  local_share: { view: "year", params: { part: "sources" }, good: 0 },
  power_used_kwh: { view: "year", params: { part: "power" }, good: 0 },
};

/** @param {{context: ViewContext, briefing: Briefing}} props */
export function Figures({ context, briefing }) {
  const shown = briefing.figures.filter(({ value }) => value !== null);
  const text = briefing.compared_with ? t("briefing.compared-in-force") : "";
  return html`<section class="card briefing-figures" aria-label=${t("briefing.figures")}>
    <dl class="figures">
      ${shown.map((figure) => {
        const { view, params } = FIGURES[figure.name];
        return html`<div key=${figure.name} data-figure=${figure.name}>
          <dt>
            <a href=${context.buildHref(view, params)}>${t(`briefing.figure.${figure.name}`)}</a>
          </dt>
          <dd>${formatFigure(figure, figure.value ?? 0)}</dd>
          ${
            figure.limit !== null &&
            html`<dd class="figure-note">
              ${t("briefing.of-limit", { share: formatShare((figure.value ?? 0) / figure.limit) })}
            </dd>`
          }
          ${
            figure.compared !== null &&
            html`<dd class=${`figure-note change ${judgeChange(figure)}`}>
              ${formatChange(figure, figure.compared)}
            </dd>`
          }
        </div>`;
      })}
    </dl>
    ${
      briefing.compared_with &&
      html`<p class="soft small">
        <a href=${context.buildHref("briefing", { plan: briefing.compared_with, with: "" })}>
          ${context.params.has("with") ? t("briefing.compared") : text}
        </a>
      </p>`
    }
  </section>`;
}

/** @param {BriefingFigure} figure @param {number} value @returns {string} */
function formatFigure({ name }, value) {
  if (name === "short_value") return formatWon(value);
  return name === "power_used_kwh" ? formatQuantity(value, "kWh") : formatShare(value);
}

/** @param {BriefingFigure} figure @param {number} compared @returns {string} */
function formatChange(figure, compared) {
  const value = figure.value ?? 0;
  if (figure.name.endsWith("_share")) return formatPoints(compared, value);
  const change = value - compared;
  if (Math.abs(change) < MIN_WON) return t("format.no-change");
  return formatSignedSum(change, (amount) => formatFigure(figure, amount));
}

/** @param {BriefingFigure} figure @returns {"better"|"worse"|"same"} */
function judgeChange({ name, value, compared }) {
  const change = ((value ?? 0) - (compared ?? 0)) * FIGURES[name].good;
  if (Math.abs(change) < 1e-6) return "same";
  return change > 0 ? "better" : "worse";
}
