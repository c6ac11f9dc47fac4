/** English: what-if. */
export default {
  "what-if.lead": "Move a slider to solve the plan with a change. 100 % is the plan as it is.",
  "what-if.sliders": "Changes",
  "what-if.result": "Result beside the plan",
  "what-if.by-area": "Electricity by area",
  "what-if.reset": "Reset all changes",
  "what-if.extra-changes": "Additional changes",
  "what-if.remove": "Remove: {change}",
  "what-if.no-changes": "There are no changes yet",
  "what-if.no-changes-text": "Move a slider. The result appears here.",
  "what-if.solving": "Solving …",
  "what-if.solving-since": "Solving for {n} s …",
  "what-if.verified": "Verified by re-solving, {n} s",
  "slider.central": "Central share",
  "slider.delivered": "Delivered part of the central share",
  "slider.power": "Electricity, all areas",
  "slider.rail": "Railway capacity",
  "slider.machines": "Condition of the machines",
  "slider.people": "Population",
  "estimate.tag": "Estimate from shadow prices; re-solving",
  "estimate.exact": "{won}",
  "estimate.at-least": "at least {won}",
  "estimate.saves-at-most": "saves at most {won}",
  "estimate.exact-text":
    "The shadow prices are valid for the whole change. Re-solving should give the same value.",
  "estimate.at-least-text":
    "The shadow prices are valid for {valid}. Beyond it, the cost can be higher but not lower, or there may be no plan.",
  "estimate.saves-at-most-text":
    "The shadow prices are valid for {valid}. Beyond it, the saving can be lower but not higher, or there may be no plan.",
  "estimate.valid-fraction": "the first {share} of the change",
  "estimate.unavailable": "No estimate is available for this change. Re-solving is necessary.",
  "estimate.large":
    "The shadow prices are valid for a part of this change only. Its effect can be large; solving.",
  "estimate.infeasible": "No plan satisfies these changes. Re-solving finds the conflict.",
  "estimate.served": "Served share, by value: from {before} to {after} ({points}).",
  "explanation.unavailable":
    "No estimate is available for this change; the result below was computed by re-solving.",
  "explanation.not-binding": "The changed limits are not binding.",
  "explanation.not-binding-at-first":
    "The changed limits are not binding now. A small change costs nothing; a large one can.",
  "explanation.large":
    "The shadow prices are valid for a part of this change only, so they do not tell its size. Result after re-solving: {result}.",
  "explanation.exact": "Estimate: {won}. Result after re-solving: {result}.",
  "explanation.at-least":
    "Estimate: at least {won}. Result after re-solving: {result}. The shadow prices rise along the change.",
  "explanation.saves-at-most":
    "Estimate: saves at most {won}. Result after re-solving: {result}. The shadow prices fall along the change.",
  "explanation.contribution": "{rule}: {won} (binding limits: {n})",
  "explanation.rule.balance": "Needs",
  "explanation.rule.make": "Bounds of quotas",
  "explanation.rule.stock": "Bounds of stocks",
  "explanation.rule.give": "Demand of neighbours",
  "explanation.rule.take": "Offers of neighbours",
  "explanation.rule.central": "Central allotments",
  "explanation.limits": "Most important limits and their shadow prices:",
};
