import { openai } from "../../providers/openai.ts";
import { assert, assertEquals, assertMatch, assertRejects } from "../support/assert.ts";
import { createFakeContext } from "../support/fake_context.ts";

Deno.test("the admin key precedes a key under the common name", async () => {
  const both = { OPENAI_API_KEY: "sk-proj-b", OPENAI_ADMIN_KEY: "sk-admin-a" };
  const [account] = await openai.accounts(createFakeContext({ settings: both }));
  assertEquals(account?.secret.reveal(), "sk-admin-a");
  assertEquals(account?.remedy, undefined);
});

Deno.test("a key that cannot read costs says what to set instead", async () => {
  const hints: Record<string, string> = {};
  for (const key of ["sk-proj-x", "sk-svcacct-x", "sk-ant-api03-x"]) {
    const ctx = createFakeContext({
      settings: { OPENAI_API_KEY: key },
      answer: () => Response.json({}, { status: 401 }),
    });
    const [account] = await openai.accounts(ctx);
    assert(account);
    const error = await assertRejects(() => openai.read(ctx, account));
    hints[key] = String(Reflect.get(error as Error, "hint"));
  }
  assertMatch(hints["sk-proj-x"] ?? "", /^An ordinary key cannot ask for costs: set OPENAI_ADMIN_KEY/);
  assertEquals(hints["sk-svcacct-x"], hints["sk-proj-x"]);
  assertMatch(hints["sk-ant-api03-x"] ?? "", /^This is a key of another vendor/);
});

Deno.test("a project's figures are never mixed with those of its organization", async () => {
  const ctx = createFakeContext({
    settings: { OPENAI_ADMIN_KEY: "sk-admin-a", OPENAI_PROJECT_ID: "proj_1" },
    now: "2026-11-21T12:00:00.000Z",
    answer: (sent) =>
      sent.path.includes("costs") ? Response.json({ data: [] }) : Response.json({}, { status: 404 }),
  });
  const [account] = await openai.accounts(ctx);
  assert(account);
  await openai.read(ctx, account);
  for (const { path } of ctx.requests) assertMatch(path, /project_ids\[\]=proj_1|projects\/proj_1\//);
});

Deno.test("a report without days of this month does not mean that nothing was spent", async () => {
  const read = async (starts: readonly string[]) => {
    const bucket = (start: string, result: object) => ({
      start_time: Date.parse(start) / 1000,
      results: [result],
    });
    const cost = { amount: { value: 5, currency: "usd" } };
    const use = { num_model_requests: 7, input_tokens: 10, output_tokens: 1 };
    const ctx = createFakeContext({
      settings: { OPENAI_ADMIN_KEY: "sk-admin-a" },
      now: "2026-11-21T12:00:00.000Z",
      answer: ({ path }) =>
        /costs|usage/.test(path)
          ? Response.json({ data: starts.map((start) => bucket(start, path.includes("costs") ? cost : use)) })
          : Response.json({}, { status: 404 }),
    });
    const [account] = await openai.accounts(ctx);
    assert(account);
    const { readings, dropped = [] } = await openai.read(ctx, account);
    return [readings.map(({ used }) => used), dropped.map(({ what }) => what)];
  };
  assertEquals(await read(["2026-11-20T00:00:00Z", "2026-10-31T00:00:00Z"]), [[5, 7, 11], []]);
  assertEquals(await read(["2026-10-31T00:00:00Z"]), [[null, null, null], ["costs", "usage"]]);
});
