/** The order of accounts in what commands show, and in the files that programs read. */
import type { AccountKey } from "../../lib/model/quota.ts";
import { assert, assertEquals, assertStringIncludes } from "../support/assert.ts";
import { fortyQuotas } from "./many_accounts.ts";
import { withCliHome } from "./support.ts";

const BY_NUMBER = Array.from({ length: 14 }, (_, number) => `account-${number}`);

function namesIn(text: string): readonly string[] {
  return [...new Set(text.match(/account-\d+/g))];
}

Deno.test("commands list account-2 before account-10, as text and as JSON", () =>
  withCliHome(async (place) => {
    await fortyQuotas(place);
    for (
      const args of [
        "status --long",
        "status --json",
        "forecast --json",
        "account list",
        "completion --names accounts",
      ]
    ) {
      const { stdout } = await place.run(args);
      assertEquals([args, ...namesIn(stdout)], [args, ...BY_NUMBER]);
    }
  }));

Deno.test("an export keeps the plain order of characters, which programs that merge files rely on", () =>
  withCliHome(async (place) => {
    await fortyQuotas(place);
    const { stdout } = await place.run("export");
    assertEquals(namesIn(stdout), BY_NUMBER.toSorted());
  }));

Deno.test("names in an imported file become one harmless line, and a name that would break lines is refused", () =>
  withCliHome(async (place) => {
    const row = {
      provider: "acme",
      account: "work",
      key: "five-hour",
      label: "\u202esruoh \u2066five\u2069\n\u001b]0;title\u0007",
      unit: "requests",
      window: "fixed",
      windowSeconds: 18_000,
      plan: "Pro\u009b31m\u2028plan",
      at: "2026-11-21T12:00:00.000Z",
      used: 5,
      limit: 10,
      remaining: 5,
      resetsAt: null,
    };
    const run = (fields: Partial<typeof row>) =>
      place.run("import -", { stdin: `${JSON.stringify({ ...row, ...fields })}\n` });
    for (const account of ["wo\u009brk", "wo\u2028rk", "wo\nrk"]) {
      const refused = await run({ account });
      assertEquals(refused.code, 1);
      assertStringIncludes(refused.stderr, 'invalid "account": expected a name without slashes');
      assert(!/[\u0080-\u009f\u2028]/.test(refused.stderr), JSON.stringify(refused.stderr));
    }
    assertEquals((await run({})).code, 0);
    const { accounts: [account] } = await place.json("status --json") as {
      accounts: readonly { plan: string; quotas: readonly { label: string }[] }[];
    };
    assertEquals(account?.quotas[0]?.label, "sruoh five \ufffd]0;title\ufffd");
    assertEquals(account?.plan, "Pro\ufffd31m plan");
  }));

Deno.test("an error quotes an argument, a file or a name without what would command the terminal", () =>
  withCliHome(async (place) => {
    for (
      const args of [
        "status\u001b[2J",
        "status --frm\u001b[2J",
        "status --template {a\u001b[2J\u202e}",
        "status --db no\u001b]0;title\u0007.db",
        "import no\u001b[2J\u009b31m.csv",
        "user remove \u001b[2J\u202e",
        "horizon --range \u001b[2J",
        "providers \u001b[2J\u2066",
        "notes remove \u202ex",
      ]
    ) {
      const { code, stderr } = await place.run(args);
      assert(code !== 0, args);
      // Only the lines of the message end.
      assert(!/[^\P{Cc}\n]|[\u202a-\u202e\u2066-\u2069]/u.test(stderr), JSON.stringify(stderr));
      const json = await place.run(`${args} --json`);
      assert(
        !/[\u007f-\u009f\u202a-\u202e\u2066-\u2069]/u.test(json.stderr + json.stdout),
        json.stderr,
      );
    }
  }));

Deno.test("a name of a key with signs that cannot be shown is refused with the reason that applies", () =>
  withCliHome(async (place) => {
    const says = async (name: string) => (await place.run(`key create ${name}`)).stderr;
    assertStringIncludes(await says("a\u001bb"), "has no line breaks and no invisible characters");
    assertStringIncludes(await says("a\u202eb"), "has no line breaks and no invisible characters");
    assertStringIncludes(await says("x".repeat(65)), "has 1 to 64 characters");
    // 64 characters of two code units each are no more than 64.
    const emoji = "\u{1f680}".repeat(64);
    assertEquals((await place.run(`key create ${emoji}`)).code, 0);
    assertStringIncludes((await place.run("audit --json")).stdout, `"${emoji}"`);
  }));

Deno.test("an account may be named in any script, and in one spelling of its letters", () =>
  withCliHome(async (place) => {
    const add = (name: string) =>
      place.run(`account add synthetic --name ${name} --stdin`, { stdin: "syn_x\n" });
    for (const name of ["\u5de5\u4f5c", "\u05e2\u05d1\u05d5\u05d3\u05d4", "\u0915\u093e\u092e", "Zo\u00eb"]) {
      const { code, stderr } = await add(name);
      assertEquals([name, code, stderr.includes("cannot be used")], [name, 0, false]);
    }
    for (const name of ["Zoe\u0308", "a\u202eb", "\u0301a", "=1", "a\u{1f680}"]) {
      const { code, stderr } = await add(name);
      assertEquals([name, code], [name, 2]);
      assertStringIncludes(stderr, "cannot be used");
    }
  }));

Deno.test("every command that takes an account takes one whose name contains a space", () =>
  withCliHome(async (place) => {
    // Not the space that separates the arguments here.
    const key = "acme/my\u00a0\u5de5\u4f5c";
    await place.fill([["2026-11-21 12:00", 5]], {}, key as AccountKey);
    for (
      const args of [
        `alerts snooze ${key} --for 1h`,
        `alerts snooze ${key}/five-hour --for 1h`,
        `alerts unsnooze ${key}`,
        `alerts budget ${key} 5`,
        `notes add hello --about ${key}`,
        `status --account ${key.slice(5)}`,
        `history --quota ${key}/five-hour`,
        `account hide ${key}`,
        `account show ${key}`,
        `key create reader --only ${key}`,
      ]
    ) {
      const { code, stderr } = await place.run(args);
      assertEquals([args, code], [args, 0], stderr);
    }
  }));
