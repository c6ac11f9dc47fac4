/** The rows of the quota table as text with names, in their order: to the clipboard, or as a file. */

import { saveBlob } from "../../lib/api.js";
import { announce } from "../../lib/feedback.js";
import { formatNumber } from "../../lib/format.js";
import { sortRows } from "../../lib/grid-sort.js";
import { listTexts, writeGridText } from "../../lib/grid-text.js";
import { t } from "../../lib/i18n.js";
import { copyText, writeCsv } from "../../lib/table-text.js";
import { html, useState } from "../../vendor/preact/preact.js";

/**
 * @param {object} props
 * @param {import("../../lib/data-grid.js").GridColumn[]} props.columns @param {QuotaRow[]} props.rows
 * @param {import("../../lib/data-grid.js").GridSort|null} props.sort
 */
export function TextButtons({ columns, rows, sort }) {
  const [said, setSaid] = useState("");
  const copy = () => {
    const isCopied = copyText(writeGridText(columns, sortRows(rows, columns, sort)));
    const text = isCopied
      ? t("grid.copied", { n: formatNumber(rows.length) })
      : t("grid.not-copied");
    setSaid(text);
    announce(text);
  };
  const save = () => {
    const { head, body } = listTexts(columns, sortRows(rows, columns, sort));
    saveBlob(writeCsv(head, body), `${t("factories.file")}.csv`);
  };
  return html`<div class="buttons">
    <button type="button" class="button small" onClick=${copy}>${t("grid.copy")}</button>
    <button type="button" class="button small" onClick=${save}>${t("grid.save")}</button>
    <span class="soft small">${said}</span>
  </div>`;
}
