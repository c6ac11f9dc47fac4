/** What came of a study: figures, charts, map and runs. */

import { Card, ShowElement } from "../../lib/elements.js";
import { renderFailure, renderLoading } from "../../lib/feedback.js";
import { formatNumber, formatPercent, formatShare } from "../../lib/format.js";
import { t } from "../../lib/i18n.js";
import { html, useEffect, useMemo, useState } from "../../vendor/preact/preact.js";
import { fetchJobTable } from "../shared/analysis-job.js";
import { BoundsPanel } from "./bounds-panel.js";
import { Downloads } from "./downloads.js";
import { Select } from "./factor-editor.js";
import { FanChart } from "./fan-chart.js";
import { collectBoxes, listRows, orderDrivers, orderFactors, splitColumns } from "./figures.js";
import {
  describeFactor,
  describeOutcome,
  describeThreshold,
  formatOutcome,
} from "./outcome-names.js";
import { ProbabilityMap } from "./probability-map.js";
import { Scatter } from "./scatter.js";
import { GoodsTable, QuantileTable, Regret, describeLever } from "./tables.js";
import { Tornado } from "./tornado.js";

/** @typedef {import("./figures.js").Row} Row */

const TABLES = [
  "runs",
  "counties",
  "items",
  "periods",
  "drivers",
  "boxes",
  "regret",
  "run_counties",
];

/** Served share that the map begins with if the study has no threshold of all needs. */
const DEFAULT_LEAST = 0.8;

/**
 * @typedef {object} StudyProps
 * @property {ViewContext} context context of the view
 * @property {ProblemIndex} problemIndex names of places and goods
 * @property {string} path path of the study
 * @property {Study} study the study, which has ended
 */

/** @param {StudyProps} props */
export function StudyResult(props) {
  const { context, path, study } = props;
  const [tables, setTables] = useState(/** @type {Record<string, Row[]>|null} */ (null));
  const [failure, setFailure] = useState(/** @type {HTMLElement|null} */ (null));
  useEffect(() => {
    const read = async (/** @type {string} */ name) =>
      listRows(
        study.tables && !(name in study.tables) ? {} : await fetchJobTable(context, path, name),
      );
    Promise.all(TABLES.map(async (name) => [name, await read(name)])).then(
      (loaded) => setTables(Object.fromEntries(loaded)),
      (error) => setFailure(renderFailure(error)),
    );
  }, [path]);
  if (failure) return html`<${ShowElement} element=${failure} />`;
  if (!tables) return html`<${Loading} />`;
  return html`<${LoadedStudy} ...${{ ...props, tables }} />`;
}

function Loading() {
  const element = useMemo(() => renderLoading(), []);
  return html`<${ShowElement} element=${element} />`;
}

/**
 * @typedef {object} OwnFigures what a study says of one lever
 * @property {Record<string, Row[]>} rows rows of every table
 * @property {string[]} factors names of the factors
 * @property {string[]} outcomes names of the outcomes
 * @property {Quantiles[]} quantiles
 * @property {ThresholdResult[]} thresholds
 */

/** @param {StudyProps & {tables: Record<string, Row[]>}} props */
function LoadedStudy({ context, problemIndex, path, study, tables }) {
  const levers = [...new Set(tables.runs.map((run) => run.lever))];
  const [chosen, setLever] = useState(context.params.get("lever") ?? "base");
  const lever = levers.includes(chosen) ? chosen : levers[0];
  const own = useMemo(() => selectLever(study, tables, lever), [tables, lever]);
  const changeLever = (/** @type {any} */ event) => {
    setLever(event.currentTarget.value);
    context.updateParams({ lever: event.currentTarget.value });
  };
  const options = levers.map((value) => ({
    value,
    text: describeLever({ problemIndex, lever: value }),
  }));
  return html`
    ${
      levers.length > 1 &&
      html`<${Select}
        label=${t("study.lever-shown")}
        value=${lever}
        options=${options}
        onChange=${changeLever}
      />`
    }
    <${LeverResult} key=${lever} ...${{ context, problemIndex, study, own }} />
    ${
      study.is_convex &&
      own.rows.runs.length > 0 &&
      html`<${BoundsPanel}
        key=${`bounds ${lever}`}
        ...${{ context, problemIndex, path, lever, runs: own.rows.runs, factors: own.factors }}
      />`
    }
    <${Regret} ...${{ problemIndex, rows: tables.regret, perfect: study.perfect_information }} />
    <${Downloads}
      ...${{ path, id: study.id, tables: TABLES.filter((name) => tables[name].length) }}
    />
  `;
}

/** @param {{context: ViewContext, problemIndex: ProblemIndex, study: Study, own: OwnFigures}} props */
function LeverResult({ context, problemIndex, study, own }) {
  const { rows, thresholds, quantiles } = own;
  const bound = thresholds.find(({ outcome }) => outcome === "served_share");
  const runs = useMemo(() => new Set(rows.runs.map(({ run }) => run)), [own]);
  return html`
    <${Facts} ...${{ problemIndex, study, thresholds }} />
    ${rows.periods.length > 0 && html`<section class="card"><${FanChart} periods=${rows.periods} /></section>`}
    <${QuantileTable} ...${{ problemIndex, quantiles }} />
    ${rows.drivers.length > 0 && html`<${Drivers} ...${{ context, problemIndex, own }} />`}
    <section class="card">
      <${ProbabilityMap}
        ...${{ context, problemIndex, runs, least: bound?.least ?? DEFAULT_LEAST }}
        runCounties=${rows.run_counties}
        counties=${rows.counties}
      />
    </section>
    ${rows.runs.length > 0 && html`<${Runs} ...${{ context, problemIndex, study, own }} />`}
    <${GoodsTable}
      ...${{ problemIndex, rows: rows.items, item: context.params.get("item") ?? "" }}
    />
  `;
}

/** @param {Study} study @param {Record<string, Row[]>} tables @param {string} lever @returns {OwnFigures} */
function selectLever(study, tables, lever) {
  const isOwn = (/** @type {Row} */ row) => !("lever" in row) || row.lever === lever;
  const rows = Object.fromEntries(TABLES.map((name) => [name, tables[name].filter(isOwn)]));
  const names = study.request.factors.map(({ name }) => name);
  const quantiles = (study.quantiles ?? []).filter(isOwn);
  const outcomes = quantiles.map(({ outcome }) => outcome);
  return {
    rows,
    ...splitColumns(Object.keys(rows.runs[0] ?? {}), names, outcomes),
    quantiles,
    thresholds: (study.thresholds ?? []).filter(isOwn),
  };
}

/** @param {{problemIndex: ProblemIndex, study: Study, thresholds: ThresholdResult[]}} props */
function Facts({ problemIndex, study, thresholds }) {
  const notes = [];
  const { multi_fidelity: multi } = study;
  if (multi) {
    notes.push(
      t("study.multi-fidelity", {
        fidelity: t(`study.fidelity.${multi.fidelity}`),
        n: formatNumber(multi.corrected_by),
        share: formatPercent(multi.largest_correction),
      }),
    );
  } else if (study.fidelity === "year" || study.fidelity === "quarter") {
    notes.push(t("study.relaxation", { fidelity: t(`study.fidelity.${study.fidelity}`) }));
  }
  if (study.infeasible_count) notes.push(t("study.infeasible", { n: study.infeasible_count }));
  if (study.failed_count) notes.push(t("study.failed", { n: study.failed_count }));
  if (study.clipped_count) notes.push(t("study.clipped", { n: study.clipped_count }));
  notes.push(t(study.is_convex ? "study.convex" : "study.not-convex"));
  return html`<${Card} name="study-facts" title=${t("study.chances")}>
    <dl class="figures">
      ${thresholds.map(
        (one) =>
          html`<div key=${`${one.outcome} ${one.least} ${one.most}`} data-figure="probability">
            <dt>
              ${describeBound(problemIndex, one)} ${" "}<small
                >(${one.interval.map(formatShare).join(" – ")})</small
              >
            </dt>
            <dd>${formatShare(one.probability)}</dd>
          </div>`,
      )}
      <div data-figure="runs">
        <dt>${t("study.run-count")}</dt>
        <dd>${formatNumber(study.run_count)}</dd>
      </div>
    </dl>
    <p class="soft small">${notes.join(" ")}</p>
  <//>`;
}

/** @param {ProblemIndex} problemIndex @param {ThresholdResult} threshold @returns {string} */
function describeBound(problemIndex, { outcome, least, most }) {
  const isLeast = typeof least === "number";
  return t(isLeast ? "study.fails-below" : "study.fails-above", {
    outcome: describeOutcome(problemIndex, outcome),
    bound: formatOutcome(outcome, isLeast ? least : most),
  });
}

/** @param {{context: ViewContext, problemIndex: ProblemIndex, own: OwnFigures}} props */
function Drivers({ context, problemIndex, own: { rows, quantiles } }) {
  const names = [...new Set(rows.drivers.map((row) => row.outcome))];
  const wanted = context.params.get("outcome") ?? "served_share";
  const [chosen, setChosen] = useState(names.includes(wanted) ? wanted : names[0]);
  const own = rows.drivers.filter((row) => row.outcome === chosen);
  const drivers = useMemo(() => orderDrivers(own, rows.runs, chosen), [rows, chosen]);
  const change = (/** @type {any} */ event) => {
    setChosen(event.currentTarget.value);
    context.updateParams({ outcome: event.currentTarget.value });
  };
  return html`<section class="card">
    <${Select}
      label=${t("study.outcome")}
      value=${chosen}
      options=${names.map((value) => ({ value, text: describeOutcome(problemIndex, value) }))}
      onChange=${change}
    />
    <${Tornado}
      ...${{ problemIndex, outcome: chosen, drivers }}
      mean=${quantiles.find(({ outcome }) => outcome === chosen)?.mean ?? null}
      fit=${own[0]?.fit ?? null}
    />
  </section>`;
}

/** @param {{context: ViewContext, problemIndex: ProblemIndex, study: Study, own: OwnFigures}} props */
function Runs({ context, problemIndex, study, own }) {
  const { factors, outcomes, thresholds } = own;
  const { runs, boxes } = own.rows;
  const [chosen, setChosen] = useState(0);
  const threshold = thresholds[chosen] ?? null;
  const ordered = useMemo(() => orderFactors(factors, own.rows.drivers), [own]);
  const rows = boxes.filter((row) => threshold && isBoxOf(row.threshold, threshold));
  return html`<section class="card">
    ${
      thresholds.length > 1 &&
      html`<${Select}
        label=${t("study.threshold")}
        value=${chosen}
        options=${thresholds.map((one, value) => ({ value, text: describeBound(problemIndex, one) }))}
        onChange=${(/** @type {any} */ event) => setChosen(Number(event.currentTarget.value))}
      />`
    }
    <${Scatter}
      key=${chosen}
      ...${{ context, problemIndex, study: study.id, runs, factors: ordered, outcomes, threshold }}
      boxes=${collectBoxes(rows)}
    />
    <${BoxList} ...${{ problemIndex, rows }} />
  </section>`;
}

/** @param {string} name @param {ThresholdResult} threshold @returns {boolean} whether a box belongs to the threshold */
const isBoxOf = (name, { outcome, least, most }) =>
  name.startsWith(`${outcome} `) && Number(name.split(" ").at(-1)) === (least ?? most);

/** @param {{problemIndex: ProblemIndex, rows: Row[]}} props */
function BoxList({ problemIndex, rows }) {
  const boxes = collectBoxes(rows);
  if (!boxes.length) return null;
  return html`<div class="study-boxes">
    <h3>${t("study.boxes", { threshold: describeThreshold(problemIndex, rows[0].threshold) })}</h3>
    <ol>
      ${boxes.map(
        ({ number, sides, coverage, density }) =>
          html`<li key=${number}>
            ${[...sides]
              .map(([factor, [least, greatest]]) =>
                t("study.box-side", {
                  factor: describeFactor(problemIndex, factor),
                  least: formatPercent(least),
                  greatest: formatPercent(greatest),
                }),
              )
              .join("; ")}
            ${" "}
            <span class="soft small">
              ${t("study.box-text", { coverage: formatPercent(coverage), density: formatPercent(density) })}
            </span>
          </li>`,
      )}
    </ol>
  </div>`;
}
