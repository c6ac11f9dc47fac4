/** Shortages as a tree with bars: good, county, month. A month leads to the limits behind its shortage. */

import { ShareBar } from "../../lib/elements.js";
import { formatPeriod, formatQuantity, formatSignedSum, formatWon } from "../../lib/format.js";
import { t } from "../../lib/i18n.js";
import { html, useState } from "../../vendor/preact/preact.js";

/** @typedef {import("./shortage-groups.js").ShortageGroup} ShortageGroup */

/** Goods shown before the rest is asked for. */
const FIRST_GOODS = 30;

/** @typedef {{context: ViewContext, problemIndex: ProblemIndex, groups: ShortageGroup[]}} TreeProps */

/** @param {TreeProps} props */
export function ShortageTree({ context, problemIndex, groups }) {
  const [open, setOpen] = useState(() => readOpen(context, groups));
  const [isWhole, setWhole] = useState(false);
  /** @param {string} key @param {boolean} isOpen */
  const toggle = (key, isOpen) => {
    if (open.has(key) === isOpen) return;
    const next = new Set(open);
    if (isOpen) next.add(key);
    else next.delete(key);
    setOpen(next);
    context.updateParams({ open: [...next].join(",") });
  };
  const shown = isWhole ? groups : groups.slice(0, FIRST_GOODS);
  const greatest = groups[0]?.value || 1;
  return html`<ul class=${isCompared(groups) ? "shortage-tree compared" : "shortage-tree"}>
      ${shown.map((group) => {
        const unit = problemIndex.getUnit(group.key);
        const props = { context, problemIndex, item: group.key, unit, open, toggle };
        return html`<${GoodNode} key=${group.key} ...${{ ...props, group, greatest }} />`;
      })}
    </ul>
    ${
      shown.length < groups.length &&
      html`<button type="button" class="button small" onClick=${() => setWhole(true)}>
        ${t("bottlenecks.all-goods", { n: groups.length })}
      </button>`
    }`;
}

/** @param {ShortageGroup[]} groups @returns {boolean} */
const isCompared = (groups) => groups.some(({ before }) => typeof before === "number");

/** @param {ViewContext} context @param {ShortageGroup[]} groups @returns {Set<string>} keys of open nodes; a single good is open */
function readOpen(context, groups) {
  const keys = (context.params.get("open") ?? "").split(",").filter(Boolean);
  return new Set(groups.length === 1 ? [...keys, groups[0].key] : keys);
}

/**
 * @typedef {object} NodeProps
 * @property {ViewContext} context
 * @property {ProblemIndex} problemIndex
 * @property {string} item
 * @property {string} unit
 * @property {ShortageGroup} group
 * @property {number} greatest value of the longest bar, won
 * @property {Set<string>} open
 * @property {(key: string, isOpen: boolean) => void} toggle
 */

/** @param {NodeProps} props */
function GoodNode(props) {
  const { problemIndex, group } = props;
  const most = group.parts[0]?.value || 1;
  return html`<${Node}
    ...${{ ...props, nodeKey: group.key, name: problemIndex.getName(group.key) }}
  >
    ${group.parts.map(
      (county) =>
        html`<${CountyNode} key=${county.key} ...${{ ...props, group: county, greatest: most }} />`,
    )}
  <//>`;
}

/** @param {NodeProps} props */
function CountyNode(props) {
  const { context, problemIndex, item, unit, group } = props;
  const most = Math.max(...group.parts.map(({ value }) => value)) || 1;
  const name = problemIndex.getName(group.key);
  return html`<${Node} ...${{ ...props, nodeKey: `${item}/${group.key}`, name }}>
    ${group.parts.map((month) => {
      const wanted = { county: group.key, item, period: month.key };
      return html`<li key=${month.key} class="shortage-leaf">
        <a href=${context.buildHref("bottlenecks", wanted)}>${formatPeriod(month.key, "long")}</a>
        <${ShareBar} share=${month.value / most} />
        <${Amounts} group=${month} unit=${unit} />
      </li>`;
    })}
  <//>`;
}

/** @param {NodeProps & {nodeKey: string, name: string, children?: any}} props */
function Node({ nodeKey, name, group, unit, greatest, open, toggle, children }) {
  const isOpen = open.has(nodeKey);
  const onToggle = (/** @type {any} */ event) => toggle(nodeKey, event.currentTarget.open);
  return html`<li>
    <details open=${isOpen} onToggle=${onToggle}>
      <summary data-key=${nodeKey}>
        <span class="shortage-name">${name}</span>
        <${ShareBar} share=${group.value / greatest} />
        <${Amounts} group=${group} unit=${unit} />
      </summary>
      ${
        isOpen &&
        html`<ul>
          ${children}
        </ul>`
      }
    </details>
  </li>`;
}

/** @param {{group: ShortageGroup, unit: string}} props */
function Amounts({ group, unit }) {
  const { shortage, value, before } = group;
  return html`<span class="number">${formatQuantity(shortage, unit)}</span>
    <span class="number soft">${formatWon(value)}</span>
    ${
      before !== undefined &&
      before !== null &&
      html`<span class="number change">${formatChange(before, shortage, unit)}</span>`
    }`;
}

/** @param {number} before units @param {number} after units @param {string} unit @returns {string} no change where both read the same */
function formatChange(before, after, unit) {
  const format = (/** @type {number} */ units) => formatQuantity(units, unit);
  if (format(before) === format(after)) return t("format.no-change");
  return formatSignedSum(after - before, format);
}
