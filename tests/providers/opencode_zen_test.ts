import { opencodeZen } from "../../providers/opencode_zen.ts";
import { assert, assertEquals, assertMatch, assertRejects } from "../support/assert.ts";
import { createFakeContext } from "../support/fake_context.ts";
import { kindOf } from "../support/check_readings.ts";

const OPENCODE = "${XDG_DATA_HOME:-~/.local/share}/opencode/auth.json";
const files = { [OPENCODE]: '{"opencode":{"type":"api","key":"five"}}' };

Deno.test("the console precedes keys, and keys precede OpenCode's own file", async () => {
  const settings: Record<string, string> = {
    OPENCODE_CONSOLE_COOKIE: "one",
    OPENCODE_GO_API_KEY: "two",
    OPENCODE_API_KEY: "three",
  };
  const found: unknown[] = [];
  for (const name of ["", ...Object.keys(settings)]) {
    delete settings[name];
    const [account] = await opencodeZen.accounts(createFakeContext({ settings, files }));
    found.push([account?.secret.reveal(), account?.facts?.way]);
  }
  assertEquals(found, [["one", "session"], ["two", "key"], ["three", "key"], ["five", "key"]]);
});

Deno.test("of a pasted header only the needed cookie is stored", async () => {
  const settings = {
    OPENCODE_CONSOLE_COOKIE: "Cookie: theme=dark; __Host-console_session=st_one==; other=two",
  };
  const [account] = await opencodeZen.accounts(createFakeContext({ settings }));
  assertEquals(account?.secret.reveal(), "st_one==");
});

Deno.test("invalid settings are refused, without their value", async () => {
  const cases: readonly [Readonly<Record<string, string>>, RegExp][] = [
    [{ OPENCODE_CONSOLE_COOKIE: "theme=hidden" }, /does not contain the cookie "__Host-console_session"/],
    [{ OPENCODE_API_KEY: "one", OPENCODE_WORKSPACE_ID: "../hidden" }, /is not an id of a workspace/],
  ];
  for (const [settings, message] of cases) {
    const error = await assertRejects(() => opencodeZen.accounts(createFakeContext({ settings })), message);
    assertEquals(kindOf(error), "missing");
    assert(!`${error} ${Reflect.get(error as object, "hint")}`.includes("hidden"));
  }
});

Deno.test("the ids of workspaces may be of any case", async () => {
  for (const id of ["wrk_01ABC", "org_01abc"]) {
    const settings = { OPENCODE_API_KEY: "one", OPENCODE_GO_WORKSPACE_ID: id };
    const [account] = await opencodeZen.accounts(createFakeContext({ settings }));
    assertEquals(account?.facts?.workspace, id);
  }
});

async function refusalOf(key: string, status: number, body: string) {
  const ctx = createFakeContext({
    settings: { OPENCODE_API_KEY: key },
    answer: () => new Response(body, { status }),
  });
  const [account] = await opencodeZen.accounts(ctx);
  assert(account);
  const error = await assertRejects(() => opencodeZen.read(ctx, account)) as {
    message: string;
    hint?: string;
    answer?: string;
  };
  return { kind: kindOf(error), message: error.message, hint: error.hint ?? "", answer: error.answer };
}

Deno.test("a key refused for the Go plan is told what it may lack, and that the vendor may be wrong", async () => {
  const { kind, message, hint } = await refusalOf("one", 403, '{"error":{"type":"EntitlementError"}}');
  assertEquals(kind, "unavailable");
  assertMatch(message, /EntitlementError/);
  for (
    const part of [/has no Go plan/, /refuses a paying one/, /service account/, /OPENCODE_CONSOLE_COOKIE/]
  ) {
    assertMatch(hint, part);
  }
});

Deno.test("the key of a service account goes only to the console's route, under a separate name", async () => {
  const ctx = createFakeContext({
    settings: { OPENCODE_GO_API_KEY: "oc_sk_one", OPENCODE_WORKSPACE_ID: "wrk_01ABC" },
    answer: () => new Response("null"),
  });
  const [account] = await opencodeZen.accounts(ctx);
  assert(account);
  const { readings, hint } = await opencodeZen.read(ctx, account);
  assertEquals(ctx.requests.map(({ method, path }) => `${method} ${path}`), ["GET /console/api/go/status"]);
  const sent = ctx.requests[0]?.headers;
  assertEquals([sent?.get("authorization"), sent?.get("x-org-id")], ["Bearer oc_sk_one", null]);
  assertMatch(sent?.get("user-agent") ?? "", /^syntrack/);
  assertEquals(readings, []);
  assertMatch(hint ?? "", /no Go plan/);
});

Deno.test("a service account without read access is told so, and nothing of its answer is kept", async () => {
  const refused = await refusalOf("oc_sk_one", 403, '{"account":"acc_hidden"}');
  assertEquals(refused.kind, "auth");
  assertMatch(refused.hint, /Let the service account of OPENCODE_API_KEY .* read the usage/);
  for (const body of ['{"access":{"id":"acc_hidden","meters":{}}}', '{"access":{"id":"acc_hidden"', "[]"]) {
    const odd = await refusalOf("oc_sk_one", 200, body);
    assertEquals(odd.kind, "bad_response");
    assert(!JSON.stringify(odd).includes("hidden"), body);
  }
});

Deno.test("a refused window says so, whatever its figure, and without one", async () => {
  const read = async (block: unknown) => {
    const usage = { rolling: { status: "ok", percent: 10, resetsAt: "2026-11-21T14:10:00Z" }, weekly: block };
    const ctx = createFakeContext({
      settings: { OPENCODE_GO_API_KEY: "two" },
      answer: () => new Response(JSON.stringify({ usage })),
    });
    const [account] = await opencodeZen.accounts(ctx);
    assert(account);
    const { readings } = await opencodeZen.read(ctx, account);
    const week = readings.find(({ quota }) => quota === "weekly");
    return week && [week.used, week.allowed];
  };
  const resetsAt = "2026-11-23T00:00:00Z";
  assertEquals(await read({ status: "rate-limited", percent: 40, resetsAt }), [40, false]);
  assertEquals(await read({ status: "rate-limited", percent: null, resetsAt }), [null, false]);
  assertEquals(await read({ status: "ok", percent: 40, resetsAt }), [40, true]);
  assertEquals(await read({ status: "paused", percent: 40, resetsAt }), [40, undefined]);
  assertEquals(await read({ status: "ok", percent: null, resetsAt }), undefined);
});
