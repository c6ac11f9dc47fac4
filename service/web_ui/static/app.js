/** The application: its views, and what starts it. */

import { get, Problem } from "./lib/api.js";
import { load, t } from "./lib/i18n.js";
import { Router } from "./lib/router.js";
import { Shell } from "./lib/shell.js";
import { failure } from "./lib/feedback.js";
import { apply } from "./lib/theme.js";

/** Every view, one line each, in the order of the navigation; `texts`: it has `i18n/<language>-<id>.js`. */
const VIEWS = [
  { id: "start", load: () => import("./views/start.js"), needs: null, texts: false },
  { id: "map", load: () => import("./views/map.js"), needs: "tables", texts: true },
  { id: "year", load: () => import("./views/year.js"), needs: "tables", texts: true },
  { id: "factories", load: () => import("./views/factories.js"), needs: "tables", texts: true },
  { id: "what-if", load: () => import("./views/what-if.js"), needs: "tables", texts: true },
  { id: "compare", load: () => import("./views/compare.js"), needs: "tables", texts: true },
  { id: "reasons", load: () => import("./views/bottlenecks.js"), needs: "tables", texts: true },
  { id: "life", load: () => import("./views/approval.js"), needs: "plan", texts: true },
];

/** Who asks; nobody yet where the service wants to know and no key is at hand: the bar offers to sign in. */
async function whoAsks() {
  try {
    return await get("/v1/me");
  } catch (error) {
    if (!(error instanceof Problem && error.status === 401)) throw error;
    return { caller: "", authentication: "on", grants: [] };
  }
}

async function start() {
  apply();
  await load();
  const main = document.getElementById("main");
  const skip = document.getElementById("skip");
  skip.textContent = t("shell.skip");
  skip.addEventListener("click", (event) => {
    event.preventDefault();
    (main.querySelector("h1") ?? main).focus();
  });
  try {
    const me = await whoAsks();
    await new Router(main, VIEWS, new Shell(document.getElementById("bar"), VIEWS, me)).show();
  } catch (error) {
    main.replaceChildren(failure(error, () => location.reload()));
  }
}

start();
