/** Live pages of one instance show what another one did: at once if the database notifies, otherwise by polling it. */
import { createHosted } from "../../../lib/app/hosted/hosted.ts";
import { createLiveTime } from "../../../lib/app/hosted/live_time.ts";
import { MINUTE_MS } from "../../../lib/model/duration.ts";
import { openKvStore } from "../../../lib/store/kv/open.ts";
import { ensureBuiltOnce } from "../../support/build_once.ts";
import { assertEquals, assertStringIncludes } from "../../support/assert.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { startKvConnect } from "../../support/kv_connect.ts";
import { until } from "../../support/until.ts";
import { withFolder } from "../../store/folder.ts";

// Pages are loaded from the build.
await ensureBuiltOnce();

const TOKEN = "token-0123456789abcdef-0123456789";
const authorization = `Bearer ${TOKEN}`;
/** Anything that waits longer than this waits forever. */
const PATIENCE_MS = 120_000;

interface Instance extends AsyncDisposable {
  readonly origin: string;
}

function startInstance(name: string, clock: FakeClock): Instance {
  const hosted = createHosted({
    env: {
      SYNTRACK_ADMIN_PASS: "a long enough password",
      SYNTRACK_AUTH_TOKENS: TOKEN,
      SYNTRACK_VAULT_KEY: "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    },
    clock,
    providers: [],
    logLine: () => {},
    open: () => openKvStore(name),
  });
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, hosted.handle);
  return {
    origin: `http://127.0.0.1:${server.addr.port}`,
    async [Symbol.asyncDispose]() {
      await hosted.close();
      await server.shutdown();
    },
  };
}

async function save({ origin }: Instance, display: string): Promise<void> {
  const answer = await fetch(`${origin}/api/v1/settings`, {
    method: "PUT",
    headers: { authorization, "content-type": "application/json" },
    body: JSON.stringify({ display }),
  });
  assertEquals([answer.status, (await answer.text()).length > 0], [200, true]);
}

interface Page {
  /** Resolves once the stream has sent this again. */
  until(words: string): Promise<void>;
  close(): void;
}

async function openPage({ origin }: Instance): Promise<Page> {
  const over = new AbortController();
  const signal = AbortSignal.any([over.signal, AbortSignal.timeout(PATIENCE_MS)]);
  const answer = await fetch(`${origin}/api/live`, { headers: { authorization }, signal });
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  return {
    async until(words) {
      while (!text.includes(words)) {
        const { done, value } = await reader.read();
        if (done) throw new Error(`The stream ended without ${words}: ${text}`);
        text += value;
      }
      text = text.slice(text.indexOf(words) + words.length);
    },
    close() {
      reader.closed.catch(() => {});
      over.abort();
    },
  };
}

/** The clock stands still, so nothing polls: only the database can notify. */
async function tellsAtOnce(name: string): Promise<void> {
  const clock = new FakeClock(Date.UTC(2026, 10, 2, 8));
  await using first = startInstance(name, clock);
  await using second = startInstance(name, clock);
  await save(first, "used");
  const page = await openPage(second);
  await page.until('"display":"used"');
  await save(first, "left");
  await page.until('"display":"left"');
  // An instance's own changes reach its own pages without the database.
  await save(second, "used");
  await page.until('"display":"used"');
  page.close();
}

Deno.test("a live page of one instance shows at once what another one did, if the server notifies of changes", async () => {
  await using server = startKvConnect();
  await tellsAtOnce(server.name);
  assertEquals(server.counts.watches, 1, "Watched while a page was open");
  await until("the end of the watch", () => server.watchers() === 0);
});

Deno.test("a live page of one instance shows at once what another one of its process did, on a file", () =>
  withFolder((folder) => tellsAtOnce(`kv:${folder}/syntrack.kv`)));

Deno.test("notified changes are read at once, and the database is polled less often while it notifies", async () => {
  const clock = new FakeClock(0);
  const looks: number[] = [];
  let [found, ended] = [false, 0];
  let tell = () => {};
  const limit = createLiveTime({
    clock,
    maxMs: 10 * MINUTE_MS,
    look: () => (looks.push(clock.now()), Promise.resolve(found)),
    lookEveryMs: 5_000,
    watch(told) {
      tell = told;
      return () => void ended++;
    },
  });
  const looked = async (ms: number) => {
    looks.length = 0;
    await clock.advance(ms);
    return looks.map((at) => at / 1000);
  };
  const quiet = new Response(new ReadableStream(), { headers: { "content-type": "text/event-stream" } });
  const text = limit(new Request("http://a/"), quiet).text();

  assertEquals(await looked(11_000), [5, 10]);
  // Notified of a change by this instance, not by others: it may be a store that notifies of nothing else.
  tell();
  assertEquals(await looked(10_000), [11, 16, 21]);
  // Many notifications within a second cause one more check.
  found = true;
  tell();
  await clock.settle();
  tell();
  tell();
  assertEquals(await looked(500), []);
  assertEquals(await looked(500), [22]);
  found = false;
  // Now it is known to notify of others' changes.
  assertEquals(await looked(31_500), [53]);
  // A change without notification: polled as often as before.
  found = true;
  assertEquals(await looked(30_000), [83]);
  assertEquals(await looked(6_000), [89]);

  assertEquals(ended, 0);
  await clock.advance(10 * MINUTE_MS);
  assertStringIncludes(await text, "retry: 60000");
  assertEquals([ended, await looked(60_000)], [1, []], "The watch ends with the page");
});
