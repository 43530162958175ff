import { join } from "node:path";
import { createFixedClock } from "../../lib/base/clock.ts";
import { assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { assertGolden } from "../support/golden.ts";
import { startVendor } from "../support/vendor.ts";
import { utc } from "../support/readings.ts";
import { type CliHome, NOW, withCliHome } from "./support.ts";

const ONE_QUOTA = { subscription: { limit: 135, requests: 89, renewsAt: "2026-11-21T15:20:30.250Z" } };
const TWO_QUOTAS = { ...ONE_QUOTA, search: { hourly: { limit: 250, requests: 10, renewsAt: null } } };
const SECRET = "syn_a-secret-nobody-may-see";

/** A home in which the first provider is configured and answers with `body`. */
function configure(home: CliHome, origin: string): void {
  home.env.SYNTHETIC_API_KEY = SECRET;
  home.env.SYNTRACK_SYNTHETIC_BASE_URL = origin;
}

Deno.test("collect prints one line in the promised format for a single quota", () =>
  withCliHome(async (home) => {
    await using vendor = startVendor(() => Response.json(ONE_QUOTA));
    configure(home, vendor.origin);
    const { code, stdout } = await home.run("collect");
    assertEquals([code, stdout], [0, "Collected: 89/135 used (46 leftover)\n"]);
    assertEquals((await home.json("query current") as { used: number }).used, 89);
  }));

Deno.test("collect prints a distinguishable line for each of several quotas", () =>
  withCliHome(async (home) => {
    await using vendor = startVendor(() => Response.json(TWO_QUOTAS));
    configure(home, vendor.origin);
    assertEquals((await home.run("collect")).stdout.split("\n"), [
      "synthetic/default/subscription Collected: 89/135 used (46 leftover)",
      "synthetic/default/search Collected: 10/250 used (240 leftover)",
      "",
    ]);
  }));

Deno.test("collect --json keeps its format", () =>
  withCliHome(async (home) => {
    await using vendor = startVendor(() => Response.json(TWO_QUOTAS));
    configure(home, vendor.origin);
    await assertGolden("collect_ok", await home.json("collect --json"));
    // The time of the next poll is random within bounds.
    const status = JSON.stringify(await home.json("status --json"));
    const settled = status.replace(
      /"nextAt":"2026-11-21T13:0[01]:[^"]+"/,
      '"nextAt":"2026-11-21T13:01:00.000Z"',
    );
    await assertGolden("status", JSON.parse(settled));
  }));

Deno.test("collect resolves relative times against --now", () =>
  withCliHome(async (home) => {
    await using vendor = startVendor(() =>
      new Response(null, { status: 429, headers: { "retry-after": "3600" } })
    );
    configure(home, vendor.origin);
    const { code } = await home.run("collect --now 2026-11-21T12:00:00Z");
    assertEquals(code, 1);
    const status = await home.json("status --json --now 2026-11-21T12:00:01Z") as {
      accounts: { health: { state: string; triedAt: string; nextAt: string } }[];
    };
    const health = status.accounts[0]?.health;
    assertEquals([health?.state, health?.triedAt], ["waiting", "2026-11-21T12:00:00.000Z"]);
    // An hour, and up to a tenth more.
    const nextAt = Date.parse(health?.nextAt ?? "");
    assertEquals(
      nextAt >= utc("2026-11-21 13:00") && nextAt <= utc("2026-11-21 13:06"),
      true,
      health?.nextAt,
    );
  }));

Deno.test("collect without a key ends with 1 and says which variable to set where", () =>
  withCliHome(async (home) => {
    const { code, stdout, stderr } = await home.run("collect --provider synthetic");
    assertEquals([code, stdout], [1, ""]);
    assertStringIncludes(
      stderr,
      "Set SYNTHETIC_API_KEY in the environment, in ./.env or in ~/.syntrack/.env",
    );
    const json = await home.run("collect --provider synthetic --json");
    assertEquals(json.code, 1);
    await assertGolden("collect_missing", JSON.parse(json.stdout));
    // One line that says what to do, not one for each vendor.
    assertMatch(
      (await home.run("collect")).stderr,
      /^syntrack: No account is configured: `syntrack setup` finds logins.*\n$/,
    );
  }));

Deno.test("collect reports each failure by its kind, with a hint and without the key", () =>
  withCliHome(async (home) => {
    const failures = [[401, "auth"], [429, "rate_limited"], [503, "unavailable"], [
      200,
      "bad_response",
    ]] as const;
    for (const [status, outcome] of failures) {
      await using vendor = startVendor(() => new Response(`no ${SECRET}`, { status }));
      configure(home, vendor.origin);
      home.env.SYNTHETIC_API_KEY = `${SECRET}-${status}`;
      const { code, stdout, stderr } = await home.run(
        `collect --json --db ${join(home.folder, `${status}.db`)}`,
      );
      const [account] =
        (JSON.parse(stdout) as { accounts: { outcome: string; hint: string; quotas: [] }[] }).accounts;
      assertEquals([code, account?.outcome, account?.quotas], [1, outcome, []]);
      assertEquals((account?.hint ?? "").length > 10, true);
      assertEquals(`${stdout}${stderr}`.includes(SECRET), false, "The key stays secret");
    }
  }));

Deno.test("collect succeeds when one of two accounts does, and reports the other", () =>
  withCliHome(async (home) => {
    await using vendor = startVendor((sent) =>
      sent.path.startsWith("/v2/") ? Response.json(ONE_QUOTA) : new Response(null, { status: 503 })
    );
    configure(home, vendor.origin);
    home.env.ZAI_API_KEY = "another-secret-key";
    home.env.ZAI_BASE_URL = vendor.origin;
    const { code, stdout, stderr } = await home.run("collect");
    assertEquals([code, stdout], [0, "Collected: 89/135 used (46 leftover)\n"]);
    assertMatch(stderr, /^syntrack: zai\/default: unavailable: /);
  }));

Deno.test("collect adds no reading before the last one, and says so", () =>
  withCliHome(async (home) => {
    await using vendor = startVendor(() => Response.json(ONE_QUOTA));
    configure(home, vendor.origin);
    await home.run("collect");
    const again = await home.run("collect --now 2026-11-20T12:00:00Z");
    assertStringIncludes(again.stderr, "later readings");
    assertEquals((await home.json("query history -d 3") as unknown[]).length, 1);
  }));

Deno.test("providers and config show origins and never a key", () =>
  withCliHome(async (home) => {
    configure(home, "http://127.0.0.1:1");
    await Deno.writeTextFile(
      join(home.folder, ".env"),
      "ZAI_API_KEY=zai-secret-value\nSYNTRACK_PORT=3000\n",
    );
    await Deno.chmod(join(home.folder, ".env"), 0o600);
    for (const command of ["providers", "config", "providers --json", "config --json"]) {
      const { code, stdout, stderr } = await home.run(command);
      assertEquals(code, 0);
      assertEquals(/secret/.test(stdout + stderr), false, command);
      assertStringIncludes(stdout, "ZAI_API_KEY in ./.env");
      assertStringIncludes(stdout, "http://127.0.0.1:1");
    }
    assertMatch((await home.run("config")).stdout, /^port +3000 +SYNTRACK_PORT in \.\/\.env$/m);
    assertMatch((await home.run("config --db x.db")).stdout, /x\.db +--db$/m);
  }));

Deno.test("config ends with 2 when a setting is wrong, and shows the settings all the same", () =>
  withCliHome(async (home) => {
    home.env.SYNTRACK_POLL_INTERVAL = "1";
    const { code, stdout, stderr } = await home.run("config");
    assertEquals([code, stdout.includes("interval")], [2, true]);
    assertStringIncludes(stderr, "10 to 3600 seconds");
  }));

Deno.test("a damaged or newer database is a clear error and stays unchanged", () =>
  withCliHome(async (home) => {
    const path = join(home.folder, "bad.db");
    await Deno.writeTextFile(path, "no database at all ".repeat(20));
    for (const command of ["status", "query current", "collect"]) {
      const { code, stdout, stderr } = await home.run(`${command} --db ${path}`);
      assertEquals([code, stdout], [1, ""]);
      assertMatch(stderr, /^syntrack: .*bad\.db.*\n {2}\S/);
    }
    assertEquals(await Deno.readTextFile(path), "no database at all ".repeat(20));
  }));

Deno.test("the time of a command is the clock's without --now", () =>
  withCliHome(async (home) => {
    const { at } = await home.json("status --json") as { at: string };
    assertEquals(at, new Date(NOW).toISOString());
  }));

Deno.test("collect --json states the currency of a balance, a debt as negative, and no share", () =>
  withCliHome(async (home) => {
    await using vendor = startVendor(() =>
      Response.json({ is_available: true, balance_infos: [{ currency: "CNY", total_balance: "-1.5" }] })
    );
    home.env.DEEPSEEK_API_KEY = "sk-example";
    home.env.SYNTRACK_DEEPSEEK_BASE_URL = vendor.origin;
    const { accounts } = await home.json("collect --provider deepseek --json") as {
      accounts: { quotas: unknown[] }[];
    };
    assertEquals(accounts[0]?.quotas, [{
      key: "balance-cny",
      label: "Balance (CNY)",
      unit: "credits",
      used: null,
      limit: null,
      remaining: -1.5,
      utilization: null,
      resetsAt: null,
      windowSeconds: null,
      currency: "CNY",
    }]);
  }));

Deno.test("status --plain and the summary name the currency of a balance that is not in dollars", () =>
  withCliHome(async (home) => {
    await using vendor = startVendor(() =>
      Response.json({ is_available: true, balance_infos: [{ currency: "CNY", total_balance: "110.00" }] })
    );
    home.env.DEEPSEEK_API_KEY = SECRET;
    home.env.SYNTRACK_DEEPSEEK_BASE_URL = vendor.origin;
    assertEquals((await home.run("collect")).code, 0);
    const [row = ""] = (await home.run("status --plain")).stdout.split("\n");
    assertEquals(row.split("\t").slice(4, 6), ["110", "CNY"]);
    const summary = await home.json("query summary") as { unit: string; currency: string };
    assertEquals([summary.unit, summary.currency], ["credits", "CNY"]);
  }));

Deno.test("status in a shell without the server's settings shows the accounts the server polls, or says they are not configured here", () =>
  withCliHome(async (home) => {
    await using vendor = startVendor(() => Response.json(ONE_QUOTA));
    configure(home, vendor.origin);
    assertEquals((await home.run("collect")).code, 0);
    delete home.env.SYNTHETIC_API_KEY;
    delete home.env.SYNTRACK_SYNTHETIC_BASE_URL;
    const after = async (minutes: number) =>
      (await home.run("status --long", { clock: createFixedClock(NOW + minutes * 60_000) })).stdout;
    assertMatch(await after(1), /Synthetic \(default\).*fresh, read 1m ago/);
    assertMatch(await after(60), /not configured in this shell, read 1h/);
  }));
