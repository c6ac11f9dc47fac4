/** Keeping what was tried: a plan of its own, followed until it is finished. */

import { ask, follow } from "../../lib/api.js";
import { fill, h } from "../../lib/dom.js";
import { or, t } from "../../lib/i18n.js";
import { announce, failure } from "../../lib/feedback.js";

/**
 * A button that makes a plan of changes, and where it says how it goes.
 * @param {object} context the view's
 * @param {() => object[]} changes what is changed
 * @param {object} [more] fields of the request beside `base_plan` and `changes`
 * @returns {HTMLElement} button and progress
 */
export function keeper(context, changes, more = {}) {
  const place = h("div", { class: "keep-said", role: "status" });
  const button = h("button", { type: "button", class: "button main keep" }, t("keep.button"));
  button.addEventListener("click", async () => {
    button.disabled = true;
    fill(place, h("p", {}, t("keep.sending")));
    try {
      const body = { base_plan: context.plan.id, changes: changes(), ...more };
      await kept(
        context,
        place,
        await (await ask("/v1/plans", { method: "POST", body, signal: context.signal })).json(),
      );
    } catch (error) {
      if (!context.signal.aborted) fill(place, failure(error));
    } finally {
      button.disabled = false;
    }
  });
  return h("div", { class: "keep" }, h("div", { class: "buttons" }, button), place);
}

/**
 * Follow a plan that was accepted, and lead to it.
 * @param {object} context the view's
 * @param {HTMLElement} place where it is said
 * @param {object} plan its view
 * @returns {Promise<void>} when it is finished
 */
export async function kept(context, place, plan) {
  let last = plan;
  if (plan.status !== "finished") {
    const bar = h("div", { class: "meter endless", "aria-hidden": "true" }, h("span", {}));
    const said = h("p", {}, t("keep.solving"));
    fill(place, said, bar);
    const stage = (event) => or(`start.stage.${event.data.stage ?? event.kind}`, t("keep.solving"));
    await follow(
      plan.id,
      (event) => {
        said.textContent = stage(event);
      },
      context.signal,
    );
    last = await context.api.get(`/v1/plans/${plan.id}`, context.signal);
  }
  fill(
    place,
    h("p", {}, t("keep.done", { outcome: t(`outcome.${last.outcome}`) })),
    links(context, last),
  );
  announce(t("keep.done", { outcome: t(`outcome.${last.outcome}`) }));
}

function links(context, plan) {
  const there = plan.tables?.supply !== undefined;
  return h(
    "p",
    { class: "buttons" },
    there &&
      h(
        "a",
        { class: "button small see-compare", href: context.href("compare", { with: plan.id }) },
        t("keep.compare"),
      ),
    h(
      "a",
      {
        class: "button small see-plan",
        href: context.href(there && context.has("map") ? "map" : "life", { plan: plan.id }),
      },
      t("keep.open"),
    ),
  );
}
