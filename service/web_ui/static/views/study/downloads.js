/** Files of an analysis. */

import { createFileLink } from "../../lib/file-links.js";
import { t } from "../../lib/i18n.js";
import { html, useMemo } from "../../vendor/preact/preact.js";
import { ShowElement } from "../../lib/elements.js";

/** @param {{path: string, id: string, tables: string[]}} props path of the analysis, its identifier, names of its tables */
export function Downloads({ path, id, tables }) {
  const links = useMemo(() => {
    const list = document.createElement("div");
    list.className = "buttons";
    list.append(
      ...tables.map((name) =>
        createFileLink(`${path}/tables/${name}?format=csv`, `${id}-${name}.csv`, `${name}.csv`),
      ),
    );
    return list;
  }, [path]);
  return html`<section class="card no-print">
    <h2>${t("analysis.files")}</h2>
    <${ShowElement} element=${links} />
  </section>`;
}
