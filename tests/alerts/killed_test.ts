/** A sender killed with SIGKILL while it sends. */
import { join } from "node:path";
import { createOutbox } from "../../lib/alerts/outbox.ts";
import { createStoredChannels } from "../../lib/alerts/stored_channels.ts";
import { createVault } from "../../lib/accounts/vault/vault.ts";
import { DAY_MS, MINUTE_MS } from "../../lib/model/duration.ts";
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import { assertEquals } from "../support/assert.ts";
import { READ_AT } from "../support/views.ts";
import { addDelivery } from "./support.ts";

/** Answers until told to hang: then it accepts the message and does not answer. */
function stubborn(hangAt: number) {
  const ids: string[] = [];
  const hung = Promise.withResolvers<void>();
  const free = Promise.withResolvers<void>();
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    ids.push(request.headers.get("idempotency-key") ?? "");
    await request.body?.cancel();
    if (ids.length === hangAt) {
      hung.resolve();
      await free.promise;
    }
    return new Response("ok");
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    ids,
    hung: hung.promise,
    async [Symbol.asyncDispose]() {
      free.resolve();
      await server.shutdown();
    },
  };
}

function sender(folder: string, at: number): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--no-check",
      "--cached-only",
      join(import.meta.dirname!, "deliver_once.ts"),
      folder,
      String(at),
    ],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
}

async function run(folder: string, at: number): Promise<string> {
  const { stdout } = await sender(folder, at).output();
  return new TextDecoder().decode(stdout).trim();
}

Deno.test("kill -9 during sending loses nothing, and repeats only the message being sent, with the same id", async () => {
  const folder = await Deno.makeTempDir();
  await using receiver = stubborn(2);
  {
    await using store = await openSqliteStore(join(folder, "test.db"));
    const channels = createStoredChannels({
      docs: store.docs,
      vault: createVault(join(folder, "key")),
      now: () => READ_AT,
    });
    await channels.add({ id: "mine", type: "webhook", values: { url: receiver.url } });
    for (const place of [1, 2, 3]) {
      await addDelivery(store, {
        alert: {
          id: `threshold|acme/default/q${place}|0.8|1`,
          kind: "threshold",
          severity: "warning",
          account: "acme/default",
          quota: `q${place}`,
          at: READ_AT,
          title: "85% used",
          text: "85% used.",
          details: "",
          expiresAt: READ_AT + DAY_MS,
        },
        channel: "mine",
        state: "waiting",
        createdAt: READ_AT + place,
        dueAt: READ_AT,
        attempts: 0,
        note: "",
      }, READ_AT);
    }
  }
  const id = (place: number) => `threshold|acme/default/q${place}|0.8|1`;
  const child = sender(folder, READ_AT);
  await receiver.hung;
  child.kill("SIGKILL");
  await child.stdout.cancel();
  assertEquals((await child.status).success, false);
  assertEquals(receiver.ids, [id(1), id(2)]);

  // Until the lease ends it is unknown whether the killed process still sends; later messages keep their order.
  await run(folder, READ_AT + MINUTE_MS);
  assertEquals(receiver.ids, [id(1), id(2)]);
  await run(folder, READ_AT + 4 * MINUTE_MS);
  await run(folder, READ_AT + 5 * MINUTE_MS);
  const count = (place: number) => receiver.ids.filter((one) => one === id(place)).length;
  // A receiver that knows the id drops the repeated message.
  assertEquals([count(1), count(2), count(3)], [1, 2, 1]);
  await using store = await openSqliteStore(join(folder, "test.db"));
  const states = (await createOutbox(store.docs).list(READ_AT + 5 * MINUTE_MS)).map(({ state }) => state);
  assertEquals(states, ["sent", "sent", "sent"]);
  await Deno.remove(folder, { recursive: true }).catch(() => {});
});
