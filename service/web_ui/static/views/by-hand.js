/** Plan by hand: quotas that are typed, pinned or forbidden, and goods reserved for a county, estimated at once. */

import { loadComparedPlan } from "../lib/compared-plan.js";
import { ShowElement, ViewHead, showContent } from "../lib/elements.js";
import { formatNumber } from "../lib/format.js";
import { t } from "../lib/i18n.js";
import { readContext } from "../lib/plan-context.js";
import { getPlanTitle } from "../lib/plans.js";
import { html, useState } from "../vendor/preact/preact.js";
import { useAnswer } from "./by-hand/answer.js";
import { EditList } from "./by-hand/edit-list.js";
import { addEdits, readEdits, writeEdits } from "./by-hand/edits.js";
import { QuotaGrid } from "./by-hand/quota-grid.js";
import { buildQuotaLines, compareLines, selectLines } from "./by-hand/quota-lines.js";
import { ReservationForm } from "./by-hand/reservation-form.js";

/** @typedef {import("./by-hand/quota-lines.js").QuotaLine} QuotaLine */
/** @typedef {import("./by-hand/edits.js").Edit} Edit */

/** Lines that are shown at a time: more are found by a filter or the search. */
const MAX_LINES = 60;

export default {
  id: "by-hand",
  title: "nav.by-hand",
  /** @param {HTMLElement} root @param {ViewContext} context */
  async show(root, context) {
    const [problemIndex, { columns }, compared] = await Promise.all([
      context.loadProblemIndex(),
      context.api.fetchTable(context.plan.id, "quotas"),
      loadComparedPlan(context),
    ]);
    const lines = buildQuotaLines(problemIndex, columns);
    const quotas = await compared?.fetchTable("quotas");
    if (context.signal.aborted) return undefined;
    const getBefore =
      compared && quotas ? compareLines(problemIndex, compared.problemIndex, quotas) : null;
    const title = compared ? getPlanTitle(compared.plan) : "";
    const props = { context, problemIndex, lines, getBefore, title };
    return showContent(root, html`<${ByHandView} ...${props} />`);
  },
};

/**
 * @param {object} props
 * @param {ViewContext} props.context @param {ProblemIndex} props.problemIndex @param {QuotaLine[]} props.lines
 * @param {import("./by-hand/quota-grid.js").GridProps["getBefore"]} props.getBefore @param {string} props.title title of the plan that is compared with
 */
function ByHandView({ context, problemIndex, lines, getBefore, title }) {
  const [edits, setShownEdits] = useState(() => readEdits(context.params.get("edits") ?? ""));
  const [search, setSearch] = useState(context.params.get("q") ?? "");
  const answer = useAnswer(context, problemIndex, edits);
  const chosen = readContext("by-hand", context.params);
  const selected = selectLines(lines, { ...chosen, search });
  /** @param {Edit[]} next */
  const setEdits = (next) => {
    setShownEdits(next);
    context.updateParams({ edits: writeEdits(next) });
  };
  /** @param {QuotaLine} line @param {Record<string, number|null>} values units by period; null takes a pin away */
  const pin = ({ line }, values) => {
    const kept = edits.filter(
      (edit) => !(edit.kind === "pin" && edit.line === line && edit.period in values),
    );
    const added = Object.entries(values).flatMap(([period, value]) =>
      value === null ? [] : [{ kind: /** @type {const} */ ("pin"), line, period, value }],
    );
    setEdits(addEdits(kept, added));
  };
  const pinned = new Map(
    edits.flatMap((edit) =>
      edit.kind === "pin" ? [[`${edit.line} ${edit.period}`, edit.value]] : [],
    ),
  );
  const shown = selected.slice(0, MAX_LINES);
  return html`
    <${ViewHead} title=${t("by-hand.title")} lead=${t("by-hand.lead")} />
    <div class="by-hand">
      <section class="card" aria-label=${t("by-hand.grid")}>
        <label class="field">
          <span>${t("by-hand.search")}</span>
          <input
            type="search"
            value=${search}
            onInput=${(/** @type {InputEvent} */ event) => {
              const text = /** @type {HTMLInputElement} */ (event.target).value;
              setSearch(text);
              context.updateParams({ q: text });
            }}
          />
        </label>
        <p class="soft small" role="status">
          ${t(selected.length > MAX_LINES ? "by-hand.first-lines" : "by-hand.lines", {
            n: formatNumber(shown.length),
            all: formatNumber(selected.length),
          })}
        </p>
        ${
          getBefore &&
          html`<p class="soft small compared-note">${t("by-hand.compared", { plan: title })}</p>`
        }
        ${shown.length > 0 && html`<${QuotaGrid} ...${{ problemIndex, lines: shown, pinned, pin, getBefore }} />`}
      </section>
      <div>
        <${EditList} ...${{ context, problemIndex, edits, setEdits, answer }} />
        <${ReservationForm}
          ...${{ problemIndex, chosen }}
          reserve=${(/** @type {Edit} */ edit) => setEdits(addEdits(edits, [edit]))}
        />
      </div>
      ${
        answer.verified &&
        html`<section class="card verified" aria-label=${t("by-hand.result")}>
          <${ShowElement} element=${answer.verified} />
        </section>`
      }
    </div>
  `;
}
