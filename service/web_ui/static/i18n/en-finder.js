/** English: the finder and the help. */
export default {
  "finder.title": "Find",
  "finder.choose-plan": "Select a plan",
  "finder.hint": "A view, plan, county, good or factory",
  "finder.plan-hint": "Title, scenario, tag or state",
  "finder.results": "Results",
  "finder.none": "Nothing matches.",
  "finder.kind.plan": "Plan",
  "finder.kind.view": "View",
  "finder.kind.county": "County",
  "finder.kind.good": "Good",
  "finder.kind.factory": "Factory",
  "help.title": "Help",
  "help.keys": "Keys",
  "help.key-find": "find a view, plan, county, good or factory",
  "help.key-help": "this help",
  "help.key-tab": "the next control; the first stop skips to the content",
  "help.key-arrows": "cells of a table of months, results of a search",
  "help.key-escape": "close",
  "help.terms": "Terms",
  "help.term.met": "Served share",
  "help.text.met":
    "The part of the need that people get, weighted by value. What comes later counts over the whole plan.",
  "help.term.shortage": "Shortage",
  "help.text.shortage": "Units of a need that the plan does not serve.",
  "help.term.limit": "Binding limit",
  "help.text.limit":
    "A limit that is used up, such as electricity of a county in a month. More of it would serve more.",
  "help.term.shadow-price": "Shadow price",
  "help.text.shadow-price": "What one more unit of a limit is worth to the plan.",
  "help.term.weighted-won": "Weighted won",
  "help.text.weighted-won":
    "Won of value multiplied by the weights of the policy. Nobody pays them.",
  "help.term.remedy": "Remedy",
  "help.text.remedy":
    "A larger limit and a reservation that end or halve a shortage. A solve verifies each.",
  "help.term.relaxed": "Before rounding",
  "help.text.relaxed":
    "Figures of the linear program, which has no whole units. The plan itself can differ a little.",
  "help.term.proof": "Optimal (verified)",
  "help.text.proof": "A certificate shows that no plan has a better objective.",
  "help.docs": "Documentation of the HTTP API",
};
