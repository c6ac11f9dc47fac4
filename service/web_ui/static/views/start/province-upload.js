/** Uploading a province: JSON, an Excel workbook, or a zip of CSV sheets. */

import { fill, h } from "../../lib/dom.js";
import { failure, loading } from "../../lib/feedback.js";

const TYPES = {
  json: "application/json",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  zip: "application/zip",
};

/**
 * The control.
 * @param {import("../../lib/router.js").Context} context of the view
 * @param {(head: object) => void} stored told of the province that was stored
 * @returns {HTMLElement} the control
 */
export function upload(context, stored) {
  const { t } = context;
  const file = h("input", {
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
  const told = h("div", {});
  file.addEventListener("change", () => {
    name.value = identifier(file.files[0]?.name ?? "");
    send.disabled = !file.files.length;
  });
  send.addEventListener("click", async () => {
    fill(told, loading(t("start.uploading")));
    try {
      stored(await store(context.api, name.value, file.files[0]));
    } catch (error) {
      fill(told, failure(error));
    }
  });
  return h(
    "details",
    { class: "options" },
    h("summary", {}, t("start.upload")),
    h("p", { class: "soft small" }, t("start.upload-hint")),
    h(
      "div",
      { class: "controls" },
      file,
      h("label", { class: "field" }, h("span", {}, t("start.upload-name")), name),
      send,
    ),
    told,
  );
}

function identifier(fileName) {
  return fileName
    .replace(/\.\w+$/, "")
    .replace(/[^A-Za-z0-9_.-]+/g, "-")
    .replace(/^[.-]+|-+$/g, "")
    .toLowerCase();
}

async function store(api, id, file) {
  const ending = file.name.split(".").pop().toLowerCase();
  const address = `/v1/provinces/${encodeURIComponent(id)}`;
  if (ending !== "json")
    return api.put(address, new Blob([file]), {
      headers: { "Content-Type": TYPES[ending] ?? "application/octet-stream" },
    });
  const text = await file.text();
  return api.put(address, wrapped(text), { headers: { "Content-Type": TYPES.json } });
}

/** A problem by itself is stored as a province without scenarios; what cannot be read is left for the service to refuse in words. */
function wrapped(text) {
  let body;
  try {
    body = JSON.parse(text);
  } catch {
    return new Blob([text]);
  }
  if (body && typeof body === "object" && !Array.isArray(body) && "periods" in body)
    return new Blob([`{"problem": ${text}}`]);
  return new Blob([text]);
}
