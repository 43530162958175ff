/**
 * What a decoder cannot read is reported. Walks through every provider and all of its successful answers, and makes each
 * time and each figure unreadable, one at a time: what is lost of a quota by that must be among the dropped parts.
 */
import type { Answer } from "../../lib/provider/contract.ts";
import { DAY_MS } from "../../lib/model/duration.ts";
import { providers } from "../../providers/mod.ts";
import { assertEquals } from "../support/assert.ts";
import { at, changed, outcome, put, tellsMore, walk, type Walked } from "../support/walk_answers.ts";

/** The clock of fixtures stands still in the year 2026. */
const YEAR = /^(?:2026|2027)-\d\d-\d\d/;

function isTime(value: unknown): boolean {
  if (typeof value === "string" && YEAR.test(value)) return true;
  const number = typeof value === "string" && /^\d{10,13}$/.test(value) ? Number(value) : value;
  if (typeof number !== "number" || number < 1.7e9) return false;
  return YEAR.test(new Date(number < 1e11 ? number * 1000 : Math.min(number, 1e15)).toISOString());
}

function isAmount(value: unknown): boolean {
  if (isTime(value)) return false;
  return typeof value === "number" || typeof value === "string" && /^\$?\d+(?:\.\d+)?$/.test(value);
}

const FIGURES = ["used", "limit", "remaining"] as const;

/** Lists what is unknown that was known, of quotas that are still there. */
function lostOf(good: Answer, bad: Answer, names: readonly (typeof FIGURES[number] | "resetsAt")[]) {
  return good.readings.flatMap((before) => {
    const after = bad.readings.find(({ quota }) => quota === before.quota);
    if (!after) return [];
    return names.filter((name) => before[name] !== null && after[name] === null)
      .map((name) => `${before.quota}.${name}`);
  });
}

/** Blocks with unknown names are reported as a whole. */
function isUnknownBlock({ good, path }: Walked): boolean {
  const names = path.filter((one) => typeof one === "string").map((one) => one.replace(/_end_time$/, ""));
  return (good.dropped ?? []).some(({ what }) =>
    names.slice(-2).some((name) => what.replaceAll(" ", "").toLowerCase().includes(name.toLowerCase()))
  );
}

async function faultsOf(one: Walked, value: unknown, names: Parameters<typeof lostOf>[2]) {
  const body = changed(one.body, one.path, put(value));
  const bad = await outcome(one.provider, one.fixture, one.exchanges, one.at, body);
  if (typeof bad === "string" || tellsMore(one.good, bad) || isUnknownBlock(one)) return [];
  return lostOf(one.good, bad, names)
    .map((lost) => `${one.fixture.name} ${one.path.join(".")} as ${JSON.stringify(value)}: ${lost}`);
}

for (const provider of providers) {
  Deno.test(`${provider.id}: a reset that cannot be read, or is further ahead than a window can be long, is reported`, async () => {
    const faults: string[] = [];
    for await (const one of walk(provider)) {
      const stated = at(one.body, one.path);
      if (!isTime(stated)) continue;
      const later = Date.parse("2031-01-01T00:00:00Z");
      const number = Number(stated);
      const far = Number.isNaN(number) ? new Date(later).toISOString() : number < 1e11 ? later / 1000 : later;
      for (const value of ["soon", "2150-01-01T00:00:00Z", {}, true, far]) {
        faults.push(...await faultsOf(one, value, ["resetsAt"]));
      }
      const bad = await outcome(
        provider,
        one.fixture,
        one.exchanges,
        one.at,
        changed(one.body, one.path, put(far)),
      );
      if (typeof bad === "string") continue;
      for (const { quota, resetsAt } of bad.readings) {
        if (resetsAt !== null && resetsAt > later - 30 * DAY_MS) faults.push(`${quota} resets in ${far}`);
      }
    }
    assertEquals(faults, []);
  });

  Deno.test(`${provider.id}: a figure that cannot be read is reported`, async () => {
    const faults: string[] = [];
    for await (const one of walk(provider)) {
      if (!isAmount(at(one.body, one.path))) continue;
      for (const value of ["many", [], {}, "1e999"]) faults.push(...await faultsOf(one, value, FIGURES));
    }
    assertEquals(faults, []);
  });
}
