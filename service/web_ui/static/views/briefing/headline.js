/** The plan in one sentence. */

import { formatShare, getLocale } from "../../lib/format.js";
import { getLanguage, isEnglish, t, textOr } from "../../lib/i18n.js";

const MAX_GOODS = 3;

/**
 * Write how much of the need is served, who and what is worst, and which kind of limit holds most.
 * @param {Briefing} briefing the briefing
 * @param {ProblemIndex} problemIndex names of items and counties
 * @returns {string} one sentence
 */
export function writeHeadline(briefing, problemIndex) {
  const served = briefing.figures.find(({ name }) => name === "served_share")?.value;
  const county = briefing.least_served_county;
  if (!briefing.short_goods.length || county === null) return t("briefing.headline-all");
  const names = briefing.short_goods
    .slice(0, MAX_GOODS)
    .map(({ item }) => problemIndex.getName(item));
  const parts = [
    t("briefing.headline-served", { share: formatShare(served) }),
    t("briefing.headline-county", {
      county: problemIndex.getName(county),
      share: formatShare(briefing.least_served_share),
    }),
    t(names.length === 1 ? "briefing.headline-good" : "briefing.headline-goods", {
      goods: joinNames(names),
    }),
  ];
  const [rule] = briefing.rules;
  if (rule) {
    const name = textOr(`rule.${rule.rule}`, rule.rule);
    parts.push(
      t("briefing.headline-rule", {
        rule: isEnglish() ? name.toLowerCase() : name,
        share: formatShare(rule.held_share),
      }),
    );
  }
  return t("briefing.headline", { parts: parts.join(t("briefing.headline-and")) });
}

/** @param {string[]} names @returns {string} such as `soap, paper and bread` */
function joinNames(names) {
  const locale = getLanguage() === "ko" ? "ko-KR" : getLocale();
  return new Intl.ListFormat(locale, { type: "conjunction" }).format(names);
}
