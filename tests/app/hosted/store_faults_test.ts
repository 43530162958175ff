/** What the hosted program answers while its database fails: endless conflicts, and an exhausted plan. */
import { createHosted } from "../../../lib/app/hosted/hosted.ts";
import { MINUTE_MS } from "../../../lib/model/duration.ts";
import { KvDatabase } from "../../../lib/store/kv/database.ts";
import { KvStore } from "../../../lib/store/kv/store.ts";
import { ensureBuiltOnce } from "../../support/build_once.ts";
import { assertEquals, assertStringIncludes } from "../../support/assert.ts";
import { FakeClock } from "../../support/fake_clock.ts";

// Pages are loaded from the build.
await ensureBuiltOnce();

const TOKEN = "token-0123456789abcdef-0123456789";
const ENV = {
  SYNTRACK_ADMIN_PASS: "a long enough password",
  SYNTRACK_AUTH_TOKENS: TOKEN,
  SYNTRACK_VAULT_KEY: "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
};
const FAR: Deno.ServeHandlerInfo = {
  remoteAddr: { transport: "tcp", hostname: "203.0.113.7", port: 1 },
  completed: Promise.resolve(),
};
const CONFLICT =
  "The database keeps being changed by other processes (conflict): nothing was lost, try again in a moment";
const LIMITS =
  "The limits of the host's plan are reached, so its database no longer answers: wait for the next month or change the plan";

/** What the database does on commit and on read; undefined for normal behaviour. */
interface Refusals {
  commit?: (() => Promise<Deno.KvCommitError>) | undefined;
  read?: (() => Promise<never>) | undefined;
}

const others = () => Promise.resolve<Deno.KvCommitError>({ ok: false });
/** One possible message; the wording of hosts is unknown. */
const usedUp = (what: string) => () => Promise.reject(new Error(`Deno KV ${what} unit quota exceeded`));

async function refusingStore(refusals: Refusals): Promise<KvStore> {
  const kv = await Deno.openKv(":memory:");
  const refusing = new Proxy(kv, {
    get(target, name) {
      const member = Reflect.get(target, name, target);
      if (typeof member !== "function") return member;
      if (name === "get" && refusals.read) return refusals.read;
      if (name === "list" && refusals.read) return () => ({ next: refusals.read });
      if (name !== "atomic") return member.bind(target);
      return () => {
        const atomic = target.atomic();
        if (refusals.commit) atomic.commit = refusals.commit as typeof atomic.commit;
        return atomic;
      };
    },
  });
  return new KvStore(new KvDatabase(refusing, "kv:"));
}

/** The program's waits end at once: it tries 200 times, with a pause before each. */
function withoutWaits(): Disposable {
  const wait = globalThis.setTimeout;
  globalThis.setTimeout = ((work: () => void, _ms?: number) => wait(work, 0)) as typeof wait;
  return { [Symbol.dispose]: () => void (globalThis.setTimeout = wait) };
}

async function within(
  work: (world: {
    readonly refusals: Refusals;
    readonly clock: FakeClock;
    readonly log: string[];
    readonly run: () => Promise<void>;
    readonly text: (path: string, init?: RequestInit) => Promise<readonly [number, string]>;
  }) => Promise<void>,
): Promise<void> {
  using _ = withoutWaits();
  const refusals: Refusals = {};
  const clock = new FakeClock(Date.UTC(2026, 10, 2, 8));
  const log: string[] = [];
  const hosted = createHosted({
    env: ENV,
    clock,
    providers: [],
    logLine: (line) => log.push(line),
    open: () => refusingStore(refusals),
  });
  try {
    await work({
      refusals,
      clock,
      log,
      run: hosted.run,
      async text(path, init = {}) {
        const headers = { host: "syntrack.example", authorization: `Bearer ${TOKEN}`, ...init.headers };
        const answer = await hosted.handle(
          new Request(`https://syntrack.example${path}`, { ...init, headers }),
          FAR,
        );
        return [answer.status, (await answer.text()).replaceAll("&#39;", "'")];
      },
    });
  } finally {
    await hosted.close();
  }
}

const save = (display: string): RequestInit => ({
  method: "PUT",
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ display }),
});
const saveByForm: RequestInit = {
  method: "POST",
  headers: { "content-type": "application/x-www-form-urlencoded", origin: "https://syntrack.example" },
  body: String(
    new URLSearchParams({
      tab: "general",
      timezone: "",
      display: "left",
      warning: "60",
      critical: "90",
      "work-days": "5",
      theme: "dark",
      density: "compact",
    }),
  ),
};

for (
  const [name, commit, sentence] of [
    ["a conflict that does not end", others, CONFLICT],
    ["a plan that allows no more writes", usedUp("write"), LIMITS],
  ] as const
) {
  Deno.test(`${name} is one sentence for changes, on the page and in /api/health`, () =>
    within(async ({ refusals, clock, log, run, text }) => {
      assertEquals((await text("/api/v1/settings", save("used")))[0], 200);
      await run();
      const [status, before] = await text("/api/health");
      assertEquals([status, JSON.parse(before).trouble], [200, null]);

      refusals.commit = commit;
      const [refused, problem] = await text("/api/v1/settings", save("left"));
      assertEquals([refused, JSON.parse(problem).error], [503, sentence]);
      const [page, html] = await text("/settings", saveByForm);
      assertEquals(page, 503);
      assertStringIncludes(html, sentence);

      await clock.advance(MINUTE_MS);
      await run();
      assertStringIncludes(log.join("\n"), "The run failed");
      const [, health] = await text("/api/health");
      const { status: word, trouble } = JSON.parse(health);
      assertEquals([word, trouble], ["failing", sentence.split(":")[0]]);
      const [shown, overview] = await text("/");
      assertEquals(shown, 200);
      const [what, advice] = sentence.split(": ") as [string, string];
      assertStringIncludes(
        overview,
        `${what}. ${advice[0]!.toUpperCase()}${advice.slice(1)}`,
      );

      // Nothing of it was stored, and the previous data is there.
      assertStringIncludes((await text("/api/v1/settings"))[1], '"display":"used"');
      refusals.commit = undefined;
      await clock.advance(MINUTE_MS);
      await run();
      assertEquals(JSON.parse((await text("/api/health"))[1]).trouble, null);
      assertEquals((await text("/api/v1/settings", save("left")))[0], 200);
    }));
}

Deno.test("a plan that allows no more reads is that sentence everywhere, even without a sign-in", () =>
  within(async ({ refusals, text, run, log }) => {
    assertEquals((await text("/api/health"))[0], 200);
    refusals.read = usedUp("read");
    const [status, health] = await text("/api/health", { headers: { authorization: "" } });
    assertEquals([status, JSON.parse(health)], [503, { status: "failing", trouble: LIMITS }]);
    const [page, html] = await text("/");
    assertEquals(page, 503);
    assertStringIncludes(html, LIMITS);
    await run();
    assertStringIncludes(log.join("\n"), "The run failed");
    refusals.read = undefined;
    assertEquals((await text("/api/health"))[0], 200);
  }));
