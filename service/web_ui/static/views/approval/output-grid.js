/** The outputs of a factory in a month as a sheet, prefilled with its quotas, and who has not reported yet. */

import { saveBlob } from "../../lib/api.js";
import { formatNumber, formatPeriod, formatUnit } from "../../lib/format.js";
import { t } from "../../lib/i18n.js";
import { html, useEffect, useState } from "../../vendor/preact/preact.js";
import { roundToScale } from "../shared/scale.js";
import { assignPastedCells, readAmount, writeForm } from "./output-cells.js";

/** @typedef {{factory: string, item: string, period: string, quantity: number}} Line a quota or an output */
/** @typedef {{quotas: Line[], reported: Line[]}} Month quotas and outputs of all factories in a month */
/** @typedef {{context: ViewContext, problemIndex: ProblemIndex, sendReport: (body: any) => Promise<boolean>}} GridProps */

/**
 * The sheet with its choices of factory and month.
 * @param {GridProps} props context of the view, problem, and what sends a report
 */
export function OutputGrid({ context, problemIndex, sendReport }) {
  const factories = listFactories(problemIndex);
  const [factory, setFactory] = useState(factories[0] ?? "");
  const [period, setPeriod] = useState(problemIndex.periods[0]);
  const [month, setMonth] = useState(/** @type {(Month & {period: string})|null} */ (null));
  const [revision, setRevision] = useState(0);
  useEffect(() => {
    let isCurrent = true;
    loadMonth(context, period).then(
      (loaded) => isCurrent && setMonth({ ...loaded, period }),
      () => {},
    );
    return () => {
      isCurrent = false;
    };
  }, [period, revision]);
  const keptName = `allot.form.outputs.${context.plan.id}.${factory}.${period}`;
  // Lines of a month that is not selected any more are never shown beside the selected one.
  const shown = month?.period === period ? month : null;
  /** @param {Line[]} outputs */
  const send = async (outputs) => {
    if (!(await sendReport({ outputs }))) return;
    sessionStorage.removeItem(keptName);
    setRevision((last) => last + 1);
  };
  return html`
    <div class="controls report">
      <label class="field">
        <span>${t("outputs.factory")}</span>
        <select
          name="factory"
          value=${factory}
          onChange=${(/** @type {any} */ event) => setFactory(event.target.value)}
        >
          ${factories.map((id) => html`<option value=${id}>${problemIndex.getName(id)}</option>`)}
        </select>
      </label>
      <label class="field">
        <span>${t("outputs.period")}</span>
        <select
          name="period"
          value=${period}
          onChange=${(/** @type {any} */ event) => setPeriod(event.target.value)}
        >
          ${problemIndex.periods.map(
            (id) => html`<option value=${id}>${formatPeriod(id, "long")}</option>`,
          )}
        </select>
      </label>
    </div>
    ${
      shown &&
      html`<${Sheet}
          key=${`${factory} ${period} ${revision}`}
          ...${{ problemIndex, factory, period, month: shown, keptName, send }}
        />
        <${Missing} ...${{ problemIndex, month: shown, setFactory }} />`
    }
  `;
}

/** @param {ProblemIndex} problemIndex @returns {string[]} factories with lines, by name */
const listFactories = (problemIndex) =>
  [...problemIndex.factories.values()]
    .filter((one) => one.lines?.length)
    .map(({ id }) => id)
    .sort((a, b) => problemIndex.getName(a).localeCompare(problemIndex.getName(b)));

/** @param {ViewContext} context @param {string} period @returns {Promise<Month>} */
async function loadMonth({ api, plan, signal }, period) {
  const query = new URLSearchParams({ period });
  const path = `/v1/plans/${encodeURIComponent(plan.id)}/outputs?${query}`;
  const [{ columns }, { outputs }] = await Promise.all([
    api.fetchTable(plan.id, "quotas", { period, columns: "factory,item,quantity" }),
    api.fetchJson(path, signal),
  ]);
  return { quotas: sumQuotas(columns, period), reported: outputs };
}

/** @param {Columns} columns @param {string} period @returns {Line[]} quotas of an item by all recipes */
function sumQuotas({ factory, item, quantity }, period) {
  /** @type {Map<string, Line>} */
  const lines = new Map();
  factory.forEach((id, row) => {
    const key = `${id} ${item[row]}`;
    const line = lines.get(key) ?? { factory: id, item: item[row], period, quantity: 0 };
    line.quantity += quantity[row];
    lines.set(key, line);
  });
  return [...lines.values()];
}

/** @typedef {{problemIndex: ProblemIndex, factory: string, period: string, month: Month, keptName: string, send: (outputs: Line[]) => Promise<void>}} SheetProps */

/**
 * The lines of one factory: quota, and output to type or paste.
 * @param {SheetProps} props problem, factory, month, the name under which this tab keeps what is typed, and what sends the outputs
 */
function Sheet({ problemIndex, factory, period, month, keptName, send }) {
  const rows = listRows(problemIndex, factory, period, month);
  const [texts, setTexts] = useState(() => readTexts(rows, keptName));
  const [isSending, setSending] = useState(false);
  const isValid = [...texts.values()].every((text) => !text.trim() || readAmount(text) !== null);
  /** @param {Map<string, string>} changed */
  const change = (changed) => {
    const next = new Map([...texts, ...changed]);
    setTexts(next);
    keepTexts(next, rows, keptName);
  };
  /** @param {any} event */
  const paste = (event) => {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!/[\t\n]/.test(text.trim())) return;
    event.preventDefault();
    const items = rows.map(({ item, names }) => ({ id: item, names }));
    change(assignPastedCells(text, items, event.target.dataset?.item ?? ""));
  };
  /** @param {Event} event */
  const submit = async (event) => {
    event.preventDefault();
    setSending(true);
    const outputs = [...texts].flatMap(([item, text]) => {
      const quantity = readAmount(text);
      return quantity === null ? [] : [{ factory, item, period, quantity }];
    });
    await send(outputs);
    setSending(false);
  };
  /** @param {Line[]} quotas @param {string} name */
  const download = (quotas, name) =>
    saveBlob(new Blob([writeForm(quotas)], { type: "text/csv" }), `${name}-${period}.csv`);
  const own = rows.map(({ item, quota }) => ({ factory, item, period, quantity: quota }));
  const count = [...texts.values()].filter((text) => readAmount(text) !== null).length;
  return html`
    <form class="output-sheet" onSubmit=${submit}>
      <p class="soft small">${t("outputs.sheet-hint")}</p>
      <table class="rows" aria-label=${t("outputs.title")} onPaste=${paste}>
        <thead>
          <tr>
            <th scope="col">${t("outputs.item")}</th>
            <th scope="col" class="number">${t("outputs.quota-column")}</th>
            <th scope="col" class="number">${t("outputs.quantity")}</th>
          </tr>
        </thead>
        <tbody>
          ${rows.map((row) => html`<${Row} ...${{ row, text: texts.get(row.item) ?? "", change }} />`)}
        </tbody>
      </table>
      <div class="buttons">
        <button type="submit" class="button main" disabled=${!isValid || !count || isSending}>
          ${t("outputs.report")}
        </button>
        <button type="button" class="button small" onClick=${() => download(own, factory)}>
          ${t("outputs.form")}
        </button>
        <button
          type="button"
          class="button small"
          onClick=${() => download(month.quotas, t("outputs.form-name"))}
        >
          ${t("outputs.form-all")}
        </button>
      </div>
    </form>
  `;
}

/** @typedef {{item: string, name: string, names: string[], unit: string, quota: number, text: string, isReported: boolean}} OutputRow */

/** @param {OutputRow[]} rows @param {string} keptName @returns {Map<string, string>} what the sheet shows by item: what was typed and not reported, else outputs or quotas */
const readTexts = (rows, keptName) =>
  new Map([
    ...rows.map(({ item, text }) => /** @type {[string, string]} */ ([item, text])),
    ...JSON.parse(sessionStorage.getItem(keptName) ?? "[]"),
  ]);

/** @param {Map<string, string>} texts @param {OutputRow[]} rows @param {string} keptName */
function keepTexts(texts, rows, keptName) {
  const typed = rows.filter(({ item, text }) => texts.get(item) !== text);
  const kept = typed.map(({ item }) => [item, texts.get(item)]);
  if (kept.length) sessionStorage.setItem(keptName, JSON.stringify(kept));
  else sessionStorage.removeItem(keptName);
}

/** @param {ProblemIndex} problemIndex @param {string} factory @param {string} period @param {Month} month @returns {OutputRow[]} */
function listRows(problemIndex, factory, period, { quotas, reported }) {
  const items = new Set((problemIndex.factories.get(factory)?.lines ?? []).map(({ item }) => item));
  /** @param {Line[]} lines @param {string} item */
  const find = (lines, item) =>
    lines.find((line) => line.factory === factory && line.item === item && line.period === period);
  return [...items].map((id) => {
    const item = problemIndex.items.get(id);
    const quota = roundToScale(find(quotas, id)?.quantity ?? 0, item);
    const output = find(reported, id);
    return {
      item: id,
      name: problemIndex.getName(id),
      names: [id, item?.name ?? "", item?.local_name ?? ""].filter(Boolean),
      unit: formatUnit(problemIndex.getUnit(id)),
      quota,
      text: String(output?.quantity ?? (quota || "")),
      isReported: Boolean(output),
    };
  });
}

/** @param {{row: OutputRow, text: string, change: (changed: Map<string, string>) => void}} props */
function Row({ row, text, change }) {
  const { item, name, unit, quota, isReported } = row;
  const isWrong = text.trim() !== "" && readAmount(text) === null;
  /** @param {any} event */
  const type = (event) => change(new Map([[item, event.target.value]]));
  return html`
    <tr data-item=${item}>
      <th scope="row">
        ${name}${isReported && html` <span class="tag good">${t("outputs.is-reported")}</span>`}
      </th>
      <td class="number quota">${formatNumber(quota)} ${unit}</td>
      <td class="number">
        <input
          name="quantity"
          data-item=${item}
          aria-label=${`${name}, ${t("outputs.quantity")}, ${unit}`}
          aria-invalid=${isWrong ? "true" : null}
          inputmode="decimal"
          autocomplete="off"
          value=${text}
          onInput=${type}
        />
      </td>
    </tr>
  `;
}

/**
 * Who has quotas in the month and has not reported any output.
 * @param {{problemIndex: ProblemIndex, month: Month, setFactory: (factory: string) => void}} props
 */
function Missing({ problemIndex, month, setFactory }) {
  const due = new Set(
    month.quotas.filter(({ quantity }) => quantity > 0).map((one) => one.factory),
  );
  const done = new Set(month.reported.map((one) => one.factory));
  const missing = listFactories(problemIndex).filter((id) => due.has(id) && !done.has(id));
  const values = { n: formatNumber(missing.length), all: formatNumber(due.size) };
  if (!missing.length) return html`<p class="soft small">${t("outputs.none-missing", values)}</p>`;
  return html`
    <details class="missing">
      <summary>${t("outputs.missing", values)}</summary>
      <ul class="missing-list">
        ${missing.map(
          (id) =>
            html`<li>
              <button type="button" class="plain" onClick=${() => setFactory(id)}>
                ${problemIndex.getName(id)}
              </button>
            </li>`,
        )}
      </ul>
    </details>
  `;
}
