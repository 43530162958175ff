/** The hosted program from its entry: its answers, its cron, and its messages when something is missing. */
import { createHosted, type HostedParts } from "../../../lib/app/hosted/hosted.ts";
import { hostedSetUpHint } from "../../../lib/app/hosted/setup_hint.ts";
import { createLiveTime } from "../../../lib/app/hosted/live_time.ts";
import { describeTrouble } from "../../../lib/app/hosted/trouble.ts";
import type { RunRecord } from "../../../lib/app/hosted/cron_run.ts";
import { openKvStore } from "../../../lib/store/kv/open.ts";
import type { Provider } from "../../../lib/provider/contract.ts";
import { type Store, StoreError } from "../../../lib/store/store.ts";
import { MINUTE_MS } from "../../../lib/model/duration.ts";
import { ensureBuiltOnce } from "../../support/build_once.ts";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "../../support/assert.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { until } from "../../support/until.ts";

// Pages are loaded from the build.
await ensureBuiltOnce();

const SECRETS = {
  SYNTRACK_ADMIN_PASS: "a long enough password",
  SYNTRACK_AUTH_TOKENS: "token-0123456789abcdef-0123456789",
  SYNTRACK_VAULT_KEY: "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
};
const NEAR: Deno.ServeHandlerInfo = {
  remoteAddr: { transport: "tcp", hostname: "127.0.0.1", port: 1 },
  completed: Promise.resolve(),
};

function host(env: HostedParts["env"] = SECRETS, parts: Partial<HostedParts> = {}) {
  const log: string[] = [];
  const hosted = createHosted({
    env,
    providers: [],
    logLine: (line) => log.push(line),
    open: () => openKvStore("kv::memory:"),
    ...parts,
  });
  const ask = (path: string, init?: RequestInit) =>
    hosted.handle(
      new Request(`http://syntrack.example${path}`, {
        ...init,
        headers: { host: "syntrack.example", ...init?.headers },
      }),
      NEAR,
    );
  return { log, ask, run: hosted.run, [Symbol.asyncDispose]: hosted.close };
}

const PROVIDER: Provider = {
  id: "acme",
  name: "Acme",
  hosts: [],
  official: true,
  settings: [],
  accounts: () => Promise.resolve([]),
  read: () => Promise.reject(new Error("Nobody asks")),
};

/** A store that survives the instances sharing it. */
function lasting(store: Store): Store {
  return new Proxy(store, {
    get(target, name) {
      if (name === Symbol.asyncDispose) return () => Promise.resolve();
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

const signedIn = { headers: { authorization: `Bearer ${SECRETS.SYNTRACK_AUTH_TOKENS}` } };

for (
  const [name, env, words] of [
    [
      "the password of the first admin",
      { ...SECRETS, SYNTRACK_ADMIN_PASS: undefined },
      "Add SYNTRACK_ADMIN_PASS",
    ],
    ["the key of stored secrets", { ...SECRETS, SYNTRACK_VAULT_KEY: undefined }, "Add SYNTRACK_VAULT_KEY"],
    [
      "a usable time for live pages",
      { ...SECRETS, SYNTRACK_LIVE_MINUTES: "ten" },
      "SYNTRACK_LIVE_MINUTES must be a number",
    ],
    ["a usable key", { ...SECRETS, SYNTRACK_VAULT_KEY: "c2hvcnQ=" }, "is not a key of 32 bytes"],
  ] as const
) {
  Deno.test(`without ${name} every answer only says what to set, on the page and for programs`, async () => {
    await using hosted = host(env);
    for (const path of ["/", "/api/health", "/api/v1/settings", "/login"]) {
      const response = await hosted.ask(path);
      const text = await response.text();
      assertEquals(response.status, 503);
      assertStringIncludes(text, words);
      assertEquals(text.includes("c2hvcnQ="), false);
    }
    await hosted.run();
    assertStringIncludes(hosted.log.join("\n"), words);
  });
}

Deno.test("there is no owner of the machine: visitors without a credential are sent to sign in, wherever they are", async () => {
  await using hosted = host();
  const page = await hosted.ask("/");
  assertEquals([page.status, page.headers.get("location")], [303, "/login?next=%2F"]);
  const local = await hosted.ask("/api/v1/settings", { headers: { host: "syntrack.example" } });
  assertEquals(local.status, 401);
  await Promise.all([page.body?.cancel(), local.body?.cancel()]);
  const known = await hosted.ask("/api/v1/settings", signedIn);
  assertEquals(known.status, 200);
  await known.body?.cancel();
  assertStringIncludes(known.headers.get("strict-transport-security") ?? "", "max-age");
});

Deno.test("an unavailable database is one sentence on the page and in the health check, and is opened again", async () => {
  let isAway = true;
  await using hosted = host(SECRETS, {
    open: () =>
      isAway
        ? Promise.reject(new StoreError("unwritable", "no connection", "wait"))
        : openKvStore("kv::memory:"),
  });
  const health = await hosted.ask("/api/health");
  assertEquals(health.status, 503);
  assertStringIncludes((await health.json()).trouble, "cannot be reached");
  await hosted.run();
  isAway = false;
  const again = await hosted.ask("/api/health");
  assertEquals([again.status, (await again.json()).status], [200, "ok"]);
});

Deno.test("limits of the plan are distinguished from an unavailable database", async () => {
  await using hosted = host(SECRETS, {
    open: () => Promise.reject(new Error("KV read unit quota exceeded")),
  });
  const health = await hosted.ask("/api/health");
  assertStringIncludes((await health.json()).trouble, "limits of the host's plan are reached");
});

const RUN: RunRecord = {
  instance: "a",
  beganAt: 0,
  endedAt: 0,
  step: "done",
  prunedAt: null,
  evaluatedAt: null,
  cutAt: null,
  twiceAt: null,
  ahead: null,
};

Deno.test("each problem with the cron is one sentence", () => {
  const now = Date.UTC(2026, 10, 2, 8);
  const at = (changes: Partial<RunRecord>) =>
    describeTrouble({ ...RUN, beganAt: now - MINUTE_MS, ...changes }, now, 0)?.message;
  assertEquals(at({}), undefined);
  assertStringIncludes(at({ beganAt: now - 20 * MINUTE_MS })!, "has not run for 20 minutes");
  assertStringIncludes(at({ cutAt: now - 2 * MINUTE_MS })!, "The run of 07:58 UTC was cut off");
  assertStringIncludes(at({ twiceAt: now - MINUTE_MS })!, "Two runs of the cron");
  assertStringIncludes(at({ ahead: { at: now, ms: 12_000 } })!, "differ by 12 s");
  assertEquals(at({ cutAt: now - 60 * MINUTE_MS, twiceAt: now - 60 * MINUTE_MS }), undefined);
});

Deno.test("an interrupted run is detected by the next one, and so is a deviating clock", async () => {
  await using store = await openKvStore("kv::memory:");
  const clock = new FakeClock(Date.UTC(2026, 10, 2, 8));
  const cut = { ...RUN, beganAt: clock.now() - MINUTE_MS, endedAt: null, step: "polls" } as const;
  await store.docs.put("shared", "run", cut, clock.now());
  await using hosted = host(SECRETS, { clock, open: () => Promise.resolve(store) });
  await hosted.run();
  await clock.advance(2_000);
  const { trouble } = await (await hosted.ask("/api/health", signedIn)).json();
  assertStringIncludes(trouble, "The run of 07:59 UTC was cut off");
  await clock.advance(20 * MINUTE_MS);
  await store.docs.put("shared", "run", {
    ...RUN,
    beganAt: clock.now() + 9_000,
    endedAt: clock.now() + 9_000,
  }, clock.now());
  await hosted.run();
  await clock.advance(MINUTE_MS);
  const later = await (await hosted.ask("/api/health", signedIn)).json();
  assertStringIncludes(later.trouble, "differ by 9 s");
});

Deno.test("a live stream ends after its time, and a reconnecting one only gets what is there", async () => {
  const clock = new FakeClock(0);
  let looks = 0;
  const limit = createLiveTime({
    clock,
    maxMs: 10 * MINUTE_MS,
    look: () => Promise.resolve((looks++, false)),
    lookEveryMs: 5_000,
    watch: () => () => {},
  });
  const stream = () =>
    new Response(
      new ReadableStream({
        start: (controller) => controller.enqueue(new TextEncoder().encode("data: 1\n\n")),
      }),
      {
        headers: { "content-type": "text/event-stream" },
      },
    );
  const first = limit(new Request("http://a/"), stream()).text();
  await clock.advance(9 * MINUTE_MS);
  assert(looks > 50);
  await clock.advance(MINUTE_MS);
  assertEquals(await first, "data: 1\n\nretry: 60000\n\n");
  const looked = looks;
  const back = limit(new Request("http://a/", { headers: { "last-event-id": "x:1" } }), stream()).text();
  await clock.advance(2_000);
  assertEquals(await back, "data: 1\n\nretry: 60000\n\n");
  await clock.advance(10 * MINUTE_MS);
  assert(looks <= looked + 1);
});

Deno.test("a failed live stream has ended: changes of others are not watched any more", async () => {
  const clock = new FakeClock(0);
  let looks = 0;
  const limit = createLiveTime({
    clock,
    maxMs: 10 * MINUTE_MS,
    look: () => Promise.resolve((looks++, false)),
    lookEveryMs: 5_000,
    watch: () => () => {},
  });
  const failing = new ReadableStream({ pull: () => Promise.reject(new Error("gone")) });
  const answer = new Response(failing, { headers: { "content-type": "text/event-stream" } });
  await assertRejects(() => limit(new Request("http://a/"), answer).text(), /gone/);
  await clock.advance(9 * MINUTE_MS);
  assertEquals(looks, 0);
});

Deno.test("a provider states what to set, or that it needs the user's own machine", () => {
  const key = { name: "ACME_KEY", secret: true, help: "a key" };
  assertStringIncludes(hostedSetUpHint({ settings: [key] }), "Add ACME_KEY to the secrets");
  assertStringIncludes(hostedSetUpHint({ settings: [], signIn: "Sign in with Acme" }), "Run syntrack there");
});

Deno.test("a change by one instance takes effect at another with its next answer", async () => {
  await using store = await openKvStore("kv::memory:");
  const clock = new FakeClock(Date.UTC(2026, 10, 2, 8));
  const looks = [0, 0];
  const hosts = [0, 1].map((place) =>
    host(SECRETS, {
      clock,
      open: () => Promise.resolve(lasting(store)),
      providers: [{
        ...PROVIDER,
        accounts: () => Promise.resolve((looks[place]!++, [])),
      }],
    })
  );
  const [first, second] = hosts as [typeof hosts[0], typeof hosts[0]];
  for (const one of hosts) await (await one.ask("/api/v1/settings", signedIn)).body?.cancel();
  const before = looks[1]!;
  const saved = await first.ask("/api/v1/settings", {
    method: "PUT",
    headers: { ...signedIn.headers, "content-type": "application/json" },
    body: JSON.stringify({ display: "left" }),
  });
  assertEquals([saved.status, await saved.text().then(() => "")], [200, ""]);
  const settle = first.ask("/api/health");
  await (await settle).body?.cancel();
  await until("the change", async () => await store.docs.get("shared", "changes", clock.now()) !== null);
  const seen = await (await second.ask("/api/v1/settings", signedIn)).json();
  assertStringIncludes(JSON.stringify(seen), '"display":"left"');
  assert(looks[1]! > before);
  for (const one of hosts) await one[Symbol.asyncDispose]();
});

Deno.test("an instance that cannot start releases its database, and starts with the next request", async () => {
  let [opened, closed] = [0, 0];
  const open = async () => {
    const store = await openKvStore("kv::memory:");
    const isFirst = opened++ === 0;
    return new Proxy(store, {
      get(target, name) {
        if (name === Symbol.asyncDispose) return () => (closed++, target[Symbol.asyncDispose]());
        if (name === "docs" && isFirst) {
          return { ...target.docs, get: () => Promise.reject(new StoreError("unwritable", "no", "wait")) };
        }
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
  };
  await using hosted = host(SECRETS, { open });
  assertEquals((await hosted.ask("/api/health")).status, 503);
  assertEquals([opened, closed], [1, 1]);
  assertEquals((await hosted.ask("/api/health")).status, 200);
});
