/** Usage errors: exit code 2, the mistake, the allowed values, and a suggestion. */
import { assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { COMMANDS } from "../../lib/cli/table.ts";
import { withCliHome } from "./support.ts";

const WRONG: readonly (readonly [args: string, says: RegExp])[] = [
  ["colect", /did you mean collect/i],
  ["query", /needs an argument, what to answer: current, today/],
  ["query tody", /allowed choices are current, today/i],
  ["query current --dayz 3", /unknown option '--dayz'.*did you mean --days/i],
  ["query history -d 0", /--days takes a whole number from 1 to 366, got "0"/],
  ["query history -d seven", /--days takes a whole number/],
  ["query history -d -3", /--days takes a whole number/],
  ["query history --days", /argument missing/i],
  ["query weekly -w 1e3", /--weeks takes a whole number/],
  ["query current extra", /too many arguments/i],
  ["query current --now yesterday", /--now takes an instant such as .*got "yesterday"/],
  ["query current --now 2026-11-21", /time and the zone are missing/],
  ["query current --now 2026-02-30T12:00:00Z", /--now takes an instant/],
  ["query today --timezone Mars/Olympus", /not a time zone.*IANA/],
  ["chart -t hourly", /allowed choices are usage, daily, weekly/i],
  ["serve -p 80", /out of range.*1024 to 65535/],
  ["serve --host 0.0.0.0", /no one can sign in yet[^]*syntrack token generate --save/],
  ["serve --bind-all", /Cannot listen on ::: others could reach it, and no one can sign in yet/],
  ["serve --host example.org", /example\.org is not an address.*expected an address of this machine/],
  ["serve --allow-host a_b/c", /a_b\/c is not a host name/],
  ["serve --interval 5", /10 to 3600 seconds/],
  ["serve --now 0", /--now is for commands that answer once/],
  ["demo --seed x", /--seed takes a whole number/],
  ["demo --providers zai,codx", /Unknown provider "codx" \(did you mean codex\?\)/],
  ["demo --providers ,", /Unknown provider ","/],
  ["demo --scenario outge", /Unknown scenario "outge" \(did you mean outage\?\): there is expired-login, /],
  ["cycles --from yesterday", /--from takes a date such as 2026-11-21, an instant/],
  ["cycles --to 2026-02-30", /--to takes a date/],
  ["sessions -d 3 --from 2026-11-01", /use only one of them/],
  ["sessions --from 2026-11-21 --to 2026-11-01", /--from has to be before --to/],
  ["sessions --limit -1", /--limit takes a whole number from 0 to 100000|argument missing/i],
  ["forecast --limit many", /--limit takes a whole number/],
  ["insights --range 90d", /allowed choices are 1d, 7d, 30d/i],
  ["backtest -d 0", /--days takes a whole number/],
  ["export -f cvs", /csv, json, ndjson.*did you mean csv/i],
  ["query curent", /did you mean current/i],
  ["export -f xml", /allowed choices are csv, json, ndjson/i],
  ["export --what secrets", /allowed choices are readings, buckets, cycles, sessions/i],
  ["export --what buckets --step 2h", /allowed choices are 5m, 1h, 1d/i],
  ["import", /missing required argument 'file'/i],
  ["db", /needs an argument, what to do: check, backup, restore, prune, vacuum, size/],
  ["db shrink", /allowed choices are check, backup, restore, prune, vacuum, size/i],
  ["db restore", /needs the backup to restore/],
  ["db size file", /takes no file/],
  ["exprot", /did you mean export/i],
  ["--nonsense", /unknown option '--nonsense'/i],
];

Deno.test("a usage error ends with 2, states what is allowed, and prints no data", () =>
  withCliHome(async (place) => {
    for (const [args, says] of WRONG) {
      const { code, stdout, stderr } = await place.run(args);
      assertEquals([args, code, stdout], [args, 2, ""]);
      assertMatch(stderr, says, args);
      assertMatch(stderr, /^syntrack: /, args);
    }
  }));

Deno.test("unknown providers, accounts and quotas are reported with the known ones", () =>
  withCliHome(async (place) => {
    await place.fill([["2026-11-21 12:00", 2]]);
    for (const command of ["query current", "status", "history", "stats", "chart"]) {
      const provider = await place.run(`${command} --provider synthetik`);
      assertEquals(provider.code, 2);
      assertStringIncludes(provider.stderr, "did you mean synthetic?");
      const account = await place.run(`${command} --account wrok`);
      assertEquals([account.code, /did you mean work/.test(account.stderr)], [2, true]);
      const quota = await place.run(`${command} --quota five-hours`);
      assertEquals([quota.code, /did you mean five-hour\?/.test(quota.stderr)], [2, true]);
    }
  }));

Deno.test("every command has help with examples, and the root names the exit codes", () =>
  withCliHome(async (place) => {
    const root = await place.run("--help");
    assertEquals([root.code, root.stderr], [0, ""]);
    assertStringIncludes(root.stdout, "0 success, 1 failure, 2 wrong usage");
    assertEquals((await place.run("help")).stdout, root.stdout);
    const commands = [...root.stdout.matchAll(/^ {2}([a-z]+) .*/gm)].map(([, name]) => name);
    assertEquals(commands.includes("collect") && commands.includes("demo"), true);
    for (const { name } of COMMANDS) {
      const help = await place.run(`${name} --help`);
      assertEquals(help.code, 0);
      assertStringIncludes(help.stdout, "Examples:");
      assertMatch(
        help.stdout,
        name === "guard" ? /64 wrong usage, 69/ : /Exit codes:\n +0 success, 1 failure, 2 wrong/,
      );
      assertStringIncludes(help.stdout, "--json");
    }
    assertMatch((await place.run("--version")).stdout, /^syntrack \d+\.\d+\.\d+\n$/);
  }));
