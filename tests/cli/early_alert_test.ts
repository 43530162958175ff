/** What messages say of resets before their time, from a vendor's answers to `alerts`. */
import { assertEquals } from "../support/assert.ts";
import { HOUR_MS, utc } from "../support/readings.ts";
import { runCollects } from "./collected.ts";

interface Window {
  readonly used: number;
  /** Null for a window that waits: its reset is always a whole window away. */
  readonly resetsAt: string | null;
}

/** Returns the kinds and texts of the alerts after polls of Codex every 15 minutes from 12:00 on. */
async function alertsAfter(seconds: number, windows: readonly Window[]): Promise<unknown> {
  const start = utc("2026-11-21 12:00");
  const minutes = (place: number) => new Date(start + place * 15 * 60_000).toISOString().slice(11, 16);
  const answer = (_: string, at: number) => {
    const { used, resetsAt } = windows[(at - start) / (15 * 60_000)]!;
    const reset_at = (resetsAt === null ? at + seconds * 1000 : utc(resetsAt)) / 1000;
    const primary_window = { used_percent: used, limit_window_seconds: seconds, reset_at };
    return { plan_type: "plus", rate_limit: { primary_window, secondary_window: null } };
  };
  let found: unknown;
  const instants = windows.map((_, place) => `2026-11-21 ${minutes(place)}`);
  await runCollects("codex", { CODEX_TOKEN: "one" }, instants, answer, async (run) => {
    const { alerts } = JSON.parse((await run("alerts --json")).stdout) as {
      alerts: readonly { kind: string; text: string }[];
    };
    found = alerts.toReversed().map(({ kind, text }) => [kind, text.split(",")[0]]);
  }, "--notify");
  return found;
}

const FIVE_HOURS = 5 * HOUR_MS / 1000;

Deno.test("an early reset is compared with the reset announced before it", async () => {
  const before = { resetsAt: "2026-11-24 12:00" };
  const after = { resetsAt: "2026-11-28 12:20" };
  // Confirmed at 12:45: 71 hours and 15 minutes before the announced reset.
  assertEquals(
    await alertsAfter(7 * 24 * 3600, [
      { used: 30, ...before },
      { used: 31, ...before },
      { used: 3, ...after },
      { used: 4, ...after },
    ]),
    [["early-reset", "It reset 2d 23h before the announced time"]],
  );
});

Deno.test("a reset some minutes before its time is not early", async () => {
  const before = { resetsAt: "2026-11-21 13:10" };
  const after = { resetsAt: "2026-11-21 17:55" };
  assertEquals(
    await alertsAfter(FIVE_HOURS, [
      { used: 60, ...before },
      { used: 61, ...before },
      { used: 62, ...before },
      { used: 63, ...before },
      { used: 2, ...after },
      { used: 3, ...after },
    ]),
    [],
  );
});

Deno.test("the first use of a window that waited is no early reset", async () => {
  const used = { resetsAt: "2026-11-21 17:40" };
  assertEquals(
    await alertsAfter(FIVE_HOURS, [
      { used: 30, resetsAt: "2026-11-21 12:10" },
      { used: 0, resetsAt: null },
      { used: 0, resetsAt: null },
      { used: 4, ...used },
      { used: 9, ...used },
    ]),
    [],
  );
});
