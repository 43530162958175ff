/** Unknown parts of an answer: reported once, counted, kept across restarts; and what is cut from an answer. */
import { snapshotDocument } from "../../lib/formats/native_documents.ts";
import { statusJson } from "../../lib/formats/collect.ts";
import { METRICS } from "../../lib/formats/metrics.ts";
import { EMPTY_TALLY } from "../../lib/model/engine/tally.ts";
import { accountView, DEFAULT_VIEW } from "../../lib/model/view/view.ts";
import { MAX_KNOWN_QUOTAS } from "../../lib/poll/known_quotas.ts";
import { MAX_LABEL, MAX_QUOTAS } from "../../lib/poll/validate_answer.ts";
import { assert, assertEquals, assertStringIncludes } from "../support/assert.ts";
import { type House, MINUTE, openHouse, reading } from "./support.ts";

const NO_HEADLINE = { state: "unknown", text: "", account: null, quota: null, until: null } as const;
const STRANGER = { what: "limits.fable", why: "no figure" };

function toldLines(house: House) {
  return house.log.lines.filter(({ message }) => message === "Part of an answer was not recognized");
}

async function stateOf(house: House) {
  const [record] = await house.store.latest();
  assert(record);
  return record.state;
}

Deno.test("dropped parts of an answer are logged once, counted at each poll, and shown until they are understood", async () => {
  await using house = await openHouse();
  house.provider.answer = () => Promise.resolve({ readings: [reading(1)], dropped: [STRANGER] });
  await house.scheduler.pollNow();
  await house.clock.advance(MINUTE);
  await house.scheduler.pollNow();
  assertEquals(toldLines(house).map(({ level, fields }) => [level, fields]), [
    ["warn", { account: "acme/default", ...STRANGER }],
  ]);
  // Another process: the stored parts were already reported by the previous one.
  house.restart();
  await house.clock.advance(MINUTE);
  await house.scheduler.pollNow();
  assertEquals(toldLines(house).length, 1);
  const state = await stateOf(house);
  assertEquals([state.dropped, state.droppedTotal], [[STRANGER], 3]);

  const view = accountView({
    account: state.account,
    state,
    outcome: null,
    okAt: null,
    configured: true,
    providerName: "Acme",
  }, house.clock.now());
  assertEquals(statusJson([view], house.clock.now(), new Map(), NO_HEADLINE).accounts[0]?.dropped, [
    STRANGER,
  ]);
  const dashboard = {
    at: house.clock.now(),
    eventId: 1,
    accounts: [view],
    settings: { ...DEFAULT_VIEW, zone: "UTC" },
    trouble: null,
  };
  assertEquals(snapshotDocument(dashboard, "UTC").accounts[0]?.dropped, [STRANGER]);
  assertEquals(
    METRICS.accountDropped.samples({
      version: "",
      startedAt: 0,
      view: dashboard,
      tally: EMPTY_TALLY,
      alerts: null,
      processStats: { runtime: "", memoryBytes: 0, cpuSeconds: 0, storeBytes: null },
    }),
    [{ labels: { provider: "acme", account: "default" }, value: 3 }],
  );

  house.provider.answer = () => Promise.resolve({ readings: [reading(1)] });
  await house.clock.advance(MINUTE);
  await house.scheduler.pollNow();
  const after = await stateOf(house);
  assertEquals([after.dropped, after.droppedTotal], [undefined, 3]);
});

Deno.test("an account has a limited number of quotas, and the excess is reported", async () => {
  await using house = await openHouse();
  const readings = Array.from(
    { length: MAX_QUOTAS + 5 },
    (_, index) => ({ ...reading(1), quota: `q${index}` }),
  );
  house.provider.answer = () => Promise.resolve({ readings });
  const [outcome] = await house.scheduler.pollNow();
  assertEquals(outcome?.kind, "ok");
  const state = await stateOf(house);
  assertEquals(Object.keys(state.quotas).length, MAX_QUOTAS);
  assertEquals(state.dropped?.map(({ what }) => what), ["5 quotas"]);
});

Deno.test("a vendor that names different quotas each time fills only a bounded record, and that is reported", async () => {
  await using house = await openHouse();
  let poll = 0;
  house.provider.answer = () => {
    const readings = Array.from(
      { length: MAX_QUOTAS },
      (_, index) => ({ ...reading(1), quota: `p${poll}-q${index}` }),
    );
    poll++;
    return Promise.resolve({ readings: [{ ...reading(poll), quota: "steady" }, ...readings.slice(1)] });
  };
  for (let count = 0; count < 6; count++) {
    await house.scheduler.pollNow();
    await house.clock.advance(10 * MINUTE);
  }
  const full = await stateOf(house);
  assertEquals(Object.keys(full.quotas).length, MAX_KNOWN_QUOTAS);
  assertEquals(full.quotas.steady?.reading.used, 6);
  assertEquals(full.dropped?.map(({ what }) => what), [`${MAX_QUOTAS - 1} quotas`]);

  // Names missing for days make room, and nothing of the current answer is lost.
  await house.clock.advance(3 * 24 * 60 * MINUTE);
  await house.scheduler.pollNow();
  const later = await stateOf(house);
  assertEquals(Object.keys(later.quotas).length, MAX_KNOWN_QUOTAS);
  assertEquals(later.quotas["p6-q1"]?.at, later.at);
  assertEquals([later.quotas.steady?.reading.used, later.dropped], [7, undefined]);
});

Deno.test("labels and plans are one line of harmless text of limited length, and cuts are reported", async () => {
  await using house = await openHouse();
  const label = "\u202eno\u2066 more\u0007\nlines";
  house.provider.answer = () =>
    Promise.resolve({
      readings: [
        { ...reading(1), quota: "turned", label },
        { ...reading(1), quota: "long", label: "a".repeat(5_000) },
        { ...reading(1), quota: "nameless", label: "\u200b" },
      ],
      plan: "p".repeat(500),
    });
  await house.scheduler.pollNow();
  const state = await stateOf(house);
  const labels = Object.values(state.quotas).map((quota) => quota.reading.label);
  assertEquals(labels[0], "no more\ufffd lines");
  assertEquals([...labels[1] ?? ""].length, MAX_LABEL);
  assertEquals(labels[2], "nameless");
  assert((state.plan ?? "").length <= 80);
  assertEquals(state.dropped?.map(({ what }) => what), ["label of long", "plan"]);
  assertStringIncludes(state.dropped?.[0]?.why ?? "", "longer than");
});
