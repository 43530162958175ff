/** `syntrack guard --wait` and what changes meanwhile: the clock, the database, the accounts. */
import { assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, utc } from "../support/readings.ts";
import { until } from "../support/until.ts";
import { type CliHome, NOW, type Ran, type Terminal, withCliHome } from "./support.ts";

interface Waiting {
  readonly clock: FakeClock;
  readonly ran: Promise<Ran>;
  /** Lets time pass, one check of the command after the other; returns whether the command ended. */
  pass(ms: number): Promise<boolean>;
}

function wait(place: CliHome, args = "", terminal: Terminal = {}, clock = new FakeClock(NOW)): Waiting {
  let over = false;
  const ran = place.run(`guard --wait ${args}`, { clock, ...terminal });
  void ran.finally(() => over = true);
  const isResting = () => over || clock.sleeping > 0;
  return {
    clock,
    ran,
    async pass(ms) {
      for (let passed = 0; passed < ms; passed += 10 * SECOND_MS) {
        await until("the command to sleep", isResting);
        if (over) break;
        await clock.advance(10 * SECOND_MS);
        await until("the command to sleep", isResting);
      }
      return over;
    },
  };
}

Deno.test("guard --wait finds the database that a poller makes meanwhile", () =>
  withCliHome(async (place) => {
    const { ran, pass } = wait(place);
    await pass(MINUTE_MS);
    await place.fill([["2026-11-21 13:00:50", 20]], { resetsAt: utc("2026-11-21 15:00") });
    await pass(10 * SECOND_MS);
    assertStringIncludes((await ran).stdout, "Enough: 85% left of acme/work/five-hour");
  }));

Deno.test("a machine that slept past the reset waits for the next reading, as one that was awake", () =>
  withCliHome(async (place) => {
    await place.fill([["2026-11-21 12:58", 130]], { resetsAt: utc("2026-11-21 13:20") });
    const { clock, ran, pass } = wait(place);
    await pass(MINUTE_MS);
    clock.jump(8 * HOUR_MS);
    assertEquals(await pass(4 * MINUTE_MS), false);
    await place.fill([["2026-11-21 21:05", 0]], { resetsAt: utc("2026-11-22 02:00") });
    await pass(10 * SECOND_MS);
    assertEquals((await ran).code, 0);
  }));

Deno.test("a machine that slept while nothing was known begins its five minutes anew", () =>
  withCliHome(async (place) => {
    await place.fill([["2026-11-21 09:00", 20]], { resetsAt: utc("2026-11-21 13:20") });
    const { clock, pass } = wait(place);
    await pass(MINUTE_MS);
    clock.jump(8 * HOUR_MS);
    assertEquals(await pass(3 * MINUTE_MS), false);
    assertEquals(await pass(2 * MINUTE_MS), true);
  }));

Deno.test("a clock that is set back does not prolong the five minutes without an answer", () =>
  withCliHome(async (place) => {
    await place.fill([["2026-11-20 09:00", 20]], { resetsAt: utc("2026-11-21 13:20") });
    const { clock, ran, pass } = wait(place);
    await pass(MINUTE_MS);
    clock.jump(-DAY_MS);
    assertEquals(await pass(5 * MINUTE_MS), true);
    assertEquals((await ran).code, 69);
  }));

Deno.test("what guard --wait waits for stays in one line of a narrow terminal", () =>
  withCliHome(async (place) => {
    await place.fill([["2026-11-21 09:00", 20]], {}, "acme/a-name-that-is-rather-long-for-an-account");
    const { ran, pass } = wait(place, "", { isTty: true, columns: 50 });
    await pass(6 * MINUTE_MS);
    const lines = (await ran).stderr.split("\r\x1b[K").filter((part) => part.startsWith("Waiting"));
    for (const line of lines) assertEquals(line.length < 50, true, line);
    assertMatch(lines[0] ?? "", /^Waiting: acme\/a-name/);
    // A terminal without control sequences would show them as text.
    const dumb = wait(place, "", { isTty: true, env: { TERM: "dumb" } });
    await dumb.pass(6 * MINUTE_MS);
    assertMatch((await dumb.ran).stderr, /^syntrack: Cannot tell/);
  }));

Deno.test("an account that is removed with its history while guard waits for it ends the wait with 69, not as wrong usage", () =>
  withCliHome(async (place) => {
    await place.fill([["2026-11-21 12:58", 130]], { resetsAt: utc("2026-11-21 13:20") });
    await place.fill([["2026-11-21 12:58", 5]], {}, "acme/home");
    for (const [args, code] of [["", 69], ["--fail-open", 0]] as const) {
      const { ran, pass } = wait(place, `--account work ${args}`);
      await pass(MINUTE_MS);
      const { code: removed } = await place.run("account remove acme/work --purge --yes");
      assertEquals(removed, 0);
      assertEquals(await pass(4 * MINUTE_MS), false);
      assertEquals(await pass(2 * MINUTE_MS), true);
      const answer = await ran;
      assertEquals([answer.code, answer.stdout], [code, ""]);
      assertMatch(answer.stderr, /Unknown account "work".*there is home/);
      await place.fill([["2026-11-21 12:58", 130]], { resetsAt: utc("2026-11-21 13:20") });
    }
    assertEquals((await place.run("guard --wait --account job")).code, 64);
  }));

Deno.test("an account that is turned off while guard waits for another one no longer prevents the answer", () =>
  withCliHome(async (place) => {
    const env = { KIMI_CODE_API_KEY: "one", SYNTHETIC_API_KEY: "two" };
    await place.fill([["2026-11-21 12:58", 130]], { resetsAt: utc("2026-11-21 13:05") }, "kimi/default");
    await place.fill([["2026-11-21 11:00", 20]], {}, "synthetic/default");
    const { ran, pass } = wait(place, "", { env });
    await pass(2 * MINUTE_MS);
    assertEquals((await place.run("account disable synthetic/default", { env })).code, 0);
    await pass(3 * MINUTE_MS);
    await place.fill([["2026-11-21 13:05", 0]], { resetsAt: utc("2026-11-21 18:05") }, "kimi/default");
    await pass(MINUTE_MS);
    assertEquals((await ran).code, 0);
  }));
