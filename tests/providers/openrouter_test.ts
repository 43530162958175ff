import { openrouter } from "../../providers/openrouter.ts";
import { assert, assertEquals, assertRejects } from "../support/assert.ts";
import { fixtureOf } from "../support/exchange.ts";
import { createFakeContext } from "../support/fake_context.ts";

const NORMAL = JSON.stringify(fixtureOf("openrouter", "normal_2026-11-21").response.body);

async function readAs(
  data: unknown,
  settings: Readonly<Record<string, string>> = { OPENROUTER_API_KEY: "one" },
) {
  const ctx = createFakeContext({
    settings,
    now: "2026-11-21T12:00:00Z",
    answer: ({ path }) =>
      path.endsWith("/key")
        ? new Response(typeof data === "string" ? data : JSON.stringify({ data }))
        : new Response('{"error":{"code":403}}', { status: 403 }),
  });
  const [account] = await openrouter.accounts(ctx);
  assert(account);
  return { ctx, answer: await openrouter.read(ctx, account) };
}

Deno.test("lifetime use is compared only with a limit that never resets", async () => {
  const used: unknown[] = [];
  for (const limit_reset of ["weekly", null]) {
    const { answer } = await readAs({ limit: 25, limit_reset, usage: 143.91, usage_weekly: 6.5 });
    used.push(answer.readings.find(({ quota }) => quota === "key-limit")?.used);
  }
  assertEquals(used, [6.5, 143.91]);
});

Deno.test("a lifetime cap of the key is no window, and a month is a calendar month", async () => {
  const { answer } = await readAs({ limit: 15, usage: 3.75, usage_monthly: 1 });
  assertEquals(answer.readings.map(({ quota, window }) => [quota, window.kind]), [
    ["key-limit", "balance"],
    ["spend-monthly", "calendar"],
  ]);
});

Deno.test("a management key alone is used for everything", async () => {
  const { ctx } = await readAs(NORMAL, { OPENROUTER_MANAGEMENT_API_KEY: "two" });
  assertEquals(ctx.requests.map((sent) => [sent.path, sent.headers.get("authorization")]), [
    ["/api/v1/key", "Bearer two"],
    ["/api/v1/credits", "Bearer two"],
  ]);
});

Deno.test("a key without a spending limit is noted in the log", async () => {
  const { ctx } = await readAs({ limit: 0, limit_remaining: 0, usage: 0, usage_daily: 0 });
  assertEquals(ctx.lines.filter(({ level }) => level === "warn").map(({ message }) => message), [
    "The key cannot spend anything: its limit is 0",
  ]);
});

Deno.test("a foreign key is recognized by its beginning", async () => {
  const ctx = createFakeContext({
    settings: { OPENROUTER_API_KEY: "sk-proj-one" },
    answer: () => new Response("{}", { status: 401 }),
  });
  const [account] = await openrouter.accounts(ctx);
  assert(account);
  const error = await assertRejects(() => openrouter.read(ctx, account));
  assertEquals(
    Reflect.get(error as object, "hint"),
    "Check OPENROUTER_API_KEY in the environment: keys of OpenRouter begin with sk-or-",
  );
});
