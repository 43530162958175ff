import { createAnalysis } from "../../lib/read/analysis.ts";
import { createPresent, createRecords, MAX_RECORDS_AGE_MS } from "../../lib/read/present.ts";
import { createHub } from "../../lib/base/hub.ts";
import { advance } from "../../lib/model/engine/advance.ts";
import { statusBounds } from "../../lib/model/view/status.ts";
import type { AccountKey } from "../../lib/model/quota.ts";
import { DEFAULT_SETTINGS, viewSettings } from "../../lib/app/settings.ts";
import { assertEquals } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { reading, utc } from "../support/readings.ts";
import { openTestStore } from "../support/test_store.ts";

const AT = utc("2026-11-21 10:00");
const HOME: AccountKey = "acme/home";
const WORK: AccountKey = "acme/work";

/** Two accounts at 4 and 40 of 100, and a count of reads from the store. */
async function present() {
  const clock = new FakeClock(AT);
  const store = await openTestStore();
  const hub = createHub();
  const reads: string[] = [];
  const records = createRecords({
    store: {
      latest(account) {
        reads.push(account ?? "all");
        return store.latest(account);
      },
    },
    hub,
    clock,
  });
  const analysis = createAnalysis({ store, hub, clock, zone: () => "UTC", records });
  const concluded: string[] = [];
  const state = { order: 1, provider: "Acme", hidden: [] as readonly AccountKey[] };
  const view = createPresent({
    hub,
    clock,
    records,
    analysis: {
      quotas(query, now) {
        concluded.push((query?.accounts ?? ["all"]).join(" "));
        return analysis.quotas(query, now);
      },
      ahead: analysis.ahead,
    },
    prepare: () => Promise.resolve(),
    facts: () => (account) => ({
      hidden: state.hidden.includes(account),
      providerName: state.provider,
      // Configured accounts are shown in any case.
      configured: !state.hidden.includes(account),
      credential: null,
      statusBounds: statusBounds(DEFAULT_SETTINGS.thresholds),
    }),
    hidden: () => state.hidden,
    order: () => (a, b) => state.order * (a.key < b.key ? -1 : 1),
    around: () => ({ settings: viewSettings(DEFAULT_SETTINGS, "UTC"), trouble: null }),
  });
  async function write(account: AccountKey, used: number) {
    const snapshot = { account, at: clock.now(), readings: [reading({ used })] };
    await store.commit({
      snapshot,
      ...advance(await store.recall(account), snapshot),
      outcome: {
        account,
        at: clock.now(),
        durationMs: 1,
        kind: "ok",
        failures: 0,
        nextAt: clock.now() + 60_000,
        nextReason: "interval",
        credential: null,
      },
    });
  }
  async function poll(account: AccountKey, used: number) {
    await write(account, used);
    hub.publish({ kind: "account", account });
  }
  await poll(HOME, 4);
  await poll(WORK, 40);
  const used = async () => (await view.dashboard()).accounts.map(({ quotas }) => quotas[0]!.used);
  return {
    clock,
    store,
    hub,
    reads,
    concluded,
    state,
    view,
    records,
    write,
    poll,
    used,
    async [Symbol.asyncDispose]() {
      view.close();
      records.close();
      analysis.close();
      await store[Symbol.asyncDispose]();
    },
  };
}

Deno.test("before the dashboard is read, one account is read alone and once, until it changes", async () => {
  const clock = new FakeClock(AT);
  const hub = createHub();
  const reads: string[] = [];
  const records = createRecords({
    store: {
      latest(account) {
        reads.push(account ?? "all");
        return Promise.resolve([]);
      },
    },
    hub,
    clock,
  });
  for (let i = 0; i < 2; i++) await records(HOME);
  assertEquals(reads, [HOME]);
  hub.publish({ kind: "account", account: WORK });
  await records(HOME);
  assertEquals(reads, [HOME]);
  hub.publish({ kind: "account", account: HOME });
  await records(HOME);
  assertEquals(reads, [HOME, HOME]);
  await clock.advance(MAX_RECORDS_AGE_MS);
  await records(HOME);
  hub.publish({ kind: "settings", account: null });
  await records(HOME);
  assertEquals(reads.length, 4);
  await records();
  await records(HOME);
  assertEquals(reads.slice(4), ["all"]);
  records.close();
});

Deno.test("the dashboard is computed once per event and second, however many callers there are", async () => {
  await using one = await present();
  const asked = await Promise.all([one.view.dashboard(), one.view.dashboard()]);
  assertEquals(asked[0] === asked[1], true);
  one.clock.jump(999);
  assertEquals(await one.view.dashboard() === asked[0], true);
  assertEquals(one.concluded.length, 1);
  one.clock.jump(1);
  const next = await one.view.dashboard();
  assertEquals([next.at, one.concluded.length], [AT + 1000, 2]);
});

Deno.test("after an event only its account is read and concluded again", async () => {
  await using one = await present();
  assertEquals(await one.used(), [4, 40]);
  one.reads.length = one.concluded.length = 0;
  one.clock.jump(1);
  await one.poll(WORK, 41);
  assertEquals(await one.used(), [4, 41]);
  assertEquals([[...new Set(one.reads)], one.concluded], [[WORK], [WORK]]);
  assertEquals((await one.view.dashboard()).eventId, 3);
});

Deno.test("a new account is seen although a known one changed at the same moment", async () => {
  await using one = await present();
  assertEquals(await one.used(), [4, 40]);
  one.clock.jump(1);
  await one.poll("acme/zoo", 70);
  await one.poll(WORK, 41);
  assertEquals(await one.used(), [4, 41, 70]);
});

Deno.test("an event of one account leaves others unchanged within this second, whatever came before it", async () => {
  for (const changed of [HOME, WORK]) {
    for (const shared of [false, true]) {
      await using one = await present();
      if (shared) one.hub.publish({ kind: "settings", account: null });
      const before = (await one.view.dashboard()).accounts;
      one.clock.jump(1);
      await one.poll(changed, 41);
      const after = (await one.view.dashboard()).accounts;
      assertEquals(after.map((account, i) => account === before[i]), [changed !== HOME, changed !== WORK]);
    }
  }
});

Deno.test("an account read alone equals the one of the dashboard, and changes only with its own events", async () => {
  await using one = await present();
  const first = await one.view.account(WORK);
  assertEquals(first?.account === (await one.view.dashboard()).accounts[1], true);
  one.clock.jump(1);
  await one.poll(HOME, 5);
  assertEquals(await one.view.account(WORK) === first, true);
  await one.poll(WORK, 41);
  const next = await one.view.account(WORK);
  assertEquals([next?.account.quotas[0]?.used, next?.eventId, next?.at], [41, 4, AT + 1]);
  assertEquals(await one.view.account("acme/nobody"), null);
});

Deno.test("an event without an account refreshes all of them", async () => {
  await using one = await present();
  await one.view.dashboard();
  one.state.provider = "Acme Incorporated";
  one.state.order = -1;
  one.hub.publish({ kind: "settings", account: null });
  const { accounts } = await one.view.dashboard();
  assertEquals(accounts.map(({ key, providerName }) => `${key} ${providerName}`), [
    "acme/work Acme Incorporated",
    "acme/home Acme Incorporated",
  ]);
});

Deno.test("after changed settings of one account all are read, since others may have appeared", async () => {
  await using one = await present();
  await one.view.dashboard();
  one.reads.length = 0;
  one.state.provider = "Acme Incorporated";
  one.clock.jump(1);
  one.hub.publish({ kind: "settings", account: HOME });
  const { accounts } = await one.view.dashboard();
  assertEquals(accounts[0]?.providerName, "Acme Incorporated");
  assertEquals([...new Set(one.reads)], ["all"]);
});

Deno.test("hidden accounts are shown only when they are requested", async () => {
  await using one = await present();
  one.state.hidden = [HOME];
  const keys = async (options?: { readonly withHidden?: boolean }) =>
    (await one.view.dashboard(options)).accounts.map(({ key }) => key);
  assertEquals([await keys(), await keys({}), await keys({ withHidden: false })], [[WORK], [WORK], [WORK]]);
  assertEquals(await keys({ withHidden: true }), [HOME, WORK]);
});

Deno.test("changes by another process are seen when the records expire", async () => {
  await using one = await present();
  assertEquals(await one.used(), [4, 40]);
  one.clock.jump(1);
  await one.write(WORK, 41);
  one.clock.jump(MAX_RECORDS_AGE_MS - 2);
  assertEquals(await one.used(), [4, 40]);
  one.clock.jump(1);
  assertEquals(await one.used(), [4, 41]);
});

Deno.test("an event during a read is in the next one, and the first is not cached", async () => {
  await using one = await present();
  await one.view.dashboard();
  one.clock.jump(1000);
  const reading = one.view.dashboard();
  const alone = one.view.account(WORK);
  await one.poll(WORK, 41);
  await reading;
  await alone;
  assertEquals(await one.used(), [4, 41]);
  assertEquals((await one.view.account(WORK))?.account.quotas[0]?.used, 41);
});

Deno.test("added and removed accounts are seen with their event, and change the mark of members", async () => {
  await using one = await present();
  const before = await one.view.members();
  one.clock.jump(1);
  await one.poll("acme/extra", 7);
  assertEquals(await one.used(), [7, 4, 40]);
  const between = await one.view.members();
  await one.store.forget("acme/extra");
  one.hub.publish({ kind: "account", account: "acme/extra" });
  assertEquals(await one.used(), [4, 40]);
  assertEquals([before === between, await one.view.members() === before], [false, true]);
});

Deno.test("the mark of members leaves out hidden accounts, however many they are", async () => {
  await using one = await present();
  const all = await one.view.members();
  one.state.hidden = [HOME];
  const shown = await one.view.members();
  one.state.hidden = [HOME, WORK];
  assertEquals([all, shown, await one.view.members()], [`${HOME}\n${WORK}`, WORK, ""]);
});

Deno.test("a failed read is not cached", async () => {
  const hub = createHub();
  let works = false;
  const records = createRecords({
    store: { latest: () => works ? Promise.resolve([]) : Promise.reject(new Error("no disk")) },
    hub,
    clock: new FakeClock(AT),
  });
  const error = (account?: AccountKey) => records(account).catch(({ message }) => message);
  assertEquals([await error(), await error(WORK)], ["no disk", "no disk"]);
  works = true;
  assertEquals([await records(WORK), await records()], [[], []]);
});
