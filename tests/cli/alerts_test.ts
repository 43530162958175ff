/** Alerts on the command line: collecting from a timer sends each alert once. */
import { createFixedClock } from "../../lib/base/clock.ts";
import { startReceiver } from "../alerts/support.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { startVendor } from "../support/vendor.ts";
import { type CliHome, NOW, withCliHome } from "./support.ts";

const at = (minutes: number) => ({ clock: createFixedClock(NOW + minutes * 60_000) });

async function withSynthetic(home: CliHome, work: (use: (requests: number) => void) => Promise<void>) {
  let requests = 0;
  await using vendor = startVendor(() => Response.json({ subscription: { limit: 100, requests } }));
  home.env.SYNTHETIC_API_KEY = "syn-a-secret-key";
  home.env.SYNTRACK_SYNTHETIC_BASE_URL = vendor.origin;
  await work((used) => requests = used);
}

Deno.test("collect --notify reports a crossed threshold once, even when it runs again", () =>
  withCliHome(async (home) => {
    await using hook = startReceiver();
    await withSynthetic(home, async (use) => {
      const added = await home.run("channels add mine webhook --stdin", { stdin: `url=${hook.url}/in\n` });
      assertEquals([added.code, added.stderr], [0, ""]);
      use(40);
      assertEquals((await home.run("collect --notify", at(0))).code, 0);
      assertEquals(hook.received.length, 0, "the first reading is no news");
      use(85);
      await home.run("collect --notify", at(5));
      await home.run("collect --notify", at(10));
      assertEquals(hook.received.length, 1);
      const body = JSON.parse(hook.received[0]!.text);
      assertEquals([body.event, body.provider, body.utilization], ["warning", "synthetic", 85]);
      const { stdout } = await home.run("alerts", at(11));
      assertStringIncludes(stdout, "85% used");
      assertStringIncludes(stdout, "mine: sent");
      const why = await home.json("alerts explain --json", at(11)) as {
        readonly decisions: readonly { readonly kind: string; readonly reason: string }[];
      };
      assertStringIncludes(
        (await home.run("alerts replay", at(11))).stdout,
        "would have alerted you once in the last 30 days",
      );
      assert(why.decisions.some(({ kind, reason }) => kind === "threshold" && reason === "already-raised"));
    });
  }));

Deno.test("a failing channel makes no reading fail, and its messages are retried", () =>
  withCliHome(async (home) => {
    await using hook = startReceiver((count) => new Response("", { status: count === 1 ? 503 : 200 }));
    await withSynthetic(home, async (use) => {
      await home.run("channels add mine webhook --stdin", { stdin: hook.url });
      use(40);
      await home.run("collect --notify", at(0));
      use(99);
      const first = await home.run("collect --notify", at(5));
      assertEquals(first.code, 0);
      assertStringIncludes(first.stderr, "a message was not accepted");
      assertStringIncludes(
        (await home.run("alerts", at(5))).stdout,
        "mine: waiting, The webhook answered with status 503",
      );
      assertEquals((await home.run("alerts send", at(8))).stdout, "1 message sent, 0 failed\n");
      assertEquals(hook.received.length, 2);
    });
  }));

Deno.test("a secret of a channel is not accepted as an argument, and never shown", () =>
  withCliHome(async (home) => {
    const typed = await home.run("channels add phone ntfy --set topic=hidden-topic");
    assertEquals(typed.code, 2);
    assertStringIncludes(typed.stderr, "topic is not taken as an argument");
    await home.run("channels add phone ntfy", { answers: ["hidden-topic", ""] });
    for (const command of ["channels", "channels --json", "alerts --json"]) {
      assert(!(await home.run(command)).stdout.includes("hidden-topic"), command);
    }
    assertEquals((await home.run("channels remove phone")).code, 0);
    const mail =
      "channels add m mail --set host=127.0.0.1 --set port=1 --set to=a@b.c --set from=a@b.c --set encryption=none --stdin";
    assertEquals((await home.run(mail, { stdin: "" })).code, 0);
    assertStringIncludes(
      (await home.run("channels test m")).stderr,
      "m: The mail server 127.0.0.1:1 cannot be reached",
    );
    await home.run("channels remove m");
    assertStringIncludes(
      (await home.run("channels remove phone")).stderr,
      "There is no channel phone; there are no channels at all",
    );
  }));

Deno.test("--sandbox grants the reach of channels, and names no secret", () =>
  withCliHome(async (home) => {
    await home.run("channels add phone ntfy --set server=https://ntfy.example:8443 --stdin", {
      stdin: "hidden-topic",
    });
    await home.run("channels add chat slack --stdin", {
      stdin: "https://hooks.example/services/hidden-path",
    });
    await home.run("channels add term tmux");
    const flags = (await home.run("doctor --permissions")).stdout;
    assertMatch(flags, /^--allow-net=127\.0\.0\.1:9211,hooks\.example,ntfy\.example$/m);
    assertStringIncludes(flags, "--allow-run=tmux");
    assert(!flags.includes("hidden"), flags);
    const env = {
      SYNTRACK_UPDATE_URL: "https://releases.example/syntrack",
      SYNTRACK_UPDATE_KEY: btoa("k".repeat(32)),
    };
    const hosts = async (switched: string) =>
      (await home.run("doctor --permissions", { env: { ...env, SYNTRACK_UPDATE_CHECK: switched } })).stdout
        .match(/^--allow-net=(.*)$/m)?.[1];
    assertEquals(await hosts("off"), "127.0.0.1:9211,hooks.example,ntfy.example");
    assertEquals(await hosts("on"), "127.0.0.1:9211,hooks.example,ntfy.example,releases.example");
  }));

Deno.test("`alerts test` sends one message by a channel, and reports the result", () =>
  withCliHome(async (home) => {
    await using hook = startReceiver((count) => new Response(null, { status: count === 1 ? 200 : 500 }));
    assertStringIncludes((await home.run("alerts test")).stderr, "alerts test needs the name of a channel");
    assertStringIncludes((await home.run("alerts test phone")).stderr, "There is no channel phone");
    await home.run("channels add phone webhook --stdin", { stdin: hook.url });
    assertEquals((await home.run("alerts test phone")).stdout, "phone accepted the test message\n");
    const [{ kind }] = JSON.parse(hook.received[0]!.text).alerts;
    assertEquals(kind, "test");
    const failed = await home.run("alerts test phone");
    assertEquals([failed.code, failed.stdout], [1, ""]);
    assertStringIncludes(failed.stderr, "phone: The webhook answered with status 500");
  }));

Deno.test("snoozes state how long they last, and refuse unknown targets", () =>
  withCliHome(async (home) => {
    assertEquals(
      (await home.run("alerts snooze all --for 2h")).stdout,
      "Alerts of all are snoozed for 2h\n",
    );
    assertEquals((await home.run("alerts unsnooze")).stdout, "1 snooze ended\n");
    assertStringIncludes(
      (await home.run("alerts snooze zai")).stderr,
      '"zai" is neither all nor an account nor a quota',
    );
    assertStringIncludes(
      (await home.run("alerts snooze all --for soon")).stderr,
      "Expected a time such as 30m, 4h or 2d",
    );
  }));

Deno.test("explain states by which channels an alert was sent, which hold it back, and until when", () =>
  withCliHome(async (home) => {
    await using hook = startReceiver();
    await withSynthetic(home, async (use) => {
      const add = (name: string, more: string) =>
        home.run(`channels add ${name} webhook --stdin ${more}`, { stdin: `url=${hook.url}\n` });
      await add("loud", "");
      await add("grave", "--least critical");
      await add("night", "--quiet-hours 00:00-23:59 --urgent none");
      use(40);
      await home.run("collect --notify", at(0));
      use(85);
      await home.run("collect --notify", at(5));
      const { stdout } = await home.run("alerts explain", at(6));
      assertStringIncludes(stdout, "already-raised: it was raised before");
      assertMatch(stdout, /threshold by loud: sent\n/);
      assertMatch(stdout, /threshold by grave: not-wanted, the channel does not take/);
      assertMatch(stdout, /threshold by night: quiet-hours, sent .*at 23:59 \(in /);
      await home.run("alerts snooze synthetic/default", at(6));
      use(97);
      await home.run("collect --notify", at(10));
      const explained = await home.json("alerts explain --json", at(11)) as {
        readonly decisions: readonly {
          readonly kind: string;
          readonly reason: string;
          readonly deliveries: readonly { readonly channel: string; readonly reason: string }[];
        }[];
      };
      const threshold = explained.decisions.find(({ kind, reason }) =>
        kind === "threshold" && reason === "already-raised"
      );
      assertEquals(threshold?.deliveries.map(({ channel, reason }) => `${channel} ${reason}`).sort(), [
        "grave snoozed",
        "loud snoozed",
        "night snoozed",
      ]);
    });
  }));

Deno.test("a snooze lasts for a time, until an hour in the zone or until the reset, and is listed until it ends", () =>
  withCliHome(async (home) => {
    const resetsAt = new Date(NOW + 3 * 3_600_000).toISOString();
    await using vendor = startVendor(() =>
      Response.json({ subscription: { limit: 100, requests: 40, renewsAt: resetsAt } })
    );
    home.env.SYNTHETIC_API_KEY = "syn-a-secret-key";
    home.env.SYNTRACK_SYNTHETIC_BASE_URL = vendor.origin;
    await home.run("collect", at(0));
    const until = async (more: string) =>
      (await home.json(`alerts snooze synthetic/default --json ${more}`, at(0)) as {
        readonly until: string;
      })
        .until;
    assertEquals(await until("--until reset"), resetsAt);
    const clock = await until("--until 00:30");
    assertEquals(new Date(clock).getTime() > NOW && Date.parse(clock) - NOW <= 86_400_000, true);
    assertEquals(
      await until(`--until ${new Date(NOW + 60_000).toISOString()}`),
      new Date(NOW + 60_000).toISOString(),
    );
    assertMatch(
      (await home.run("alerts", at(0))).stdout,
      /Snoozed until \d{4}-\d\d-\d\d \d\d:\d\d: synthetic\/default\n/,
    );
    assertEquals((await home.run("alerts", at(2))).stdout.includes("Snoozed"), false);
    for (
      const [words, said] of [
        ["synthetic/defualt", "synthetic/default"],
        ["all --until yesterday", "Expected reset, a time such as 18:00"],
        ["all --until 2020-01-01T00:00:00Z", "Expected reset, a time such as 18:00"],
        ["all --until 18:00 --for 2h", "takes --for or --until, not both"],
      ] as const
    ) {
      const { code, stderr } = await home.run(`alerts snooze ${words}`, at(0));
      assertEquals(code, 2);
      assertStringIncludes(stderr, said);
    }
  }));

Deno.test("a channel gets a summary of use at its hour, once", () =>
  withCliHome(async (home) => {
    await using hook = startReceiver();
    await withSynthetic(home, async (use) => {
      // NOW is the afternoon of the 21st in UTC.
      await home.run("channels add mine webhook --stdin --daily 08:00 --weekly mon-08:00", {
        stdin: hook.url,
      });
      const changed = await home.run("channels change mine --weekly none --quiet-hours 22:00-07:00");
      assertEquals(changed.stdout, "mine takes daily 08:00; every kind; quiet 22:00-07:00\n");
      const takes = async (args: string) => (await home.run(`channels change mine ${args}`)).stdout;
      assertEquals(
        await takes("--kinds used-up,back --least warning --quiet-hours none"),
        "mine takes daily 08:00; used-up, back from warning on\n",
      );
      assertEquals(await takes("--kinds none"), "mine takes daily 08:00; no alerts\n");
      const nothing = await home.run("channels change mine --daily none");
      assertEquals(nothing.code, 2);
      assertStringIncludes(nothing.stderr, "A channel takes at least one kind, or a summary");
      for (const kind of ["summary", "test"]) {
        const refused = await home.run(`channels change mine --kinds used-up,${kind}`);
        assertEquals(refused.code, 2);
        assertStringIncludes(refused.stderr, `kind of alert for channels "${kind}"`);
      }
      assertEquals(await takes("--kinds all"), "mine takes daily 08:00; every kind from warning on\n");
      use(40);
      await home.run("collect --notify", at(0));
      use(60);
      await home.run("collect --notify", at(60));
      const day = 24 * 60;
      for (const minute of [day, day + 5, day + 60]) await home.run("collect --notify --force", at(minute));
      assertEquals(hook.received.length, 1);
      const [summary] = JSON.parse(hook.received[0]!.text).alerts;
      assertEquals(summary.kind, "summary");
      assertMatch(summary.text, /% of its limit \(20 requests\), at most 60% at once/);
      const why = await home.run("alerts explain", at(day + 70));
      assertMatch(why.stdout, /daily by mine, next/);
    });
    const wrong = await home.run("channels change mine --daily 25:00");
    assertEquals(wrong.code, 2);
    assertStringIncludes(wrong.stderr, '"25:00" is not a time for a summary');
  }));

Deno.test("a budget is set for an account by name, listed, and refused for an invalid amount", () =>
  withCliHome(async (home) => {
    await withSynthetic(home, async (use) => {
      use(40);
      await home.run("collect", at(0));
      const set = await home.run("alerts budget synthetic/default 50");
      assertEquals([set.code, set.stderr], [0, ""]);
      assertStringIncludes(set.stdout, "more than 50 in a calendar month");
      assertEquals((await home.run("alerts budget")).stdout, "synthetic/default: 50 a month\n");
      assertStringIncludes(
        (await home.run("alerts budget synthetic/default ten")).stderr,
        "needs an amount of money",
      );
      assertStringIncludes((await home.run("alerts budget acme/x 5")).stderr, "acme/x");
      assertStringIncludes((await home.run("alerts budget synthetic/default 0")).stdout, "has no budget");
    });
  }));

Deno.test("a budget says its currency: the one typed, or that of the account's money", () =>
  withCliHome(async (home) => {
    const unit = { unit: "credits", currency: "CNY" } as const;
    const window = { kind: "calendar", seconds: null } as const;
    const money = { quota: "month", ...unit, limit: null, remaining: null, window };
    await home.fill([["2026-11-20 12:00", 10], ["2026-11-21 12:00", 20]], money, "acme/api");
    const set = async (typed: string) => (await home.run(`alerts budget acme/api ${typed}`)).stdout;
    assertStringIncludes(await set("50"), "more than 50.00 CNY in a calendar month");
    assertStringIncludes(await set("7.5 --currency usd"), "more than $7.50 in a calendar month");
    // The currency stays until another is typed.
    assertStringIncludes(await set("8"), "more than $8.00 in a calendar month");
    assertEquals((await home.run("alerts budget")).stdout, "acme/api: $8.00 a month\n");
    assertEquals(await home.json("alerts budget --json"), {
      schemaVersion: 1,
      budgets: [{ account: "acme/api", budget: 8, currency: "USD" }],
    });
    const wrong = await home.run("alerts budget acme/api 50 --currency dollars");
    assertEquals([wrong.code, wrong.stderr.includes("three letters")], [2, true]);
    for (const args of ["alerts --currency EUR", "alerts budget acme/api --currency EUR"]) {
      assertEquals((await home.run(args)).code, 2, args);
    }
  }));

Deno.test("alerts are listed, explained and replayed of the chosen accounts only, and other actions choose by name", () =>
  withCliHome(async (home) => {
    for (const account of ["acme/work", "beta/work"] as const) {
      await home.fill([["2026-11-21 12:00", 10], ["2026-11-21 12:50", 130]], {}, account);
    }
    type Explained = { readonly decisions: readonly { readonly account: string }[] };
    const explained = async (options: string) => {
      const { decisions } = await home.json(`alerts explain ${options} --json`) as Explained;
      return [...new Set(decisions.map(({ account }) => account))];
    };
    assertEquals(await explained(""), ["acme/work", "beta/work"]);
    assertEquals(await explained("--account work --quota beta/work/five-hour"), ["beta/work"]);
    assertEquals(await explained("--account home"), []);
    assertStringIncludes(
      (await home.run("alerts explain --account home")).stdout,
      "No account or quota matches",
    );
    const count = async (options: string) =>
      (await home.json(`alerts replay ${options} --json`) as { readonly count: number }).count;
    assertEquals([await count(""), await count("--account work"), await count("--account home")], [2, 2, 0]);
    for (const [action, option] of [["snooze all", "account work"], ["replay", "quota five-hour"]] as const) {
      const { code, stderr } = await home.run(`alerts ${action} --${option}`);
      assertEquals(code, 2);
      assertStringIncludes(stderr, `alerts ${action.split(" ")[0]} takes no --${option.split(" ")[0]}`);
    }
  }));
