/** Reserves goods for a county: the least amount of a need that is served, whatever else goes short. */

import { Card } from "../../lib/elements.js";
import { formatPeriod } from "../../lib/format.js";
import { t } from "../../lib/i18n.js";
import { html, useState } from "../../vendor/preact/preact.js";
import { parseAmount } from "./edits.js";

/**
 * @param {{problemIndex: ProblemIndex, chosen: {county: string, item: string, month: string}, reserve: (edit: import("./edits.js").Reservation) => void}} props
 */
export function ReservationForm({ problemIndex, chosen, reserve }) {
  const [isWrong, setWrong] = useState(false);
  const goods = [...problemIndex.items.values()].filter(({ id }) => problemIndex.isGood(id));
  /** @param {Event} event */
  const submit = (event) => {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.target);
    const entered = Object.fromEntries(
      [...new FormData(form)].map(([name, text]) => [name, String(text)]),
    );
    const value = parseAmount(entered.amount, problemIndex.isWhole(entered.item));
    setWrong(value === null);
    if (value === null) return;
    reserve({
      kind: "reserve",
      need: `${entered.county}/${entered.item}`,
      period: entered.period,
      value,
    });
    form.reset();
  };
  return html`<${Card} name="reservation" title=${t("by-hand.reserve-title")}>
    <form class="controls" onSubmit=${submit}>
      <${Choice}
        name="county"
        label=${t("context.county")}
        chosen=${chosen.county}
        options=${[...problemIndex.counties.keys()].map((id) => [id, problemIndex.getName(id)])}
      />
      <${Choice}
        name="item"
        label=${t("context.item")}
        chosen=${chosen.item}
        options=${goods.map(({ id }) => [id, problemIndex.getName(id)])}
      />
      <${Choice}
        name="period"
        label=${t("context.month")}
        chosen=${chosen.month}
        options=${problemIndex.periods.map((id) => [id, formatPeriod(id, "long")])}
      />
      <label class="field">
        <span>${t("by-hand.at-least")}</span>
        <input
          name="amount"
          type="text"
          inputmode="decimal"
          required
          aria-invalid=${isWrong ? "true" : undefined}
        />
      </label>
      <div class="buttons">
        <button type="submit" class="button small">${t("by-hand.reserve")}</button>
      </div>
      ${isWrong && html`<p class="failure small" role="alert">${t("by-hand.wrong")}</p>`}
    </form>
  <//>`;
}

/** @param {{name: string, label: string, chosen: string, options: [string, string][]}} props */
function Choice({ name, label, chosen, options }) {
  return html`<label class="field">
    <span>${label}</span>
    <select name=${name}>
      ${options.map(([id, text]) => html`<option key=${id} value=${id} selected=${id === chosen}>${text}</option>`)}
    </select>
  </label>`;
}
