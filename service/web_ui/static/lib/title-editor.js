/** Title and tags of a plan, and a form that changes them. */

import { fetchJson, putJson } from "./api.js";
import { announce } from "./feedback.js";
import { t, textOr } from "./i18n.js";
import { html, useEffect, useRef, useState } from "../vendor/preact/preact.js";

/**
 * Title and tags with a button that opens the form.
 * @param {{plan: Plan, canEdit: boolean, onSaved: (plan: Plan) => void}} props the plan, whether the caller may change it, called with the changed plan
 */
export function TitleEditor({ plan, canEdit, onSaved }) {
  const [isOpen, setOpen] = useState(false);
  const [failure, setFailure] = useState("");
  const first = useRef(/** @type {HTMLElement|null} */ (null));
  const wasOpen = useRef(false);
  useEffect(() => {
    // The title gets the focus when the form opens, the button when it closes.
    if (isOpen || wasOpen.current) first.current?.focus({ preventScroll: true });
    wasOpen.current = isOpen;
  }, [isOpen]);
  const handleKey = (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "Escape") setOpen(false);
  };
  const path = `/v1/plans/${encodeURIComponent(plan.id)}/title`;
  const save = async (/** @type {any} */ event) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const tags = String(data.get("tags"))
      .split(",")
      .filter((tag) => tag.trim());
    try {
      const stored = await fetchJson(path);
      const headers = { "If-Match": `"${stored.version}"` };
      const saved = await putJson(path, { title: String(data.get("title")), tags }, { headers });
      setOpen(false);
      setFailure("");
      announce(t("title.saved"));
      onSaved({ ...plan, title: saved.title, tags: saved.tags });
    } catch (/** @type {any} */ error) {
      setFailure(textOr(`problem.${String(error.type).split(":").pop()}`, error.message));
    }
  };
  if (!isOpen) {
    return html`<span class="plan-title">
      ${plan.tags.map((tag) => html`<span key=${tag} class="tag">${tag}</span>`)}
      ${
        canEdit &&
        html`<button type="button" class="button small" ref=${first} onClick=${() => setOpen(true)}>
          ${t(plan.title || plan.tags.length ? "title.edit" : "title.give")}
        </button>`
      }
    </span>`;
  }
  return html`<form class="title-form controls" onSubmit=${save} onKeyDown=${handleKey}>
    <label class="field">
      <span>${t("title.title")}</span>
      <input
        name="title"
        maxlength="200"
        autocomplete="off"
        ref=${first}
        defaultValue=${plan.title}
      />
    </label>
    <label class="field">
      <span>${t("title.tags")}</span>
      <input name="tags" autocomplete="off" defaultValue=${plan.tags.join(", ")} />
    </label>
    <div class="buttons">
      <button type="submit" class="button main small">${t("title.save")}</button>
      <button type="button" class="button small" onClick=${() => setOpen(false)}>
        ${t("action.close")}
      </button>
    </div>
    ${failure && html`<p role="alert" class="small">${failure}</p>`}
  </form>`;
}
