/** Findings of the service, grouped by the sheet or the section of the input that they are about. */

import { isEnglish, loadViewTexts, t, textOr } from "./i18n.js";
import { formatNumber } from "./format.js";
import { loadStylesheet } from "./stylesheets.js";
import { html, render, useState } from "../vendor/preact/preact.js";

/** Places of a group that are listed until more are asked for. */
const PAGE_SIZE = 30;

/** A shorter list is read without filters. */
const MIN_TO_FILTER = 8;

/** Groups that are open at first. */
const OPEN_GROUPS = 3;

/**
 * @typedef {object} FindingPlace a cell, row or path, and what was found there
 * @property {string} label the place within its group; empty for the whole group
 * @property {Finding[]} findings findings in the order of the service
 *
 * @typedef {object} FindingGroup findings about a sheet, or about a section of a JSON document
 * @property {string} name name of the sheet or section; empty for the whole input
 * @property {number} errors number of errors
 * @property {number} warnings number of warnings
 * @property {FindingPlace[]} places places in the order of rows, or of paths
 *
 * @typedef {"all"|"error"|"warning"} Severity
 */

/**
 * Group findings by sheet or section, and by cell or path within.
 * @param {Finding[]} findings the findings
 * @returns {FindingGroup[]} the groups: first those with errors, each kind in the order of the service
 */
export function groupFindings(findings) {
  /** @type {Map<string, Finding[]>} */
  const byName = new Map();
  for (const finding of findings) {
    const name = getGroupName(finding);
    byName.set(name, [...(byName.get(name) ?? []), finding]);
  }
  const groups = [...byName].map(([name, members]) => {
    const errors = members.filter(isError).length;
    const warnings = members.length - errors;
    return { name, errors, warnings, places: listPlaces(members) };
  });
  return [...groups.filter(({ errors }) => errors), ...groups.filter(({ errors }) => !errors)];
}

/**
 * Select findings.
 * @param {Finding[]} findings the findings
 * @param {Severity} severity `all`, or one severity
 * @param {string} searchText words that place, code or text must contain, in any order
 * @returns {Finding[]} the findings that match
 */
export function filterFindings(findings, severity, searchText) {
  const words = searchText.trim().toLowerCase().split(/\s+/).filter(Boolean);
  return findings.filter((finding) => {
    if (severity !== "all" && isError(finding) !== (severity === "error")) return false;
    const text = listWords(finding).join(" ").toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** @param {Finding} finding @returns {string[]} everything by which it is found */
function listWords(finding) {
  const { cell, path, code, message, remedy } = finding;
  const place = cell ? [cell.sheet, describeCell(cell)] : [path];
  return [...place, code, message, remedy, textOr(`finding.${code}`, "")];
}

/** @param {Finding} finding @returns {boolean} */
const isError = ({ severity }) => severity !== "warning";

/** @param {Finding} finding @returns {string} */
function getGroupName({ cell, path }) {
  if (cell) return cell.sheet;
  const [first = "", second = ""] = path.split("/").slice(1);
  return first === "problem" ? second : first;
}

/** @param {Finding[]} findings findings of one group @returns {FindingPlace[]} */
function listPlaces(findings) {
  /** @type {Map<string, Finding[]>} */
  const byLabel = new Map();
  for (const finding of findings.toSorted(comparePlaces)) {
    const label = finding.cell ? describeCell(finding.cell) : finding.path;
    byLabel.set(label, [...(byLabel.get(label) ?? []), finding]);
  }
  return [...byLabel].map(([label, members]) => ({ label, findings: members }));
}

/** @param {Finding} one @param {Finding} other @returns {number} the order of rows, or of paths with numbers as numbers */
function comparePlaces(one, other) {
  const rows = (one.cell?.row ?? 0) - (other.cell?.row ?? 0);
  return rows || one.path.localeCompare(other.path, "en", { numeric: true });
}

/** @param {{row: number, column: string}} cell @returns {string} */
function describeCell({ row, column }) {
  return [row && t("findings.row", { row }), column].filter(Boolean).join(" · ");
}

/**
 * Fill an element with findings, their counts, and filters if there are many.
 * @param {HTMLElement} root the element
 * @param {Finding[]} findings the findings
 */
export async function fillFindings(root, findings) {
  await Promise.all([loadViewTexts("findings"), loadStylesheet("findings")]);
  render(html`<${FindingReport} findings=${findings} />`, root);
}

/** @param {{findings: Finding[]}} props */
function FindingReport({ findings }) {
  const [severity, setSeverity] = useState(/** @type {Severity} */ ("all"));
  const [searchText, setSearchText] = useState("");
  const shown = filterFindings(findings, severity, searchText);
  const groups = groupFindings(shown);
  const [first] = findings;
  if (findings.length === 1 && !first.cell) {
    return html`<ul class="findings">
      <${PlaceEntry} place=${{ label: first.path, findings }} />
    </ul>`;
  }
  return html`
    ${
      findings.length >= MIN_TO_FILTER &&
      html`<${Filters} ...${{ findings, severity, setSeverity, searchText, setSearchText }} />`
    }
    ${!shown.length && html`<p class="soft">${t("findings.none")}</p>`}
    ${groups.map(
      (group, k) =>
        html`<${Group}
          key=${`${group.name} ${severity} ${searchText}`}
          ...${{ group, isOpen: k < OPEN_GROUPS }}
        />`,
    )}
  `;
}

/** @param {{findings: Finding[], severity: Severity, setSeverity: (severity: Severity) => void, searchText: string, setSearchText: (text: string) => void}} props */
function Filters({ findings, severity, setSeverity, searchText, setSearchText }) {
  const count = (/** @type {Severity} */ one) => filterFindings(findings, one, searchText).length;
  const choices = /** @type {Severity[]} */ (["all", "error", "warning"]);
  return html`<div class="controls finding-filters">
    <fieldset>
      <legend class="visually-hidden">${t("findings.severity")}</legend>
      <div class="segments">
        ${choices.map(
          (one) =>
            html`<label key=${one}>
              <input
                type="radio"
                name="finding-severity"
                checked=${one === severity}
                onChange=${() => setSeverity(one)}
              />
              ${t(`findings.${one}`, { count: formatNumber(count(one)) })}
            </label>`,
        )}
      </div>
    </fieldset>
    <input
      type="search"
      aria-label=${t("findings.search")}
      placeholder=${t("findings.search")}
      value=${searchText}
      onInput=${(/** @type {any} */ event) => setSearchText(event.currentTarget.value)}
    />
  </div>`;
}

/** @param {{group: FindingGroup, isOpen: boolean}} props */
function Group({ group, isOpen }) {
  const [limit, setLimit] = useState(PAGE_SIZE);
  const { name, errors, warnings, places } = group;
  const hidden = places.length - limit;
  return html`<details class="finding-group" open=${isOpen} data-sheet=${name}>
    <summary>
      ${name ? html`<code>${name}</code>` : html`<b>${t("findings.whole")}</b>`}
      ${errors > 0 && html`<span class="tag bad">${t("findings.errors", { n: errors })}</span>`}
      ${warnings > 0 && html`<span class="tag">${t("findings.warnings", { n: warnings })}</span>`}
    </summary>
    <ul class="findings">
      ${places.slice(0, limit).map((place) => html`<${PlaceEntry} key=${place.label} ...${{ place }} />`)}
    </ul>
    ${
      hidden > 0 &&
      html`<button
        type="button"
        class="button small"
        onClick=${() => setLimit(limit + 10 * PAGE_SIZE)}
      >
        ${t("findings.more", { n: formatNumber(hidden) })}
      </button>`
    }
  </details>`;
}

/** @param {{place: FindingPlace}} props */
function PlaceEntry({ place: { label, findings } }) {
  const className = findings.some(isError) ? "error" : "warning";
  return html`<li class=${className}>
    ${label && html`<code>${label}</code>`}
    ${findings.map((finding, k) => html`<${FindingText} key=${k} ...${{ finding }} />`)}
  </li>`;
}

/** @param {{finding: Finding}} props */
function FindingText({ finding: { code, message, remedy, severity } }) {
  const mark = severity === "warning" && html`<span class="tag">${t("findings.is-warning")}</span>`;
  if (isEnglish()) {
    return html`<p>${mark} ${message} <span class="soft">${remedy}</span></p>`;
  }
  return html`<p>${mark} ${textOr(`finding.${code}`, "")}</p>
    <p class="soft small" lang="en">${message} ${remedy}</p>`;
}
