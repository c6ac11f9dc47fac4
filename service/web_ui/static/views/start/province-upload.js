/** Uploading a province as JSON, an Excel workbook, or a zip file of CSV sheets. */

import { renderField } from "../../lib/components.js";
import { fill, h } from "../../lib/dom.js";
import { renderFailure, renderLoading } from "../../lib/feedback.js";
import { t } from "../../lib/i18n.js";

/** @type {Record<string, string>} */
const MEDIA_TYPES = {
  json: "application/json",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  zip: "application/zip",
};

/**
 * Create the upload control.
 * @param {ViewContext} context context of the view
 * @param {(province: ProvinceListEntry) => void} onStored called with the stored province
 * @returns {HTMLElement} the control
 */
export function createUploadControl(context, onStored) {
  const input = h("input", {
    type: "file",
    accept: ".json,.xlsx,.zip",
    "aria-label": t("start.upload"),
  });
  const name = h("input", {
    type: "text",
    pattern: "[A-Za-z0-9_\\-][A-Za-z0-9_.\\-]*",
    maxlength: 100,
    autocomplete: "off",
  });
  const send = h(
    "button",
    { type: "button", class: "button small", disabled: true },
    t("start.upload-send"),
  );
  const status = h("div", {});
  input.addEventListener("change", () => {
    name.value = createProvinceId(input.files?.[0]?.name ?? "");
    send.disabled = !input.files?.length;
  });
  send.addEventListener("click", async () => {
    const file = input.files?.[0];
    if (!file) return;
    fill(status, renderLoading(t("start.uploading")));
    try {
      const { type, blob } = await prepareUpload(file);
      const path = `/v1/provinces/${encodeURIComponent(name.value)}`;
      const headers = { "Content-Type": type };
      onStored(await context.api.putJson(path, blob, { headers }));
    } catch (error) {
      fill(status, renderFailure(error));
    }
  });
  return h(
    "details",
    { class: "options" },
    h("summary", {}, t("start.upload")),
    h("p", { class: "soft small" }, t("start.upload-hint")),
    h("div", { class: "controls" }, input, renderField(t("start.upload-name"), name), send),
    status,
  );
}

/**
 * Create the identifier of a province from the name of a file.
 * @param {string} fileName name of the file
 * @returns {string} the identifier: lower case, without extension and special characters
 */
export function createProvinceId(fileName) {
  return fileName
    .replace(/\.\w+$/, "")
    .replace(/[^A-Za-z0-9_.-]+/g, "-")
    .replace(/^[.-]+|-+$/g, "")
    .toLowerCase();
}

/** @param {File} file @returns {Promise<{type: string, blob: Blob}>} */
async function prepareUpload(file) {
  const extension = file.name.split(".").pop()?.toLowerCase() ?? "";
  const type = MEDIA_TYPES[extension] ?? "application/octet-stream";
  const blob = extension === "json" ? wrapProblem(await file.text()) : new Blob([file]);
  return { type, blob };
}

/**
 * Wrap a problem as a province without scenarios. Other texts stay unchanged: the service reports invalid ones.
 * @param {string} text JSON of a problem or a province
 * @returns {Blob} JSON of a province
 */
export function wrapProblem(text) {
  return new Blob([isProblem(text) ? `{"problem": ${text}}` : text]);
}

/** @param {string} text @returns {boolean} */
function isProblem(text) {
  try {
    const body = JSON.parse(text);
    return Boolean(body) && typeof body === "object" && !Array.isArray(body) && "periods" in body;
  } catch {
    return false;
  }
}
