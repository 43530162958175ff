/** Two processes on one database. Open files hold the locks, so one process can act as both. */
import { join } from "node:path";
import { createProcessLocks } from "../../lib/app/process_locks.ts";
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import { withFolder } from "../store/folder.ts";
import { openHouse, reading, SECOND } from "../poll/support.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";

Deno.test("of two servers on one database one polls, and the other takes over when it has ended", () =>
  withFolder(async (folder) => {
    const path = join(folder, "syntrack.db");
    const [first, second] = [
      createProcessLocks(path, new FakeClock(0)),
      createProcessLocks(path, new FakeClock(0)),
    ];
    assert(first && second);
    await using store = await openSqliteStore(path);
    await using one = await openHouse({ store, turns: first });
    await using other = await openHouse({ store: await openSqliteStore(path), turns: second });
    await one.minutes(2);
    await other.minutes(2);
    assertEquals([one.provider.asked.length, other.provider.asked.length], [2, 0]);
    const listMessages = () =>
      other.log.lines.filter(({ message }) => /other process|Another process polls/.test(message));
    assertEquals(listMessages().map(({ level }) => level), ["warn"]);
    // The other process's readings are shown here all the same.
    const shown = () => other.events.filter(({ kind }) => kind === "account").length;
    assertEquals(shown(), 1);
    // But once, as long as it stores no others.
    await other.minutes(2);
    assertEquals(shown(), 1);
    await one.minutes(2);
    await other.minutes(2);
    assertEquals(shown(), 2);
    first.release();
    await other.minutes(2);
    assert(other.provider.asked.length >= 1);
    assertEquals(listMessages().map(({ level }) => level), ["warn", "info"]);
    second.release();
  }));

Deno.test("a server killed within a minute is replaced by the other within seconds", () =>
  withFolder(async (folder) => {
    const path = join(folder, "syntrack.db");
    const [first, second] = [
      createProcessLocks(path, new FakeClock(0)),
      createProcessLocks(path, new FakeClock(0)),
    ];
    assert(first && second);
    assert(first.mayPoll());
    await using other = await openHouse({ store: await openSqliteStore(path), turns: second });
    const ticking = other.scheduler.tick(new AbortController().signal);
    await other.clock.advance(20 * SECOND);
    assertEquals(other.provider.asked.length, 0);
    first.release();
    await other.clock.advance(6 * SECOND);
    assertEquals(other.provider.asked.length, 1);
    await other.clock.advance(60 * SECOND);
    await ticking;
    second.release();
  }));

Deno.test("a process that finds another one polling waits for it, and uses its readings", () =>
  withFolder(async (folder) => {
    const path = join(folder, "syntrack.db");
    await using store = await openSqliteStore(path);
    const one = await openHouse({ store });
    const clock = one.clock;
    const [first, second] = [createProcessLocks(path, clock), createProcessLocks(path, clock)];
    assert(first && second);
    const slow = one.restart({ turns: first });
    const late = one.restart({ turns: second });
    one.provider.answer = async (ask) => {
      await clock.sleep(2 * SECOND, ask.signal);
      return { readings: [reading(one.provider.asked.length)] };
    };
    const polls = [slow.pollNow(), late.pollNow()];
    await clock.advance(5 * SECOND);
    const [[asked], [taken]] = await Promise.all(polls) as [[unknown], [unknown]];
    assertEquals(one.provider.asked.length, 1);
    assertEquals(taken, asked);
    await slow.stop(0);
    await late.stop(0);
  }));

Deno.test("a process that hangs while polling does not block others forever", () =>
  withFolder(async (folder) => {
    const path = join(folder, "syntrack.db");
    const clock = new FakeClock(0);
    const [first, second] = [createProcessLocks(path, clock), createProcessLocks(path, clock)];
    const end = await first?.begin("acme/default");
    let begun = false;
    const waiting = second?.begin("acme/default").then((own) => {
      begun = true;
      own?.();
    });
    await clock.advance(20 * SECOND);
    assertEquals(begun, false);
    await clock.advance(10 * SECOND);
    await waiting;
    end?.();
    (await second?.begin("acme/default"))?.();
  }));
