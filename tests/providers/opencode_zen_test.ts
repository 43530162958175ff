import { opencodeZen } from "../../providers/opencode_zen.ts";
import { assert, assertEquals, assertRejects } from "../support/assert.ts";
import { createFakeAsking } from "../support/fake_asking.ts";
import { kindOf } from "../support/sound.ts";

const OPENCODE = "${XDG_DATA_HOME:-~/.local/share}/opencode/auth.json";
const files = { [OPENCODE]: '{"opencode":{"type":"api","key":"five"}}' };

Deno.test("the console comes before keys, keys before the old page, and that before OpenCode's own file", async () => {
  const settings: Record<string, string> = {
    OPENCODE_CONSOLE_COOKIE: "one",
    OPENCODE_GO_API_KEY: "two",
    OPENCODE_API_KEY: "three",
    OPENCODE_GO_AUTH_COOKIE: "four",
  };
  const found: unknown[] = [];
  for (const name of ["", ...Object.keys(settings)]) {
    delete settings[name];
    const [account] = await opencodeZen.accounts(createFakeAsking({ settings, files }));
    found.push([account?.secret.reveal(), account?.facts?.way]);
  }
  assertEquals(found, [["one", "session"], ["two", "key"], ["three", "key"], ["four", "page"], [
    "five",
    "key",
  ]]);
});

Deno.test("of a pasted header only the cookie that is needed is kept", async () => {
  const settings = { OPENCODE_GO_AUTH_COOKIE: "Cookie: theme=dark; auth=Fe26.2**one==; other=two" };
  const [account] = await opencodeZen.accounts(createFakeAsking({ settings }));
  assertEquals(account?.secret.reveal(), "Fe26.2**one==");
});

Deno.test("settings that cannot be what they should are refused, without their value", async () => {
  const cases: readonly [Readonly<Record<string, string>>, RegExp][] = [
    [{ OPENCODE_CONSOLE_COOKIE: "theme=hidden" }, /does not hold the cookie "__Host-console_session"/],
    [{ OPENCODE_API_KEY: "one", OPENCODE_WORKSPACE_ID: "../hidden" }, /is no id of a workspace/],
  ];
  for (const [settings, message] of cases) {
    const error = await assertRejects(() => opencodeZen.accounts(createFakeAsking({ settings })), message);
    assertEquals(kindOf(error), "missing");
    assert(!`${error} ${Reflect.get(error as object, "hint")}`.includes("hidden"));
  }
});

Deno.test("the ids of workspaces may be of any case", async () => {
  for (const id of ["wrk_01ABC", "org_01abc"]) {
    const settings = { OPENCODE_API_KEY: "one", OPENCODE_GO_WORKSPACE_ID: id };
    const [account] = await opencodeZen.accounts(createFakeAsking({ settings }));
    assertEquals(account?.facts?.workspace, id);
  }
});

Deno.test("the old page cannot be asked for without its workspace", async () => {
  const ask = createFakeAsking({ settings: { OPENCODE_GO_AUTH_COOKIE: "one" } });
  const [account] = await opencodeZen.accounts(ask);
  assert(account);
  const error = await assertRejects(() => opencodeZen.read(ask, account), /OPENCODE_WORKSPACE_ID/);
  assertEquals(kindOf(error), "missing");
  assertEquals(ask.requests, []);
});

Deno.test("a workspace without Go is told what to do, and not that its key is wrong", async () => {
  const ask = createFakeAsking({
    settings: { OPENCODE_API_KEY: "one" },
    answer: () => new Response('{"error":{"type":"EntitlementError"}}', { status: 403 }),
  });
  const [account] = await opencodeZen.accounts(ask);
  assert(account);
  const error = await assertRejects(() => opencodeZen.read(ask, account), /no subscription of OpenCode Go/);
  assertEquals(
    Reflect.get(error as object, "hint"),
    "The key is fine: for the balance without Go, set OPENCODE_CONSOLE_COOKIE",
  );
});
