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
