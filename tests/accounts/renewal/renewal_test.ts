import { join } from "node:path";
import { type ProviderContext, Secret } from "../../../lib/provider/context.ts";
import { type Provider, ProviderError } from "../../../lib/provider/contract.ts";
import { createIdentities } from "../../../lib/poll/identities.ts";
import { holdLogin } from "../../../lib/accounts/renewal/login_file.ts";
import { openSqliteStore } from "../../../lib/store/sqlite.ts";
import { loginObject, serializeLike } from "../../../lib/provider_kit/oauth.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { createTestContext, fakeProvider, HOUR, MINUTE, NOW, openHouse } from "../../poll/support.ts";
import { unprivilegedTest } from "../../support/unprivileged.ts";
import { LOGIN, withTool } from "./support.ts";

Deno.test("a login in its file is renewed only if its owner opted in", () =>
  withTool([], async (tool) => {
    const before = tool.text();
    for (const why of ["expired", "limited"] as const) assertEquals(await tool.renew(why), false);
    assertEquals([tool.sent, tool.text()], [[], before]);
  }));

Deno.test("a renewed login is complete, as private as before, and keeps the rest of its file", () =>
  withTool(["expired"], async (tool) => {
    if (Deno.build.os !== "windows") Deno.chmodSync(tool.path, 0o640);
    assertEquals(await tool.renew(), true);
    const after = JSON.parse(tool.text());
    assertEquals(after, { ...LOGIN, token: "token-2", refresh: "refresh-2", expiresAt: NOW + HOUR });
    if (Deno.build.os !== "windows") assertEquals(Deno.statSync(tool.path).mode! & 0o777, 0o640);
    assertEquals([...Deno.readDirSync(tool.folder)].map(({ name }) => name), ["login.json"]);
    assert(!JSON.stringify(tool.log.lines).includes("token-"), "The log holds a token");
  }));

Deno.test("after a rate limit, a login is renewed only with its own opt-in, and rarely", () =>
  withTool(["limited"], async (tool) => {
    assertEquals(await tool.renew("expired"), false);
    assertEquals(await tool.renew("limited"), true);
    assertEquals(await tool.renew("limited"), false);
    await tool.clock.advance(6 * HOUR);
    assertEquals(await tool.renew("limited"), true);
    assertEquals(tool.sent, ["refresh-1", "refresh-2"]);
  }));

Deno.test("a login that ended for good is not retried until its file changes, even after a restart", () =>
  withTool(["expired"], async (tool) => {
    tool.vendor.fail = new ProviderError("auth", "invalid_grant", { reason: "expired" });
    const before = tool.text();
    assertEquals(await tool.renew(), false);
    tool.vendor = {};
    await tool.clock.advance(24 * HOUR);
    assertEquals(await tool.renew(), false);
    assertEquals(
      await tool.again().renew(await tool.account(), "expired", new AbortController().signal),
      false,
    );
    assertEquals([tool.sent.length, tool.text()], [1, before]);

    await Deno.writeTextFile(tool.path, JSON.stringify({ ...LOGIN, refresh: "signed-in-again" }));
    assertEquals(await tool.renew(), true);
  }));

Deno.test("if the vendor is down, renewal is retried later and the login stays unchanged", () =>
  withTool(["expired"], async (tool) => {
    tool.vendor.fail = new ProviderError("unavailable", "Down");
    const before = tool.text();
    assertEquals(await tool.renew(), false);
    assertEquals(await tool.renew(), false);
    assertEquals([tool.sent.length, tool.text()], [1, before]);
    tool.vendor = {};
    await tool.clock.advance(5 * MINUTE);
    assertEquals(await tool.renew(), true);
  }));

Deno.test("nothing is renewed while the tool runs, or if that is unknown", () =>
  withTool(["expired"], async (tool) => {
    for (const running of [true, null]) {
      tool.running = running;
      assertEquals(await tool.renew(), false);
    }
    assertEquals(tool.sent, []);
  }));

Deno.test("concurrent renewals renew a login once: the others find the new one", () =>
  withTool(["expired"], async (tool) => {
    const account = await tool.account();
    const { signal } = new AbortController();
    const renewers = [tool.renewer, tool.again(), tool.again(), tool.again()];
    const ended = await Promise.all(renewers.map((one) => one.renew(account, "expired", signal)));
    assert(ended.some((one) => one), "Nobody renewed it");
    assertEquals(tool.sent, ["refresh-1"]);
    // A process with the old account is told that there is another, and sends no request.
    assertEquals(await tool.again().renew(account, "expired", signal), true);
    assertEquals(tool.sent, ["refresh-1"]);
  }));

Deno.test("a login that another process holds is left alone", () =>
  withTool(["expired"], async (tool) => {
    const held = holdLogin(tool.path)!;
    assertEquals(holdLogin(tool.path), null);
    assertEquals(await tool.renew(), false);
    assertEquals(tool.sent, []);
    held[Symbol.dispose]();
    assertEquals(await tool.renew(), true);
  }));

Deno.test("a login that its tool replaced during a renewal is not overwritten", () =>
  withTool(["expired"], async (tool) => {
    const theirs = JSON.stringify({
      ...LOGIN,
      token: "of-the-tool",
      refresh: "of-the-tool",
      expiresAt: NOW + HOUR,
    });
    tool.vendor.during = () => Deno.writeTextFileSync(tool.path, theirs);
    await tool.renew();
    assertEquals(tool.text(), theirs);
  }));

unprivilegedTest(
  "a one-time token is not spent for a file that cannot be written",
  import.meta.url,
  () =>
    withTool(["expired"], async (tool) => {
      await Deno.chmod(tool.folder, 0o500);
      try {
        assertEquals(await tool.renew(), false);
        assertEquals(tool.sent, []);
      } finally {
        await Deno.chmod(tool.folder, 0o700);
      }
    }),
);

Deno.test("a link to a login stays a link, and its target is renewed", {
  ignore: Deno.build.os === "windows",
}, () =>
  withTool(["expired"], async (tool) => {
    const target = join(tool.folder, "elsewhere.json");
    await Deno.rename(tool.path, target);
    await Deno.symlink(target, tool.path);
    assertEquals(await tool.renew(), true);
    assert(Deno.lstatSync(tool.path).isSymlink, "The link was replaced");
    assertEquals(JSON.parse(await Deno.readTextFile(target)).token, "token-2");
  }));

Deno.test("while its own tool runs, a login is not renewed, and the log says so once for each login", () =>
  withTool(["expired"], async (tool) => {
    tool.running = true;
    const said = () => tool.log.lines.filter(({ message }) => message.includes("may be running")).length;
    for (let tries = 0; tries < 3; tries++) assertEquals(await tool.renew(), false);
    assertEquals(said(), 1);
    Deno.writeTextFileSync(tool.path, JSON.stringify({ ...LOGIN, token: "another" }));
    for (let tries = 0; tries < 3; tries++) assertEquals(await tool.renew(), false);
    assertEquals([said(), tool.sent.length], [2, 0]);
  }));

Deno.test("the scheduler renews an expired login before it polls, and polls with the new one", () =>
  withTool(["expired"], async (tool) => {
    const tokens: string[] = [];
    const provider = {
      ...fakeProvider(),
      accounts: tool.provider.accounts,
      renewal: tool.provider.renewal!,
      // deno-lint-ignore require-await -- a failure is to be a rejection
      async read(ctx: ProviderContext, account: { readonly expiresAt?: number; readonly secret: Secret }) {
        if ((account.expiresAt ?? 0) <= ctx.now()) {
          throw new ProviderError("auth", "Expired", { reason: "expired" });
        }
        tokens.push(account.secret.reveal());
        return { readings: [] };
      },
    };
    const changes = {
      renewer: tool.renewer,
      providers: [provider],
      createContext: (_: unknown, signal: AbortSignal) => ({
        ...createTestContext(tool.clock, signal),
        readText: () => Deno.readTextFile(tool.path),
      }),
    };
    tool.running = true;
    await using house = await openHouse(changes);
    await house.scheduler.discover();
    const [refused] = await house.scheduler.pollNow();
    assertEquals([refused?.kind, refused?.reason, tool.sent.length], ["auth", "expired", 0]);
    tool.running = false;
    await house.scheduler.pollNow();
    assertEquals(tool.sent, ["refresh-1"]);
    assertEquals(tokens, ["token-2"]);
  }));

for (const isPast of [true, false]) {
  const then = isPast ? "that poll succeeds" : "where it is limited as well, that is how the poll ends";
  Deno.test(`after a rate limit the vendor is polled once more at once with the renewed login: ${then}`, () =>
    withTool(["limited"], async (tool) => {
      Deno.writeTextFileSync(tool.path, JSON.stringify({ ...LOGIN, expiresAt: NOW + HOUR }));
      const tokens: string[] = [];
      let limited: readonly string[] = [];
      const owners: string[] = [];
      const provider: Provider = {
        ...fakeProvider(),
        renewal: tool.provider.renewal!,
        accounts: async (ask) =>
          (await tool.provider.accounts(ask)).map((one) => ({
            ...one,
            isOwnerBeside: true,
            identity: "ann",
          })),
        owner(_, account) {
          owners.push(account.secret.reveal());
          return Promise.resolve("ann");
        },
        read(_, { secret }) {
          tokens.push(secret.reveal());
          return limited.includes(secret.reveal())
            ? Promise.reject(new ProviderError("rate_limited", "Too often"))
            : Promise.resolve({ readings: [] });
        },
      };
      await using store = await openSqliteStore(":memory:");
      const house = await openHouse({
        store,
        identities: createIdentities({ store, clock: tool.clock }),
        renewer: tool.renewer,
        providers: [provider],
        clock: tool.clock,
        createContext: (_: unknown, signal: AbortSignal) => ({
          ...createTestContext(tool.clock, signal),
          readText: () => Deno.readTextFile(tool.path),
        }),
      });
      const [first] = await house.scheduler.pollNow();
      assertEquals(first?.kind, "ok");
      await tool.clock.advance(HOUR / 2);
      limited = isPast ? ["token-1"] : ["token-1", "token-2"];
      const [outcome] = await house.scheduler.pollNow();
      assertEquals(outcome?.kind, isPast ? "ok" : "rate_limited");
      assertEquals(tokens, ["token-1", "token-1", "token-2"]);
      assertEquals(tool.sent, ["refresh-1"]);
      // A login renewed here has the same owner, so no owner is requested.
      assertEquals(owners, []);
    }));
}

Deno.test("a login that begins with a byte order mark is read, and written with the mark again", () => {
  assertEquals(loginObject(`\ufeff${JSON.stringify(LOGIN)}`, "Acme"), LOGIN);
  assertEquals(serializeLike({ a: 1 }, `\ufeff{}\n`), `\ufeff{"a":1}\n`);
});
