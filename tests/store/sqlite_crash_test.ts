import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { ACCOUNT } from "../support/readings.ts";
import { withFolder } from "./folder.ts";
import { pollsOf, QUOTA } from "./polls.ts";

const CHILD = fileURLToPath(new URL("crash_child.ts", import.meta.url));

/** Lets another process commit polls, kills it after some, and returns every reported time. */
async function killedAfter(path: string, polls: number): Promise<readonly number[]> {
  const child = new Deno.Command(Deno.execPath(), { args: ["run", "-A", CHILD, path], stdout: "piped" })
    .spawn();
  let text = "";
  let killed = false;
  for await (const part of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += part;
    if (killed || text.split("\n").length <= polls) continue;
    killed = true;
    child.kill("SIGKILL");
  }
  assertEquals((await child.status).success, false);
  // An unterminated last line may be truncated.
  return text.split("\n").slice(0, -1).map(Number);
}

Deno.test("a database whose writer was killed opens, is intact, and has every committed poll", () =>
  withFolder(async (folder) => {
    const path = join(folder, "syntrack.db");
    const reported: number[] = [];
    for (const polls of [1, 40, 173]) {
      reported.push(...await killedAfter(path, polls));
      await using store = await openSqliteStore(path);
      const rows = await store.readings({ quota: QUOTA });
      const stored = new Set(rows.map(({ at }) => at));
      assertEquals(reported.filter((at) => !stored.has(at)), [], "Every reported poll is there");
      const state = await store.recall(ACCOUNT);
      assertEquals(state.at, rows.at(-1)!.at, "State and readings are of the same poll");
      const [bucket] = (await store.series({ quota: QUOTA, step: 86_400_000, from: 0, to: 9e15 }))
        .toReversed();
      assertEquals(bucket, state.quotas["five-hour"]!.open[2]);
      assertEquals((await store.outcomes({ account: ACCOUNT, limit: 1 }))[0]?.at, state.at);
      const other = await store.readings({ quota: `${ACCOUNT}/seven-day` });
      assertEquals(other.length, rows.length, "No poll is there in part");
      using db = new DatabaseSync(path, { readOnly: true });
      assertEquals(db.prepare("PRAGMA integrity_check").get()?.integrity_check, "ok");
    }
    assert(reported.length >= 214);
    await using store = await openSqliteStore(path);
    const state = await store.recall(ACCOUNT);
    const [next] = pollsOf([{ at: state.at! + 1, readings: [] }], ACCOUNT, state);
    assertEquals(await store.commit(next!), true, "And it goes on");
  }));
