/** What past cycles taught is kept between analyses, and never outlives its source. */
import { createAnalysis } from "../../lib/read/analysis.ts";
import type { Lesson, Lessons } from "../../lib/read/lessons.ts";
import type { QuotaKey } from "../../lib/model/quota.ts";
import type { Store } from "../../lib/store/store.ts";
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import { BUCKET_TABLES } from "../../lib/store/tables.ts";
import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import { assert, assertEquals } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { HOUR_MS, utc } from "../support/readings.ts";
import { createUsedServices, use } from "../support/used_services.ts";
import { ORACLE_DAY, withCliHome } from "../cli/support.ts";

const AT = utc("2026-11-17 03:00");
const QUOTA: QuotaKey = "synthetic/default/subscription";

class HeldLessons implements Lessons {
  readonly held = new Map<QuotaKey, Lesson>();
  recall(quota: QuotaKey): Lesson | null {
    return this.held.get(quota) ?? null;
  }
  keep(quota: QuotaKey, lesson: Lesson): void {
    this.held.set(quota, lesson);
  }
  close(): void {}
}

/** An analysis like that of a command; counts its reads of past cycles. */
function analyse(store: Store, clock: FakeClock, lessons?: Lessons) {
  const reads: QuotaKey[] = [];
  const counted = new Proxy(store, {
    get(target, name) {
      if (name === "cycles") {
        return (query: Parameters<Store["cycles"]>[0]) => {
          reads.push(query.quota);
          return target.cycles(query);
        };
      }
      const value = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  const analysis = createAnalysis({ store: counted, clock, zone: () => "UTC", ...lessons && { lessons } });
  return { analysis, reads };
}

Deno.test("an analysis with another's lessons concludes the same, and reads no past cycle", async () => {
  const clock = new FakeClock(AT);
  await using services = await createUsedServices(clock, 40);
  const { store } = services;
  const lessons = new HeldLessons();
  for (let round = 0; round < 12; round++) {
    const plain = await analyse(store, clock).analysis.quotas();
    assert(plain.some(({ forecast }) => forecast.pastCycles >= 3), "something is learnt from");
    assertEquals(await analyse(store, clock, lessons).analysis.quotas(), plain);
    const again = analyse(store, clock, lessons);
    assertEquals(await again.analysis.quotas(), plain);
    assertEquals(again.reads, []);
    clock.jump(20 * 60_000);
    await use(services, clock, 1);
  }
});

Deno.test("a lesson about a single quota is used", async () => {
  const clock = new FakeClock(AT);
  await using services = await createUsedServices(clock, 8);
  const lessons = new HeldLessons();
  await analyse(services.store, clock, lessons).analysis.quotas();
  const lesson = lessons.held.get(QUOTA)!;
  lessons.held.clear();
  lessons.held.set(QUOTA, lesson);
  const { analysis, reads } = analyse(services.store, clock, lessons);
  await analysis.quotas();
  assert(reads.length > 0 && !reads.includes(QUOTA), reads.join(" "));
});

Deno.test("lessons survive the next readings of the same cycle, but not its end", async () => {
  const clock = new FakeClock(AT);
  await using services = await createUsedServices(clock, 40);
  const lessons = new HeldLessons();
  const readsOf = async () => {
    const { analysis, reads } = analyse(services.store, clock, lessons);
    await analysis.quotas();
    return reads.filter((quota) => quota === QUOTA).length;
  };
  const openedAt = async () =>
    (await services.store.recall("synthetic/default")).quotas["subscription"]!.cycle.startedAt;
  assertEquals(await readsOf(), 1);
  const seen = { same: 0, next: 0 };
  for (let hour = 0; hour < 6; hour++) {
    const before = await openedAt();
    clock.jump(10 * 60_000);
    await use(services, clock, 1);
    const isSame = await openedAt() === before;
    seen[isSame ? "same" : "next"]++;
    assertEquals(await readsOf(), isSame ? 0 : 1);
  }
  assert(seen.same > 2 && seen.next > 0);
});

Deno.test("an answer as of a past time neither uses nor stores lessons", async () => {
  const clock = new FakeClock(AT);
  await using services = await createUsedServices(clock, 12);
  const lessons = new HeldLessons();
  await analyse(services.store, clock, lessons).analysis.quotas({}, clock.now() - HOUR_MS);
  assertEquals(lessons.held.size, 0);
});

Deno.test("a lesson is not used for another window or another open cycle", async () => {
  const clock = new FakeClock(AT);
  await using services = await createUsedServices(clock, 20);
  const lessons = new HeldLessons();
  const plain = await analyse(services.store, clock, lessons).analysis.quotas();
  const lesson = lessons.held.get(QUOTA)!;
  for (
    const wrong of [
      { openedAt: lesson.openedAt - HOUR_MS },
      { window: { ...lesson.window, seconds: 3600 } },
      { mark: `${lesson.mark} ` },
    ]
  ) {
    lessons.held.set(QUOTA, { ...lesson, past: [], ...wrong });
    assertEquals(await analyse(services.store, clock, lessons).analysis.quotas(), plain);
    assertEquals(lessons.held.get(QUOTA), lesson, "and it is learnt anew");
  }
});

Deno.test("the mark of the past changes with any change of a cycle, a new cycle, and removed buckets", () =>
  withCliHome(async (place) => {
    await place.fill(ORACLE_DAY);
    const mark = async () => {
      await using store = await openSqliteStore(place.dbPath, { readOnly: true });
      const query = { quota: "acme/work/five-hour", from: 0, to: Number.MAX_SAFE_INTEGER } as const;
      const [mark = "", other] = await store.pastMarks!([query, { ...query, quota: "acme/work/none" }]);
      assertEquals(other, "", "an unknown quota has no past");
      return mark;
    };
    const changes = [
      "started_at = started_at + 1",
      "ended_at = ended_at + 1",
      "ended_at = NULL",
      "resets_at = coalesce(resets_at, 0) + 1",
      "peak = peak + 0.5",
      "consumed = consumed + 0.5",
      "quota_limit = quota_limit + 1",
      "readings = readings + 1",
      "last_at = last_at + 1",
      "is_whole = 1 - is_whole",
    ];
    const seen = new Set([await mark()]);
    const change = (sql: string) => {
      using db = new DatabaseSync(place.dbPath);
      db.exec(sql);
    };
    for (const set of changes) {
      change(`UPDATE cycles SET ${set} WHERE started_at = (SELECT min(started_at) FROM cycles)`);
      const now = await mark();
      assert(!seen.has(now), set);
      seen.add(now);
    }
    for (const table of Object.values(BUCKET_TABLES)) {
      const before = await mark();
      change(`DELETE FROM ${table} WHERE start = (SELECT min(start) FROM ${table})`);
      assert(await mark() !== before, table);
    }
    assert(await Deno.stat(join(place.folder, ".syntrack")));
  }));
