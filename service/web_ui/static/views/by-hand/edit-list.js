/** The edits, with their estimate, and what can be done with them. */

import { Card, ShowElement } from "../../lib/elements.js";
import { formatQuantity } from "../../lib/format.js";
import { t } from "../../lib/i18n.js";
import { describePeriods } from "../../lib/period-runs.js";
import { html, useMemo, useRef } from "../../vendor/preact/preact.js";
import { createSaveControl } from "../shared/save.js";
import { buildChanges, groupEdits } from "./edits.js";

/** @typedef {import("./edits.js").Edit} Edit */
/** @typedef {import("./edits.js").EditGroup} EditGroup */

/**
 * @typedef {object} EditListProps
 * @property {ViewContext} context context of the view
 * @property {ProblemIndex} problemIndex the problem
 * @property {Edit[]} edits the edits, the latest last
 * @property {(edits: Edit[]) => void} setEdits replaces them
 * @property {import("./answer.js").Answer} answer what they come to
 */

/** @param {EditListProps} props */
export function EditList(props) {
  if (!props.edits.length) {
    return html`<${Card} name="edits" title=${t("by-hand.edits")}>
      <p class="soft">${t("by-hand.no-edits")}</p>
    <//>`;
  }
  return html`<${FilledEditList} ...${props} />`;
}

/** @param {EditListProps} props */
function FilledEditList({ context, problemIndex, edits, setEdits, answer }) {
  const latest = useRef(edits);
  latest.current = edits;
  const save = useMemo(() => createSaveControl(context, () => buildChanges(latest.current)), []);
  const groups = groupEdits(edits);
  const undoLast = () => setEdits(edits.slice(0, -1));
  return html`<${Card} name="edits" title=${t("by-hand.edits")}>
    <ul class="extra-changes" aria-label=${t("by-hand.edits")}>
      ${groups.map((group) => {
        const name = describeGroup(problemIndex, group);
        const undo = () =>
          setEdits(edits.filter((edit) => groupEdits([edit, group.edit]).length > 1));
        return html`<li key=${name}>
          <span>${name}</span>
          <button
            type="button"
            class="button small"
            aria-label=${t("by-hand.undo", { edit: name })}
            onClick=${undo}
          >
            ×
          </button>
        </li>`;
      })}
    </ul>
    <div class="buttons">
      <button type="button" class="button small" onClick=${undoLast}>
        ${t("by-hand.undo-last")}
      </button>
      <button type="button" class="button small" onClick=${() => setEdits([])}>
        ${t("by-hand.discard")}
      </button>
    </div>
    ${answer.estimate && html`<${ShowElement} element=${answer.estimate} />`}
    <div class="buttons">
      <button type="button" class="button" disabled=${answer.isVerifying} onClick=${answer.verify}>
        ${t(answer.isVerifying ? "by-hand.verifying" : "by-hand.verify")}
      </button>
      ${
        answer.isVerifying &&
        html`<button type="button" class="button small" onClick=${answer.stop}>
          ${t("by-hand.stop")}
        </button>`
      }
    </div>
    <${ShowElement} element=${save} />
  <//>`;
}

/** @param {ProblemIndex} problemIndex @param {EditGroup} group @returns {string} such as `Soap, Hyesan Daily, Apr–May: 500 pieces` */
function describeGroup(problemIndex, { edit, periods }) {
  const inOrder = problemIndex.periods.filter((period) => periods.includes(period));
  const period = describePeriods(inOrder, problemIndex.periods);
  const { value } = edit;
  if (edit.kind === "reserve") {
    const [county, item] = edit.need.split("/");
    return t("by-hand.reserved", {
      item: problemIndex.getName(item),
      county: problemIndex.getName(county),
      period,
      amount: formatQuantity(value, problemIndex.getUnit(item)),
    });
  }
  const [factory, ...line] = edit.line.split("/");
  return t(value ? "by-hand.pinned" : "by-hand.forbidden", {
    item: problemIndex.getName(line.join("/")),
    factory: problemIndex.getName(factory),
    period,
    amount: formatQuantity(value, problemIndex.getUnit(line[0])),
  });
}
