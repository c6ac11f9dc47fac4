/** Uploading a province as JSON, an Excel workbook, or a zip file of CSV sheets, and beside it the borders of its counties as GeoJSON. */

import { downloadFile } from "../../lib/api.js";
import { renderField } from "../../lib/components.js";
import { fill, h } from "../../lib/dom.js";
import { renderFailure, renderFindings, renderLoading } from "../../lib/feedback.js";
import { t } from "../../lib/i18n.js";

/** @type {Record<string, string>} */
const MEDIA_TYPES = {
  json: "application/json",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  zip: "application/zip",
};

/** @typedef {{name: string, type: string, blob: Blob}} Upload a file, its media type and what is sent */

/**
 * Fill the upload control.
 * @param {HTMLDetailsElement} control the control, with its summary
 * @param {ViewContext} context context of the view
 * @param {(province: ProvinceListEntry) => void} onStored called with the stored province
 */
export function fillUploadControl(control, context, onStored) {
  const input = h("input", {
    type: "file",
    accept: ".json,.xlsx,.zip",
    "aria-label": t("start.upload"),
  });
  const name = h("input", {
    type: "text",
    pattern: "[A-Za-z0-9_\\-][A-Za-z0-9_.\\-]*",
    maxlength: 100,
    required: true,
    autocomplete: "off",
    on: { change: () => (name.value = cleanIdentifier(name.value)) },
  });
  const borders = h("input", { type: "file", accept: ".geojson,.json" });
  const send = createButton("start.upload-send");
  const check = createButton("start.check-file");
  const status = h("div", {});
  const handleFile = () => {
    name.value = createProvinceId(input.files?.[0]?.name ?? "");
    send.disabled = check.disabled = !input.files?.length;
    fill(status);
  };
  input.addEventListener("change", handleFile);
  /** @param {(upload: Upload) => Promise<Child>} action what is done with the file */
  const process = async (action) => {
    const file = input.files?.[0];
    if (!file) return;
    fill(status, renderLoading(t("start.uploading")));
    const upload = await prepareUpload(file);
    try {
      fill(status, await action(upload));
    } catch (/** @type {any} */ error) {
      fill(status, error.errors?.length ? renderInvalidFile(error, upload) : renderFailure(error));
    }
  };
  send.addEventListener("click", () => {
    if (!name.reportValidity()) return;
    process(async ({ type, blob }) => {
      const path = `/v1/provinces/${encodeURIComponent(name.value)}`;
      const stored = await context.api.putJson(path, blob, { headers: { "Content-Type": type } });
      onStored(stored);
      const shapes = borders.files?.[0];
      if (shapes) onStored(await storeBorders(context, stored, shapes));
      return null;
    });
  });
  check.addEventListener("click", () => process((upload) => checkFile(context, upload)));
  control.append(
    h("p", { class: "soft small" }, t("start.upload-hint")),
    h("div", { class: "controls" }, input, check, renderField(t("start.upload-name"), name), send),
    h("div", { class: "controls" }, renderField(t("start.borders"), borders)),
    status,
  );
  enableDrop(control, (files) => {
    control.open = true;
    input.files = files;
    handleFile();
    check.click();
  });
}

/**
 * Store the borders of the counties of a province.
 * @param {ViewContext} context context of the view
 * @param {ProvinceListEntry} province the province
 * @param {File} file GeoJSON
 * @returns {Promise<ProvinceListEntry>} its new version
 */
function storeBorders(context, { id }, file) {
  const path = `/v1/provinces/${encodeURIComponent(id)}/borders`;
  const headers = { "Content-Type": "application/json" };
  return context.api.putJson(path, new Blob([file]), { headers });
}

/**
 * Let files be dropped on an element.
 * @param {HTMLElement} element the element
 * @param {(files: FileList) => void} onDrop called with the files
 */
function enableDrop(element, onDrop) {
  const isFile = (/** @type {DragEvent} */ event) => event.dataTransfer?.types.includes("Files");
  element.addEventListener("dragover", (event) => {
    if (!isFile(event)) return;
    event.preventDefault();
    element.classList.add("drop-target");
  });
  element.addEventListener("dragleave", () => element.classList.remove("drop-target"));
  element.addEventListener("drop", (event) => {
    element.classList.remove("drop-target");
    const files = event.dataTransfer?.files;
    if (!files?.length) return;
    event.preventDefault();
    onDrop(files);
  });
}

/** @param {string} key @returns {HTMLButtonElement} */
function createButton(key) {
  const attributes = { type: "button", class: "button small", disabled: true };
  return /** @type {HTMLButtonElement} */ (h("button", attributes, t(key)));
}

/**
 * Ask for all findings about a file; nothing is stored.
 * @param {ViewContext} context context of the view
 * @param {Upload} upload the file
 * @returns {Promise<HTMLElement>} the findings, and a link to the marked copy of sheets
 */
async function checkFile(context, upload) {
  const headers = { "Content-Type": upload.type };
  const report = await context.api.postJson("/v1/validate", upload.blob, { headers });
  return h(
    "div",
    { class: "checked-file" },
    renderVerdict(report.valid ? "start.file-valid" : "start.file-invalid", report.findings),
    report.findings.length > 0 && renderMarkedCopy(upload),
    renderFindings(report.findings),
    report.size && (await showPreview(report)),
  );
}

/** @param {import("../../lib/api.js").ApiError} error why a file was not stored @param {Upload} upload @returns {HTMLElement} */
function renderInvalidFile({ errors }, upload) {
  return h(
    "div",
    { class: "checked-file state failure" },
    renderVerdict("start.not-stored", errors),
    renderMarkedCopy(upload),
    renderFindings(errors),
  );
}

/** @param {string} key key of the verdict @param {Finding[]} findings @returns {HTMLElement} the verdict and counts by severity */
function renderVerdict(key, findings) {
  const warnings = findings.filter(({ severity }) => severity === "warning").length;
  const counts = { errors: findings.length - warnings, warnings };
  return h(
    "div",
    { role: "status" },
    h("p", { class: "state-title" }, t(key)),
    h("p", {}, t("start.file-findings", counts)),
  );
}

/** @param {any} report @returns {Promise<HTMLElement>} */
async function showPreview(report) {
  const { renderPreview } = await import("./province-preview.js");
  return renderPreview(report);
}

/**
 * Render a button that downloads a copy of the sheets in which every finding is a coloured cell with a comment.
 * @param {Upload} upload the file
 * @returns {HTMLElement|null} the button; null for JSON, which has no cells
 */
function renderMarkedCopy({ name, type, blob }) {
  if (type === MEDIA_TYPES.json) return null;
  const button = h("button", { type: "button", class: "button small" }, t("start.marked-copy"));
  button.addEventListener("click", async () => {
    const options = { method: "POST", body: blob, headers: { "Content-Type": type } };
    try {
      const file = `${createProvinceId(name)}-${t("start.marked-suffix")}.xlsx`;
      await downloadFile("/v1/validate?format=xlsx", file, options);
    } catch (error) {
      button.after(renderFailure(error));
    }
  });
  return button;
}

/**
 * Create the identifier of a province from the name of a file.
 * @param {string} fileName name of the file
 * @returns {string} the identifier: lower case, without extension and special characters
 */
export const createProvinceId = (fileName) => cleanIdentifier(fileName.replace(/\.\w+$/, ""));

/**
 * Make an identifier of what somebody typed.
 * @param {string} text the text
 * @returns {string} lower case, with a hyphen in place of characters that an identifier cannot have
 */
const cleanIdentifier = (text) =>
  text
    .replace(/[^A-Za-z0-9_.-]+/g, "-")
    .replace(/^[.-]+|-+$/g, "")
    .toLowerCase();

/** @param {File} file @returns {Promise<Upload>} */
async function prepareUpload(file) {
  const extension = file.name.split(".").pop()?.toLowerCase() ?? "";
  const type = MEDIA_TYPES[extension] ?? "application/octet-stream";
  const blob = extension === "json" ? wrapProblem(await file.text()) : new Blob([file]);
  return { name: file.name, type, blob };
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
