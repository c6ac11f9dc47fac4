/** How likely each county falls below a served share, on the map of the province. */

import { renderColourLegend } from "../../lib/colour-legend.js";
import { formatPercent, formatShare } from "../../lib/format.js";
import { loadViewTexts, t } from "../../lib/i18n.js";
import { loadStylesheet } from "../../lib/stylesheets.js";
import { isDark, watchTheme } from "../../lib/theme.js";
import {
  html,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "../../vendor/preact/preact.js";
import { drawMap } from "../map/drawing.js";
import { loadGeography } from "../map/geography.js";
import { FigureRows } from "./chart-figure.js";
import { computeFailures } from "./figures.js";

/** @typedef {import("./figures.js").Row} Row */

const MAX_HEIGHT = 460;
const DEFAULT_WIDTH = 720;

/** Colours from never to always. */
const CLASSES = /** @type {const} */ ({ scale: "shortage", low: 0, high: 1, count: null });

const NO_LINK = { tonnes: 0, to: null, full: null };
const NO_SWAP = { given: 0, taken: 0 };

/**
 * Figures of the drawing of the map: a probability for each county, and nothing that moves.
 * @param {ProblemIndex} problemIndex the problem
 * @param {Map<string, number>} probabilities probabilities by county
 * @returns {MapData} the figures, as far as the drawing uses them
 */
export const createProbabilityData = (problemIndex, probabilities) =>
  /** @type {MapData} */ (
    /** @type {unknown} */ ({
      problemIndex,
      computeFigure: (/** @type {string} */ county) => probabilities.get(county) ?? null,
      formatFigure: formatShare,
      findClasses: () => CLASSES,
      getLinkFlow: () => NO_LINK,
      getSwap: () => NO_SWAP,
      getSum: () => null,
    })
  );

/** @param {string|null} county the county that is chosen @returns {MapState} what the drawing shows */
const createProbabilityState = (county) =>
  /** @type {MapState} */ (
    /** @type {unknown} */ ({
      measure: "probability",
      month: null,
      item: null,
      county,
      link: null,
      scale: "full",
      layout: "one",
    })
  );

/**
 * @typedef {object} ProbabilityProps
 * @property {ViewContext} context context of the view
 * @property {ProblemIndex} problemIndex the problem
 * @property {Row[]} runCounties rows of the table `run_counties`; none if they were not kept
 * @property {Row[]} counties rows of the table `counties` of one lever
 * @property {Set<number>} runs numbers of the runs of the lever
 * @property {number} least served share to begin with
 */

/** @param {ProbabilityProps} props */
export function ProbabilityMap({
  context,
  problemIndex,
  runCounties,
  counties,
  runs,
  least: first,
}) {
  const wanted = Number(context.params.get("below"));
  const [least, setLeast] = useState(wanted > 0 && wanted <= 1 ? wanted : first);
  const hasRuns = runCounties.length > 0;
  const probabilities = useMemo(
    () =>
      hasRuns
        ? computeFailures(runCounties, runs, least)
        : new Map(counties.map((row) => [row.county, row.probability_below])),
    [runCounties, runs, counties, least],
  );
  const change = (/** @type {any} */ event) => {
    const value = Number(event.currentTarget.value);
    setLeast(value);
    context.updateParams({ below: value });
  };
  const chosen = context.params.get("county");
  const pick = (/** @type {string} */ county) =>
    context.navigate("study", {
      ...Object.fromEntries(context.params),
      county: county === chosen ? "" : county,
    });
  const title = hasRuns ? t("study.map", { share: formatPercent(least) }) : t("study.map-base");
  return html`<section class="study-map" aria-label=${title}>
    <h2 class="figure-title">${title}</h2>
    ${
      hasRuns &&
      html`<label class="field study-least">
        <span>${t("study.map-least", { share: formatPercent(least) })}</span>
        <input
          type="range"
          name="below"
          min="0.05"
          max="1"
          step="0.01"
          value=${least}
          onInput=${change}
        />
      </label>`
    }
    <${Drawing} ...${{ problemIndex, probabilities, chosen, pick }} />
    <${CountyRows} ...${{ problemIndex, probabilities, counties, chosen }} />
  </section>`;
}

/** @param {{problemIndex: ProblemIndex, probabilities: Map<string, number>, chosen: string|null, pick: (county: string) => void}} props */
function Drawing({ problemIndex, probabilities, chosen, pick }) {
  const frame = useRef(/** @type {HTMLElement|null} */ (null));
  const [geography, setGeography] = useState(
    /** @type {import("../map/geography.js").Geography|null} */ (null),
  );
  useEffect(() => {
    let isShown = true;
    Promise.all([
      loadGeography(problemIndex),
      loadViewTexts("map"),
      loadStylesheet("map"),
      loadStylesheet("shared"),
    ]).then(
      ([loaded]) => isShown && setGeography(loaded),
      () => {}, // the table below has the same figures
    );
    return () => {
      isShown = false;
    };
  }, [problemIndex]);
  const [dark, setDark] = useState(isDark());
  useEffect(() => watchTheme(() => setDark(isDark())), []);
  useLayoutEffect(() => {
    if (!frame.current || !geography) return;
    const width = frame.current.clientWidth || DEFAULT_WIDTH;
    const data = createProbabilityData(problemIndex, probabilities);
    const focused = /** @type {any} */ (document.activeElement)?.dataset?.place;
    const drawing = drawMap(
      data,
      geography,
      createProbabilityState(chosen),
      { onPick: pick, onPickLink: () => {} },
      { width, maxHeight: MAX_HEIGHT, transform: { k: 1, x: 0, y: 0 } },
    );
    const ends = [0, 0.5, 1].map(formatPercent);
    frame.current.replaceChildren(
      drawing,
      renderColourLegend(t("map.scale.probability"), "shortage", ends),
    );
    if (focused) {
      const selector = `[data-place="${CSS.escape(focused)}"]`;
      /** @type {SVGElement|null} */ (drawing.querySelector(selector))?.focus();
    }
  }, [geography, probabilities, chosen, dark]);
  return html`<div class="map-drawing" ref=${frame}></div>`;
}

/** @param {{problemIndex: ProblemIndex, probabilities: Map<string, number>, counties: Row[], chosen: string|null}} props */
function CountyRows({ problemIndex, probabilities, counties, chosen }) {
  const rows = counties
    .filter(({ county }) => !chosen || county === chosen)
    .toSorted(
      (one, other) =>
        (probabilities.get(other.county) ?? 0) - (probabilities.get(one.county) ?? 0) ||
        one.p50 - other.p50,
    );
  const head = [t("study.county"), t("study.probability"), "P10", "P50", "P90"];
  const body = rows.map((row) => [
    problemIndex.getName(row.county),
    formatShare(probabilities.get(row.county)),
    ...[row.p10, row.p50, row.p90].map(formatShare),
  ]);
  return html`<details open=${Boolean(chosen)}>
    <summary>${t("study.map-table")}</summary>
    <${FigureRows} label=${t("study.map-table")} ...${{ head, body }} />
  </details>`;
}
