/** How the Antigravity app is found and queried on each system, and when its command line is used. */
import fc from "fast-check";
import { isEnabled } from "../../lib/config/logins.ts";
import { antigravity } from "../../providers/antigravity.ts";
import { assert, assertEquals, assertMatch, assertRejects } from "../support/assert.ts";
import { fixtureOf } from "../support/exchange.ts";
import { createFakeContext, type FakeContextOptions } from "../support/fake_context.ts";
import { checkReadings, kindOf } from "../support/check_readings.ts";
import { createTestEnvironment } from "../support/test_sandbox.ts";

const NOW = "2026-11-21T12:00:00Z";
const PS = "ps -axww -o pid=,command=";
const INSTALLED = "${XDG_CONFIG_HOME:-~/.config}/Antigravity/User/globalStorage/storage.json";
const SUMMARY = JSON.stringify(fixtureOf("antigravity", "normal_2026-11-21").response.body);

const process = (token: string, pid = 4242) =>
  `  ${pid} /opt/antigravity/bin/language_server_linux_x64 --extension_server_port 40000 ` +
  `--extension_server_csrf_token 1111-other --csrf_token ${token} --app_data_dir antigravity`;
const ANOTHER_EDITOR =
  "  77 /opt/windsurf/language_server_linux_x64 --csrf_token 2222-other --app_data_dir windsurf";
const SS = 'LISTEN 0 4096 127.0.0.1:42100 0.0.0.0:* users:(("language_server",pid=4242,fd=9))\n' +
  'LISTEN 0 4096 127.0.0.1:42099 0.0.0.0:* users:(("language_server",pid=4242,fd=8))\n' +
  'LISTEN 0 4096 127.0.0.1:631 0.0.0.0:* users:(("cups",pid=42,fd=8))\n';

const out = (stdout: string) => ({ code: 0, stdout });

async function accountIn(options: FakeContextOptions) {
  const ctx = createFakeContext({ now: NOW, ...options });
  const [account] = await antigravity.accounts(ctx);
  return { ctx, account };
}

async function failure(options: FakeContextOptions) {
  const { ctx, account } = await accountIn(options);
  assert(account);
  const error = await assertRejects(() => antigravity.read(ctx, account));
  return { kind: kindOf(error), hint: (error as { hint?: string }).hint ?? "", ctx };
}

Deno.test("programs are searched only with an opt-in", () => {
  assert(!isEnabled(antigravity, createTestEnvironment({})));
  for (const name of ["SYNTRACK_ANTIGRAVITY_ENABLED", "ANTIGRAVITY_CSRF_TOKEN", "ANTIGRAVITY_SOURCE"]) {
    assert(isEnabled(antigravity, createTestEnvironment({ [name]: "true" })), name);
  }
});

Deno.test("the app's server is found among all programs, and not that of another editor", async () => {
  const found = async (stdout: string) => {
    return (await accountIn({ commands: { [PS]: out(stdout) } })).account?.secret.reveal();
  };
  assertEquals(await found([ANOTHER_EDITOR, process("3333-mine")].join("\n")), "3333-mine");
  assertEquals(await found(process("3333-mine").replace("--csrf_token ", "--csrf_token=")), "3333-mine");
  assertEquals(await found(ANOTHER_EDITOR), undefined);
  assertEquals(
    await found("1 vim antigravity --csrf_token 4444-none language_server.md.txt.bak/x"),
    undefined,
  );
  assertEquals(await found(process("3333-mine").replace(/--csrf_token [^ ]+ /, "")), undefined);
});

Deno.test("on Windows the programs arrive as JSON, one or several", async () => {
  const line =
    '"C:\\Users\\ann\\AppData\\Local\\Programs\\Antigravity\\language_server_windows_x64.exe" --csrf_token 5555-win';
  const script = "Get-CimInstance Win32_Process -Filter \"Name LIKE 'language_server%'\" | " +
    "Select-Object ProcessId,CommandLine | ConvertTo-Json -Compress";
  const command = `powershell -NoProfile -NonInteractive -Command ${script}`;
  const one = { ProcessId: 9, CommandLine: line };
  for (const value of [one, [{ ProcessId: 8, CommandLine: null }, one]]) {
    const { account } = await accountIn({
      os: "windows",
      commands: { [command]: out(JSON.stringify(value)) },
    });
    assertEquals([account?.secret.reveal(), account?.facts?.pid], ["5555-win", "9"]);
  }
});

Deno.test("an installed app that does not run is an unavailable account", async () => {
  const { kind, hint } = await failure({ files: { [INSTALLED]: "{}" } });
  assertEquals(kind, "unavailable");
  assertMatch(hint, /Start Antigravity/);
});

Deno.test("of the app's ports the one that answers is used, unencrypted first", async () => {
  const { ctx, account } = await accountIn({
    commands: { [PS]: out(process("3333-mine")), "ss -tlnpH": out(SS) },
    answer({ host, path }) {
      if (host !== "127.0.0.1:42100") return new Response("", { status: 503 });
      return new Response(path.endsWith("GetUnleashData") ? "{}" : SUMMARY);
    },
  });
  assert(account);
  assertEquals((await antigravity.read(ctx, account)).readings.length, 4);
  const asked = ctx.requests.map(({ host, path, headers }) => {
    return `${host} ${path.split("/").at(-1)} ${headers.get("x-codeium-csrf-token")}`;
  });
  assertEquals(asked, [
    "127.0.0.1:42099 GetUnleashData 3333-mine",
    "127.0.0.1:42099 GetUnleashData 3333-mine",
    "127.0.0.1:42100 GetUnleashData 3333-mine",
    "127.0.0.1:42100 RetrieveUserQuotaSummary 3333-mine",
  ]);
});

Deno.test("ports come from lsof if ss states none", async () => {
  const lsof = "COMMAND   PID USER FD TYPE DEVICE SIZE/OFF NODE NAME\n" +
    "language_ 4242 ann 9u IPv4 0x0 0t0 TCP 127.0.0.1:42100 (LISTEN)\n";
  const { ctx, account } = await accountIn({
    os: "darwin",
    commands: { [PS]: out(process("3333-mine")), "lsof -nP -iTCP -sTCP:LISTEN -a -p 4242": out(lsof) },
    answer: ({ path }) => new Response(path.endsWith("GetUnleashData") ? "{}" : SUMMARY),
  });
  assert(account);
  await antigravity.read(ctx, account);
  assertEquals(ctx.requests.map(({ host }) => host), ["127.0.0.1:42100", "127.0.0.1:42100"]);
});

Deno.test("a restarted app is queried with its new token", async () => {
  const commands = { [PS]: out(process("3333-old")), "ss -tlnpH": out(SS) };
  const { ctx, account } = await accountIn({
    commands,
    answer({ path, headers }) {
      const isNew = headers.get("x-codeium-csrf-token") === "6666-new";
      if (path.endsWith("GetUnleashData")) return new Response("", { status: 401 });
      return isNew ? new Response(SUMMARY) : new Response("Invalid CSRF token", { status: 403 });
    },
  });
  assert(account);
  assertEquals(kindOf(await assertRejects(() => antigravity.read(ctx, account))), "auth");
  commands[PS] = out(process("6666-new"));
  assertEquals((await antigravity.read(ctx, account)).readings.length, 4);
});

Deno.test("the command line is used only if chosen, and never a too old one", async () => {
  const usage = "agy -p /usage --output-format json";
  const answer = out(JSON.stringify(fixtureOf("antigravity", "variant_cli_2026-11-21").response.body));
  const settings = { ANTIGRAVITY_SOURCE: "cli" };
  assertEquals(
    (await accountIn({ commands: { "agy --version": out("1.2.3"), [usage]: answer } })).account,
    undefined,
  );
  for (
    const [version, isAsked] of [
      ["1.1.11", true],
      ["agy 2.0.0", true],
      ["1.1.10", false],
      ["0.9.99", false],
      [
        "unknown",
        false,
      ],
    ] as const
  ) {
    const commands = { "agy --version": out(version), [usage]: answer };
    const { ctx, account } = await accountIn({ settings, commands });
    assert(account);
    if (isAsked) assertEquals((await antigravity.read(ctx, account)).readings.length, 3);
    else assertEquals((await failure({ settings, commands })).kind, "unavailable");
  }
});

Deno.test("other shapes of command output have their own outcomes", async () => {
  const settings = { ANTIGRAVITY_SOURCE: "cli" };
  const said = (ran: { readonly code: number; readonly stdout: string }) => ({
    settings,
    commands: { "agy --version": out("1.2.3"), "agy -p /usage --output-format json": ran },
  });
  assertEquals((await failure({ settings })).kind, "unavailable");
  assertEquals((await failure(said({ code: 1, stdout: "" }))).kind, "unavailable");
  assertEquals((await failure(said(out('{"response":"Sure, here is"}')))).kind, "unavailable");
  assertEquals((await failure(said(out("no JSON")))).kind, "bad_response");
  assertEquals((await failure(said(out('{"command":{"name":"usage"}}')))).kind, "bad_response");
});

Deno.test("any command output gives valid readings or a known kind of failure", async () => {
  const bucket = fc.record({
    id: fc.oneof(
      fc.constantFrom<unknown>("gemini-5h", "3p-weekly", "__proto__", "constructor"),
      fc.jsonValue(),
    ),
    window: fc.oneof(fc.constantFrom<unknown>("5h", "weekly", "toString"), fc.jsonValue()),
    remaining_fraction: fc.oneof(fc.double(), fc.jsonValue()),
    reset_time: fc.oneof(fc.constant("2026-11-22T00:00:00Z"), fc.jsonValue()),
  }, { requiredKeys: [] });
  const groups = fc.array(
    fc.record({ name: fc.string(), buckets: fc.array(fc.oneof(bucket, fc.jsonValue())) }),
  );
  const text = fc.oneof(
    fc.json(),
    fc.string(),
    groups.map((some) => JSON.stringify({ command: { data: { groups: some } } })),
  );
  await fc.assert(fc.asyncProperty(text, async (stdout) => {
    const { ctx, account } = await accountIn({
      settings: { ANTIGRAVITY_SOURCE: "cli" },
      commands: { "agy --version": out("1.2.3"), "agy -p /usage --output-format json": out(stdout) },
    });
    assert(account);
    try {
      checkReadings((await antigravity.read(ctx, account)).readings);
    } catch (error) {
      assert(["unavailable", "bad_response"].includes(kindOf(error)), `${kindOf(error)} for ${stdout}`);
    }
  }));
});

Deno.test("an unknown source is refused with the name of its setting", async () => {
  const error = await assertRejects(() => accountIn({ settings: { ANTIGRAVITY_SOURCE: "remote" } }));
  assertEquals(kindOf(error), "missing");
  assertMatch((error as Error).message, /ANTIGRAVITY_SOURCE/);
});

Deno.test("nothing of the list of programs is written down", async () => {
  const { ctx, account } = await accountIn({
    commands: { [PS]: out(`${process("3333-mine")}\n 9 login --password hunter2`), "ss -tlnpH": out(SS) },
    answer: () => new Response("", { status: 503 }),
  });
  assert(account);
  const error = await assertRejects(() => antigravity.read(ctx, account));
  const written = JSON.stringify([ctx.lines, account, String(error), (error as { hint?: string }).hint]);
  for (const secret of ["3333-mine", "hunter2"]) assert(!written.includes(secret), secret);
});
