/** Limits, changes and differences in words. */

import {
  number,
  percent,
  period as month,
  quantity,
  share,
  unitName,
  won,
} from "../../lib/format.js";
import { inEnglish, or, t } from "../../lib/i18n.js";

/**
 * A period or a window of periods.
 * @param {string} id as the tables name it; empty or `plan` for all of the plan
 * @returns {string} its name
 */
export const when = (id) => (!id || id === "plan" ? t("limit.whole-plan") : month(id, "long"));

/**
 * A limit's name.
 * @param {import("../../lib/problem-index.js").Atlas} atlas the problem
 * @param {{rule: string, id: string, part: string, period: string}} limit the limit
 * @returns {string} such as `Electricity of Hyesan City, January 2002`
 */
export function limitName(atlas, { rule, id, part, period }) {
  const what = or(`limit.${rule}`, rule)
    .replace("{id}", atlas.name(id))
    .replace("{part}", part ? partName(atlas, rule, part) : "");
  return t("limit.when", { what: what.replace(/\s*\(\)$/, ""), when: when(period) });
}

function partName(atlas, rule, part) {
  return rule === "machine" ? or(`machine.${part}`, part.replaceAll("-", " ")) : atlas.name(part);
}

/**
 * What one more unit of a limit is worth; of small units a thousand.
 * @param {number} gain won a unit
 * @param {string} unit its unit
 * @returns {string} such as `30.8 won a kWh`
 */
export const worth = (gain, unit) =>
  t("limit.worth", {
    won: won(gain),
    unit: or(`unit-one.${unit}`, inEnglish() ? unit : unitName(unit)),
  });

/**
 * A change to the problem in words.
 * @param {import("../../lib/problem-index.js").Atlas|null} atlas the problem
 * @param {{what: string, where?: string|string[], periods?: string[], factor?: number, value?: number|number[]}} change the change
 * @returns {string} such as `Electricity of Hyesan City: to 80 %`
 */
export function changeName(atlas, change) {
  const where = [change.where ?? []].flat();
  const name = (id) =>
    id
      .split("/")
      .map((one) => (atlas ? atlas.name(one) : one))
      .join(", ");
  const of = where.length ? t("change.where", { where: where.map(name).join(", ") }) : "";
  const months = change.periods?.length
    ? t("change.periods", { periods: change.periods.map((one) => month(one, "long")).join(", ") })
    : "";
  const far =
    change.factor !== null && change.factor !== undefined
      ? t("change.factor", { share: percent(change.factor) })
      : t("change.value", { value: [change.value].flat().map(number).join(", ") });
  return t("change.whole", { what: or(`change.${change.what}`, change.what), of, months, far });
}

/**
 * A difference of shares, in points.
 * @param {number} before a share
 * @param {number} after a share
 * @returns {string} with its sign
 */
export function points(before, after) {
  const far = 100 * (after - before);
  if (Math.abs(far) < 5e-7) return t("answer.same");
  return t("answer.points", { n: signed(far) });
}

/** A number with its sign. @param {number} value the number @returns {string} as it is written */
export const signed = (value) =>
  value > 0 ? `+${number(value)}` : number(value).replace("-", "−");

/** A difference of money with its sign. @param {number} value won @returns {string} as it is written */
export const signedWon = (value) => (value > 0 ? `+${won(value)}` : won(value).replace("-", "−"));

/** An amount of a limit. @param {number} amount how much @param {string} unit its unit @returns {string} both */
export function amountOf(amount, unit) {
  if (unit === "won") return won(amount);
  if (unit === "share of the promise") return t("limit.promise", { share: share(amount) });
  return unit.startsWith("share")
    ? t("limit.share", { share: share(amount) })
    : quantity(amount, unit);
}
