import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { stubFetch } from "./browser-globals.js";

const api = await import("../../service/web_ui/static/lib/api.js");
const { followJob } = await import("../../service/web_ui/static/views/shared/analysis-job.js");

const PATH = "/v1/studies/s";

/** @param {string} status @param {number} done */
const answerJob = (status, done) =>
  Response.json({ id: "s", status, progress: { done, total: done ? 32 : 0 } });

/** @param {...[string, object]} events kinds and data */
const answerEvents = (...events) =>
  new Response(
    events
      .map(([kind, data], k) => `id: ${k + 1}\ndata: ${JSON.stringify({ kind, data })}\n\n`)
      .join(""),
  );

/** @param {(() => Response)[]} answers @returns {Promise<{told: string[], paths: string[]}>} what was told, and what was asked */
async function follow(answers) {
  const requests = stubFetch(() => (answers.shift() ?? assert.fail)());
  /** @type {string[]} */
  const told = [];
  const context = /** @type {any} */ ({ api });
  await followJob(context, PATH, new AbortController().signal, (job) => {
    told.push(`${job.status} ${job.progress.done}/${job.progress.total}`);
  });
  return { told, paths: requests.map(({ path }) => path) };
}

describe("followJob", () => {
  it("reads an analysis, follows its events, and reads it again at its end", async () => {
    const { told, paths } = await follow([
      () => answerJob("running", 8),
      () =>
        answerEvents(
          ["progress", { done: 4, total: 32 }],
          ["progress", { done: 16, total: 32 }],
          ["finished", { state: "finished" }],
        ),
      () => answerJob("finished", 32),
    ]);
    assert.deepEqual(told, ["running 8/32", "running 16/32", "finished 32/32"]);
    assert.deepEqual(paths, [PATH, `${PATH}/events`, PATH]);
  });

  it("reads again where too much is followed already", async () => {
    const { told } = await follow([
      () => answerJob("queued", 0),
      () => new Response("{}", { status: 429 }),
      () => answerJob("finished", 32),
    ]);
    assert.deepEqual(told, ["queued 0/0", "finished 32/32"]);
  });

  it("fails where the service refuses", async () => {
    const answers = [() => answerJob("queued", 0), () => new Response("{}", { status: 403 })];
    await assert.rejects(follow(answers), { status: 403 });
  });
});
