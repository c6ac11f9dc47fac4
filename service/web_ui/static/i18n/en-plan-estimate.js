/** English: the estimate of a plan that is being solved. */
export default {
  "plan-estimate.tag": "Estimate by year",
  "plan-estimate.served": "served share of all needs, by value",
  "plan-estimate.about": "about {share}",
  "plan-estimate.priority": "priority {n}: about {share}",
  "plan-estimate.bound": "The objective is proved to be at least {won}.",
  "plan-estimate.text":
    "Solved by year, in which the periods are added up. The plan usually serves a little less; its own figures replace these.",
};
