/** A backtest: each way of planning as a small chart of its costs and served shares, and all of them as a table. */

import { ShowElement, ViewHead } from "../../lib/elements.js";
import { renderFailure } from "../../lib/feedback.js";
import {
  formatCompact,
  formatDateTime,
  formatNumber,
  formatPercent,
  formatShare,
  formatWeightedWon,
} from "../../lib/format.js";
import { t, textOr } from "../../lib/i18n.js";
import { html, useEffect, useState } from "../../vendor/preact/preact.js";
import { JobProgress, fetchJobTable, hasEnded, useJob } from "../shared/analysis-job.js";
import { BottomAxis, ChartFigure, FigureRows } from "./chart-figure.js";
import { Downloads } from "./downloads.js";
import { listRows } from "./figures.js";
import { createScale, findRange, listTicks } from "./geometry.js";
import { EndedJob } from "./open-study.js";
import { RangeBar } from "./tables.js";

/** @typedef {import("./figures.js").Row} Row */

/** @param {{context: ViewContext, problemIndex: ProblemIndex, id: string}} props */
export function OpenBacktest({ context, id }) {
  const path = `/v1/backtests/${encodeURIComponent(id)}`;
  const { job, failure } = useJob(context, path);
  const backtest = /** @type {Backtest|null} */ (job);
  return html`
    <${ViewHead}
      title=${t("backtest.one")}
      lead=${backtest ? t("backtest.lead", { time: formatDateTime(backtest.created ?? null) }) : ""}
    >
      <div class="buttons">
        <a class="button small" href=${context.buildHref("study", { part: "backtests" })}>
          ${t("backtest.all")}
        </a>
      </div>
    <//>
    ${failure && html`<${ShowElement} element=${failure} />`}
    ${backtest && html`<${JobProgress} ...${{ context, path, job: backtest }} />`}
    ${backtest && hasEnded(backtest) && html`<${EndedBacktest} ...${{ context, path, backtest }} />`}
  `;
}

/** @param {string} name @returns {string} name of a way of planning */
const describePolicy = (name) => textOr(`backtest.policy.${name}`, name);

/** @param {{context: ViewContext, path: string, backtest: Backtest}} props */
function EndedBacktest({ context, path, backtest }) {
  const [paths, setPaths] = useState(/** @type {Row[]|null} */ (null));
  const [failure, setFailure] = useState(/** @type {HTMLElement|null} */ (null));
  const { policies } = backtest;
  useEffect(() => {
    if (!policies) return;
    fetchJobTable(context, path, "paths").then(
      (columns) => setPaths(listRows(columns)),
      (error) => setFailure(renderFailure(error)),
    );
  }, [path]);
  if (!policies) return html`<${EndedJob} job=${backtest} />`;
  if (failure) return html`<${ShowElement} element=${failure} />`;
  if (!paths) return null;
  const costs = paths.map(({ cost }) => cost);
  const range = findRange([...costs, backtest.perfect_foresight_mean], 0.05);
  return html`
    <div class="backtest-multiples">
      ${policies.map(
        (policy) =>
          html`<section key=${policy.policy} class="card" data-policy=${policy.policy}>
            <${Multiple}
              ...${{ policy, range, perfect: backtest.perfect_foresight_mean }}
              paths=${paths.filter((row) => row.policy === policy.policy)}
            />
          </section>`,
      )}
    </div>
    <${PolicyTable} backtest=${backtest} />
    <${Downloads} ...${{ path, id: backtest.id, tables: ["paths", "periods"] }} />
  `;
}

const MARGIN = { left: 12, right: 16, top: 8, bottom: 24 };
const COST_HEIGHT = 64;
const SERVED_HEIGHT = 34;
const TICK_SPACE = 80;

/** @param {{policy: PolicyResult, paths: Row[], range: [number, number], perfect: number}} props */
function Multiple({ policy, paths, range, perfect }) {
  const table = {
    head: [t("backtest.year"), t("backtest.cost"), t("backtest.regret")],
    body: paths.map((row) => [
      formatNumber(row.path + 1),
      formatWeightedWon(row.cost),
      formatWeightedWon(row.regret),
    ]),
  };
  return html`<${ChartFigure}
    name=${`policy-${policy.policy}`}
    title=${describePolicy(policy.policy)}
    note=${t("backtest.multiple-note", {
      regret: formatWeightedWon(policy.regret),
      share: formatPercent(policy.nervousness),
    })}
    table=${table}
    draw=${(/** @type {number} */ width) => drawMultiple(policy, paths, range, perfect, width)}
  />`;
}

/** @param {PolicyResult} policy @param {Row[]} paths @param {[number, number]} range @param {number} perfect @param {number} width */
function drawMultiple(policy, paths, range, perfect, width) {
  const served = policy.served ?? [];
  const area = {
    left: MARGIN.left,
    right: width - MARGIN.right,
    top: MARGIN.top,
    bottom: COST_HEIGHT,
  };
  const scale = createScale(range[0], range[1], area.left, area.right);
  const sorted = paths
    .map(({ cost }) => cost)
    .filter((cost) => typeof cost === "number")
    .toSorted((one, other) => one - other);
  const top = COST_HEIGHT + MARGIN.bottom + 10;
  const shares = createScale(0, 1, area.left, area.right);
  const foot = { ...area, bottom: top + served.length * SERVED_HEIGHT };
  const ticks = listTicks(scale.low, scale.high, (area.right - area.left) / TICK_SPACE);
  const foresight = scale.map(perfect);
  const content = html`
    <text class="study-soft" x=${area.left} y="14">${t("backtest.cost")}</text>
    <${BottomAxis}
      area=${area}
      marks=${ticks.map((tick) => ({ x: scale.map(tick), text: formatCompact(tick) }))}
    />
    <line class="tornado-middle" x1=${foresight} x2=${foresight} y1="20" y2=${area.bottom} />
    <${RangeBar} ...${{ sorted, scale, y: 38 }} />
    ${sorted.map((cost, k) => html`<circle key=${k} class="path-point" cx=${scale.map(cost)} cy="38" r="3" />`)}
    ${served.map((one, k) => {
      const y = top + k * SERVED_HEIGHT;
      const text = t("backtest.served", {
        n: one.priority,
        share: [one.p10, one.p50, one.p90].map(formatShare).join(" – "),
      });
      return html`<g key=${one.priority}>
        <text x=${area.left} y=${y + 12}>${text}</text>
        <line class="range-line" x1=${area.left} x2=${area.right} y1=${y + 22} y2=${y + 22} />
        <rect
          class="range-bar"
          x=${shares.map(one.p10)}
          y=${y + 17}
          width=${Math.max(2, shares.map(one.p90) - shares.map(one.p10))}
          height="10"
        />
        <line
          class="range-median"
          x1=${shares.map(one.p50)}
          x2=${shares.map(one.p50)}
          y1=${y + 16}
          y2=${y + 28}
        />
      </g>`;
    })}
    ${
      served.length > 0 &&
      html`<${BottomAxis}
        area=${foot}
        marks=${[0, 0.5, 1].map((tick) => ({ x: shares.map(tick), text: formatPercent(tick) }))}
      />`
    }
  `;
  return { height: foot.bottom + MARGIN.bottom + 4, content };
}

/** @param {{backtest: Backtest}} props */
function PolicyTable({ backtest }) {
  const policies = backtest.policies ?? [];
  const priorities = [
    ...new Set(policies.flatMap(({ served }) => (served ?? []).map(({ priority }) => priority))),
  ].sort();
  const head = [
    t("backtest.way"),
    t("backtest.cost-mean"),
    t("backtest.cost-range"),
    t("backtest.regret-mean"),
    t("backtest.value"),
    t("backtest.nervousness"),
    ...priorities.map((n) => t("backtest.priority", { n })),
    t("backtest.without-plan"),
  ];
  const body = policies.map((one) => [
    describePolicy(one.policy),
    formatCompact(one.cost_mean),
    `${formatCompact(one.cost_p10)} – ${formatCompact(one.cost_p90)}`,
    formatCompact(one.regret),
    one.value_of_replanning === null ? "–" : formatCompact(one.value_of_replanning),
    formatPercent(one.nervousness),
    ...priorities.map((n) => formatShare(one.served?.find(({ priority }) => priority === n)?.p50)),
    formatNumber(one.infeasible_count),
  ]);
  return html`<section class="card backtest-table">
    <h2>${t("backtest.table")}</h2>
    <p class="soft small">
      ${t("backtest.table-note", { won: formatWeightedWon(backtest.perfect_foresight_mean) })}
    </p>
    <${FigureRows} label=${t("backtest.table")} ...${{ head, body }} />
  </section>`;
}
