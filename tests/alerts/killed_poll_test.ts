/** The program killed with SIGKILL between any two steps from a poll to its message. */
import { join } from "node:path";
import { MINUTE_MS } from "../../lib/model/duration.ts";
import { openKvStore } from "../../lib/store/kv/open.ts";
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { pollOnce, type Run } from "./poll_once.ts";
import { startReceiver } from "./support.ts";

const ACCOUNT = "acme/default";
const START = Date.parse("2026-03-10T12:00:00Z");
/** There are far fewer steps. */
const MAX_STEPS = 60;

/** Polls in a process of its own, which is killed. Returns whether it came to its end before. */
async function runKilled(given: Run): Promise<boolean> {
  const program = join(import.meta.dirname!, "poll_once.ts");
  const { success, signal, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--unstable-kv", "--no-check", "--cached-only", program, JSON.stringify(given)],
    stdout: "null",
    stderr: "piped",
  }).output();
  assert(success || signal === "SIGKILL" || Deno.build.os === "windows", new TextDecoder().decode(stderr));
  return success;
}

async function copy(from: string, to: string): Promise<void> {
  for await (const { name } of Deno.readDir(from)) await Deno.copyFile(join(from, name), join(to, name));
}

async function storedIn(engine: Run["engine"], folder: string) {
  const path = join(folder, `test.${engine}`);
  await using store = engine === "kv" ? await openKvStore(`kv:${path}`) : await openSqliteStore(path);
  const now = START + 60 * MINUTE_MS;
  return {
    readings: (await store.readings({ quota: `${ACCOUNT}/five-hour` })).map(({ used }) => used),
    failures:
      (await store.outcomes({ account: ACCOUNT, limit: 9 })).filter(({ kind }) => kind !== "ok").length,
    alerts: (await store.docs.list<{ kind: string }>("alerts", now)).map(({ doc }) => doc.kind).sort(),
    messages: (await store.docs.list<{ alert?: { id: string }; state: string }>("outbox", now))
      .filter(({ doc }) => doc.alert).map(({ doc }) => ({ id: doc.alert!.id, state: doc.state })),
  };
}

const CASES = [
  ["sqlite", "a reading", 97, "threshold"],
  ["sqlite", "a failure", null, "sign-in-expired"],
  ["kv", "a reading", 97, "threshold"],
] as const;

for (const [engine, what, used, kind] of CASES) {
  Deno.test(`whenever a program is killed, ${what} that occurs is stored with its message, sent once, or not at all (${engine})`, async () => {
    const root = await Deno.makeTempDir();
    const before = join(root, "before");
    await Deno.mkdir(before);
    await using hook = startReceiver();
    // Processes that are not killed are no different from this one, which need not load the program each time.
    assertEquals(await pollOnce({ engine, folder: before, at: START, used: 10, url: hook.url }), "ok");
    let [lost, kept] = [0, 0];
    for (let killAt = 0;; killAt++) {
      assert(killAt < MAX_STEPS);
      const folder = join(root, String(killAt));
      await Deno.mkdir(folder);
      await copy(before, folder);
      hook.received.length = 0;
      const survived = await runKilled({ engine, folder, at: START + 5 * MINUTE_MS, used, killAt });
      // The condition has passed by then, and would not be noticed any more.
      for (const minutes of [10, 20]) {
        const after = { engine, folder, at: START + minutes * MINUTE_MS, used: 11 };
        assertEquals(await pollOnce(after), "ok");
      }
      const { readings, failures, alerts, messages } = await storedIn(engine, folder);
      const isStored = used === null ? failures === 1 : readings.includes(used);
      assertEquals(alerts.includes(kind), isStored, `${alerts} and ${readings} of ${killAt}`);
      isStored ? kept++ : lost++;
      for (const { id, state } of messages) {
        const count = hook.received.filter(({ headers }) => headers.get("idempotency-key") === id).length;
        // A message being sent at the kill may have arrived: it is repeated with the same id, or dropped.
        if (engine === "sqlite") assert(state === "sent" && (count === 1 || count === 2), `${id} ${count}`);
        else assert(state === "sent" ? count === 1 : state === "given-up" && count < 2, `${id} ${count}`);
        if (survived) assertEquals([state, count], ["sent", 1]);
      }
      assertEquals(messages.length, alerts.length);
      if (survived) break;
    }
    assert(lost > 0 && kept > 2, `${lost} ${kept}`);
    await Deno.remove(root, { recursive: true });
  });
}
