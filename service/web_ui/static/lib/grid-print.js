/** All rows of a table on paper, where the screen has only the visible ones. */

import { html, render } from "../vendor/preact/preact.js";

/**
 * Print a plain table of all rows.
 * @param {{current: HTMLElement|null}} frame the frame of the table, after which the plain table stands while it is printed
 * @param {import("./data-grid.js").GridColumn[]} columns the columns
 * @param {() => any[]} listRows gets the rows in their order
 * @returns {() => void} ends it
 */
export function printAllRows(frame, columns, listRows) {
  const paper = document.createElement("div");
  paper.className = "paper-only";
  const build = () => {
    frame.current?.after(paper);
    render(html`<${PaperTable} ...${{ columns, rows: listRows() }} />`, paper);
  };
  const remove = () => {
    render(null, paper);
    paper.remove();
  };
  addEventListener("beforeprint", build);
  addEventListener("afterprint", remove);
  return () => {
    removeEventListener("beforeprint", build);
    removeEventListener("afterprint", remove);
    remove();
  };
}

/** @param {{columns: import("./data-grid.js").GridColumn[], rows: any[]}} props */
function PaperTable({ columns, rows }) {
  const getClass = (/** @type {import("./data-grid.js").GridColumn} */ { isNumber }) =>
    isNumber ? "number" : "";
  return html`<table class="rows">
    <thead>
      <tr>
        ${columns.map((column) => html`<th scope="col" class=${getClass(column)}>${column.title}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        (row) =>
          html`<tr>
            ${columns.map(
              (column) =>
                html`<td class=${getClass(column)}>
                  ${column.show ? column.show(row) : (row[column.field] ?? "")}
                </td>`,
            )}
          </tr>`,
      )}
    </tbody>
  </table>`;
}
