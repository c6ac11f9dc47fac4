/** Renaming and deleting a stored province. */

import { deleteResource, putJson, sendRequest } from "../../lib/api.js";
import { renderField } from "../../lib/components.js";
import { fill, h } from "../../lib/dom.js";
import { renderFailure } from "../../lib/feedback.js";
import { t } from "../../lib/i18n.js";
import { Opener, closeOnEscape } from "../../lib/opener.js";

/**
 * Render the controls that rename or delete a stored province.
 * @param {ProvinceListEntry} province the selected province
 * @param {(id: string|null) => void} onChanged called with the province after it was renamed, with null after it was deleted
 * @returns {HTMLElement} the controls
 */
export function renderManager(province, onChanged) {
  const path = `/v1/provinces/${encodeURIComponent(province.id)}`;
  const status = h("div", {});
  const name = h("input", { type: "text", value: province.name, maxlength: 100 });
  /** @param {() => Promise<string|null>} action */
  const act = async (action) => {
    try {
      onChanged(await action());
    } catch (error) {
      fill(status, renderFailure(error));
    }
  };
  const rename = () =>
    act(async () => {
      const response = await sendRequest(path);
      const { problem, scenarios } = await response.json();
      const body = { problem: { ...problem, name: name.value.trim() }, scenarios };
      const headers = { "If-Match": response.headers.get("ETag") ?? "*" };
      await putJson(path, body, { headers });
      return province.id;
    });
  const remove = () =>
    act(async () => {
      await deleteResource(path);
      return null;
    });
  /** @param {string} key @param {() => void} click @param {string} [look] */
  const createButton = (key, click, look = "") =>
    h("button", { type: "button", class: `button small ${look}`, on: { click } }, t(key));
  const opener = new Opener();
  const keep = () => {
    fill(status);
    opener.returnFocus();
  };
  closeOnEscape(status, keep);
  const askToDelete = () => {
    opener.record();
    fill(
      status,
      h("p", {}, t("start.delete-sure", { name: province.name || province.id })),
      h(
        "div",
        { class: "buttons" },
        createButton("start.delete-confirm", remove),
        createButton("start.keep", keep),
      ),
    );
    status.querySelector("button")?.focus({ preventScroll: true });
  };
  return h(
    "details",
    { class: "options" },
    h("summary", {}, t("start.manage")),
    h(
      "div",
      { class: "controls" },
      renderField(t("start.province-name"), name),
      createButton("start.rename", rename),
      createButton("start.delete", askToDelete),
    ),
    status,
  );
}
