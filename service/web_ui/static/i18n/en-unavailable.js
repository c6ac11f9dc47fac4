/** English: plans without figures. */
export default {
  "state.no-plan": "There is no plan yet",
  "state.no-plan-text": "Create a plan on the start page: select a province and a scenario.",
  "unavailable.unfinished": "This view opens when the plan is finished.",
  "unavailable.progress": "Show the progress",
  "unavailable.cancelled":
    "This plan was cancelled before it had figures. Plan again on the start page.",
  "unavailable.time":
    "The time limit ended before a plan was found. Plan again on the start page with a longer one, under “Solver options”.",
  "unavailable.iterations":
    "The limit of iterations ended before a plan was found. Plan again on the start page with another solver, under “Solver options”.",
  "unavailable.memory":
    "The memory of the service did not suffice for this plan. Ask the operator for more, or plan fewer periods.",
  "unavailable.failed":
    "The solver found neither a plan nor a proof that there is none. Plan again on the start page with another solver, under “Solver options”.",
};
