/** English: what is left open in the briefing. */
export default {
  "ranges.title": "What is left open",
  "ranges.note":
    "Many plans are nearly as good as this one. The bars show how far each figure differs among those whose objective is within so much of the least.",
  "ranges.start": "Find the ranges",
  "ranges.start-alternatives": "Find other plans as good",
  "ranges.figure": "Figure",
  "ranges.bar": "Least, in this plan, greatest",
  "ranges.slack": "Within {share}",
  "ranges.between":
    "Where an end is two figures, it lies between them: plans were found up to the inner one, and none goes beyond the outer one. Bars show what was found.",
  "ranges.priority": "priority {n}",
  "ranges.no-alternatives": "No plan that differs was found.",
  "ranges.alternative": "Other plan {n}",
  "ranges.alternative-text": "objective {objective}, at most {share} above the least",
  "ranges.open": "Open: {name}",
  "ranges.open-short": "Open",
  "ranges.compare": "Compare: {name}",
  "ranges.compare-short": "Compare",
  "ranges.measure-of": "{measure}, {what}",
  "ranges.measure.served_share": "Served share",
  "ranges.measure.made": "Made",
  "ranges.measure.shipped": "Moved",
  "ranges.measure.taken": "Taken in swaps",
  "ranges.measure.given": "Given in swaps",
  "ranges.measure.stock": "In store",
  "ranges.measure.power_used": "Electricity used",
};
