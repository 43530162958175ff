/** The insights of the overview: cached for a while, so that no page waits for them twice. */
import type { AppContext } from "../../lib/app/context.ts";
import { MINUTE_MS } from "../../lib/model/duration.ts";
import { readTopInsights } from "../../lib/web/overview_insights.ts";
import { assertEquals, assertRejects } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { accountViewOf, quotaViewOf, viewOf } from "../support/views.ts";
import { utc } from "../support/readings.ts";

const VIEW = viewOf([accountViewOf([quotaViewOf()])]);

function house() {
  const clock = new FakeClock(utc("2026-11-21 13:00"));
  const state = { asked: 0, hidden: [] as readonly string[], fails: false };
  const services = {
    clock,
    settings: { load: () => Promise.resolve({ hiddenInsights: state.hidden }) },
    dashboard: () => Promise.resolve(VIEW),
    analysis: {
      insights: () => {
        state.asked++;
        if (state.fails) return Promise.reject(new Error("busy"));
        const insight = {
          key: "trend",
          type: "trend",
          account: "acme/default",
          quota: "acme/default/five-hour",
          severity: "warning",
          title: "Trend",
          description: "More than last week.",
          metric: `${state.asked}`,
        };
        return Promise.resolve({ insights: [insight] });
      },
    },
  } as unknown as AppContext;
  const read = async () =>
    (await readTopInsights(services, VIEW, { provider: "", words: "" })).map(({ metric }) => metric);
  return { clock, state, read };
}

Deno.test("a page with outdated insights is sent with them, and the next one has the current ones", async () => {
  const { clock, state, read } = house();
  assertEquals([await read(), await read()], [["1"], ["1"]]);
  clock.jump(MINUTE_MS);
  assertEquals(await read(), ["1"]);
  assertEquals(await read(), ["2"]);
  assertEquals(state.asked, 2);
});

Deno.test("insights unread for long are waited for, as are those of another choice", async () => {
  const { clock, state, read } = house();
  await read();
  clock.jump(6 * MINUTE_MS);
  assertEquals(await read(), ["2"]);
  state.hidden = ["trend"];
  assertEquals(await read(), ["3"]);
});

Deno.test("insights that cannot be read leave the previous ones, and are requested again", async () => {
  const { clock, state, read } = house();
  state.fails = true;
  await assertRejects(read);
  state.fails = false;
  assertEquals(await read(), ["2"]);
  clock.jump(MINUTE_MS);
  state.fails = true;
  assertEquals(await read(), ["2"]);
  state.fails = false;
  await read();
  assertEquals(await read(), ["4"]);
});
