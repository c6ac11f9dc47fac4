/** The curve of one limit: how much of the need is met while it runs from nothing to its greatest factor. */

import { buildAxis, createChart } from "../../lib/chart.js";
import { renderCard } from "../../lib/components.js";
import { fill, h } from "../../lib/dom.js";
import { renderFailure, renderLoading } from "../../lib/feedback.js";
import { formatPercent, formatShare, formatWeightedWon } from "../../lib/format.js";
import { t } from "../../lib/i18n.js";
import { getCssColour } from "../../lib/theme.js";

const TIME_LIMIT_SECONDS = 60;
const HEIGHT = 300;

/**
 * Create the card with the curve of one slider.
 * @param {ViewContext} context context of the view
 * @param {ProblemIndex} problemIndex the problem
 * @param {Slider[]} sliders what can be varied
 * @returns {HTMLElement|null} the card; null for a plan without figures
 */
export function createCurveCard(context, problemIndex, sliders) {
  if (!context.plan.summary || !sliders.length) return null;
  const frame = h("div", { class: "curve", "aria-live": "polite" });
  const options = sliders.map(({ id, where }) =>
    h("option", { value: id }, where ? problemIndex.getName(where) : t(`slider.${id}`)),
  );
  const select = h("select", { name: "curve", "aria-label": t("curve.what") }, options);
  const wanted = context.params.get("curve");
  const isWanted = sliders.some(({ id }) => id === wanted);
  select.value =
    (isWanted ? wanted : sliders.find(({ id }) => id === "power")?.id) ?? sliders[0].id;
  let abortController = new AbortController();
  const stop = () => abortController.abort();
  context.signal.addEventListener("abort", stop);
  const draw = async () => {
    stop();
    abortController = new AbortController();
    const slider = sliders.find(({ id }) => id === select.value) ?? sliders[0];
    context.updateParams({ curve: slider.id });
    await drawCurve(context, frame, slider, abortController);
  };
  const props = { type: "button", class: "button", on: { click: draw } };
  const button = h("button", props, t("curve.draw"));
  if (isWanted) draw();
  const label = h("span", { "aria-hidden": "true" }, t("curve.what"));
  const field = h("div", { class: "field" }, label, select);
  const card = renderCard(
    t("curve.title"),
    h("p", { class: "soft small" }, t("curve.text")),
    h("div", { class: "controls" }, field, button),
    frame,
  );
  card.classList.add("curve-card");
  return card;
}

/** @param {ViewContext} context @param {HTMLElement} frame @param {Slider} slider @param {AbortController} abortController */
async function drawCurve(context, frame, slider, abortController) {
  const { signal } = abortController;
  const stop = () => {
    abortController.abort();
    fill(frame, h("p", { class: "soft" }, t("curve.stopped")));
  };
  const button = h("button", { type: "button", class: "button small", on: { click: stop } });
  fill(button, t("curve.stop"));
  fill(frame, renderLoading(t("curve.solving")), h("div", { class: "buttons" }, button));
  const { what, where, max } = slider;
  const body = {
    change: { what, ...(where ? { where } : {}), factor: 1 },
    start: 0,
    end: max,
    time_limit_seconds: TIME_LIMIT_SECONDS,
  };
  const path = `/v1/plans/${encodeURIComponent(context.plan.id)}/curve`;
  try {
    const curve = await context.api.postJson(path, body, { signal });
    if (signal.aborted) return;
    const name = h("p", { class: "soft small" }, describeRange(curve, slider));
    if (!curve.points.length) fill(frame, h("p", {}, t("curve.no-plan")), name);
    else fill(frame, createChart(buildFigure(curve, context.plan), context.signal).element, name);
  } catch (error) {
    const retry = () => drawCurve(context, frame, slider, new AbortController());
    if (!signal.aborted) fill(frame, renderFailure(error, retry));
  }
}

/** @param {Curve} curve @param {Slider} slider @returns {string} where there is no plan, and where the time ended */
function describeRange(curve, slider) {
  const parts = [];
  const impossible = curve.infeasible_parameters;
  if (impossible.length) {
    parts.push(t("curve.infeasible", { factor: formatPercent(Math.max(...impossible)) }));
  }
  if (curve.explored_until < slider.max - 1e-9) {
    parts.push(t("curve.explored", { factor: formatPercent(curve.explored_until) }));
  }
  parts.push(t(curve.exact ? "curve.exact" : "curve.sampled"));
  if (curve.relaxed) parts.push(t("comparison.relaxed"));
  return parts.join(" ");
}

/** @param {Curve} curve @param {Plan} plan @returns {import("../../lib/chart.js").Figure} */
function buildFigure(curve, plan) {
  const served = plan.summary?.served_share ?? 0;
  return {
    title: t("curve.figure"),
    note: t("curve.note", { share: formatShare(served) }),
    height: HEIGHT,
    option: () => buildOption(curve, served),
    rows: () => ({
      head: [t("curve.factor"), t("comparison.served"), t("comparison.objective")],
      body: curve.points.map((point) => [
        formatPercent(point.parameter),
        formatShare(point.served_share),
        formatWeightedWon(point.objective),
      ]),
    }),
  };
}

/** @param {Curve} curve @param {number} served served share of the plan @returns {Record<string, any>} */
function buildOption(curve, served) {
  const percent = { formatter: formatPercent };
  return {
    tooltip: {
      trigger: "axis",
      valueFormatter: (/** @type {number} */ value) => formatShare(value),
      axisPointer: { label: { formatter: (/** @type {any} */ one) => formatPercent(one.value) } },
    },
    grid: { left: 60, right: 24, top: 24, bottom: 44 },
    xAxis: buildAxis({
      type: "value",
      name: t("curve.factor"),
      nameLocation: "middle",
      nameGap: 28,
      axisLabel: percent,
    }),
    yAxis: buildAxis({ type: "value", min: 0, max: 1, axisLabel: percent }),
    series: [
      {
        type: "line",
        name: t("comparison.served"),
        data: curve.points.map((point) => [point.parameter, point.served_share]),
        symbolSize: 5,
        lineStyle: { width: 3, color: getCssColour("accent") },
        itemStyle: { color: getCssColour("accent") },
      },
      {
        type: "scatter",
        name: t("curve.this-plan"),
        data: [[1, served]],
        symbol: "diamond",
        symbolSize: 18,
        itemStyle: { color: getCssColour("bad") },
        label: {
          show: true,
          formatter: () => t("curve.this-plan"),
          position: "top",
          color: getCssColour("ink"),
        },
      },
    ],
  };
}
