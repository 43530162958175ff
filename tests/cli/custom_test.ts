import { dirname, join } from "node:path";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { startVendor } from "../support/vendor.ts";
import { createFixedClock } from "../../lib/base/clock.ts";
import { NOW, withCliHome } from "./support.ts";

/** Some hours later: a recent poll would return its own answer. */
const later = (hours: number) => ({ clock: createFixedClock(NOW + hours * 3_600_000) });

const KEY = "TESTONLY-key-0123456789";

function declaration(url: string, more: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    id: "team",
    label: "Team proxy",
    request: { url, auth: { type: "bearer" } },
    quotas: [{
      key: "calls",
      label: "Calls",
      unit: "requests",
      used: { path: "used" },
      limit: { literal: 100 },
    }],
    ...more,
  });
}

Deno.test("a source is declared with its key and polled, and its key does not follow a changed URL", async () => {
  await using vendor = startVendor(() => Response.json({ used: 12 }));
  await withCliHome(async (place) => {
    const file = join(place.folder, "team.json");
    await Deno.writeTextFile(file, declaration(`${vendor.origin}/v1/me`));
    const added = await place.run(
      `account add custom --file ${file} --stdin --set SYNTRACK_CUSTOM_TEAM_ALLOW_PRIVATE=1`,
      { stdin: `${KEY}\n` },
    );
    assertEquals([added.code, added.stderr], [0, ""]);
    assertStringIncludes(added.stdout, "Team proxy is declared as custom-team, its key stored, encrypted");
    const kept = join(place.folder, ".syntrack", "custom", "team.json");
    assert(!(await Deno.readTextFile(kept)).includes(KEY));
    if (Deno.build.os !== "windows") assertEquals((await Deno.stat(kept)).mode! & 0o777, 0o600);

    const polled = await place.run("collect --provider custom-team --json");
    assertEquals(polled.code, 0, polled.stderr);
    const [account] = JSON.parse(polled.stdout).accounts;
    assertEquals([account.outcome, account.quotas[0].used, account.quotas[0].utilization], ["ok", 12, 0.12]);
    assertEquals(vendor.requests.map((sent) => sent.headers.get("authorization")), [`Bearer ${KEY}`]);

    // Someone else changes the file: the key stays where it is.
    await Deno.writeTextFile(kept, declaration(`${vendor.origin.replace("127.0.0.1", "localhost")}/v1/me`));
    const moved = await place.run("collect --provider custom-team --json", later(1));
    assertEquals(JSON.parse(moved.stdout).accounts[0].outcome, "auth");
    assertMatch(JSON.parse(moved.stdout).accounts[0].hint, /enter the key again/);
    assertEquals(vendor.requests.length, 1);

    // Its owner does, and enters the key again.
    await Deno.writeTextFile(file, declaration(`${vendor.origin.replace("127.0.0.1", "localhost")}/v1/me`));
    const again = await place.run(
      `account add custom --file ${file} --stdin --set SYNTRACK_CUSTOM_TEAM_ALLOW_PRIVATE=1`,
      { stdin: KEY },
    );
    assertEquals([again.code, again.stderr], [0, ""]);
    const back = await place.run("collect --provider custom-team --json", later(9));
    assertEquals(
      JSON.parse(back.stdout).accounts.map(({ outcome }: { outcome: string }) => outcome),
      ["ok"],
      back.stdout,
    );
  });
});

Deno.test("a broken declaration is reported completely, and nothing of it is stored", async () => {
  await withCliHome(async (place) => {
    const file = join(place.folder, "team.json");
    await Deno.writeTextFile(file, declaration("https://a:b@quota.example/", { quotas: [], colour: "red" }));
    const ran = await place.run(`account add custom --file ${file} --stdin`, { stdin: KEY });
    assertEquals(ran.code, 2);
    for (const part of ["request.url", "user name or password", "quotas", "colour", "Nothing was changed"]) {
      assertStringIncludes(ran.stderr, part);
    }
    assert(!ran.stderr.includes(KEY));
    const kept = await Deno.stat(join(place.folder, ".syntrack", "custom")).then(() => true, () => false);
    assertEquals(kept, false);
    const absent = await place.run("account add custom --file nowhere.json --stdin", { stdin: KEY });
    assertEquals(absent.code, 2);
    assertStringIncludes(absent.stderr, "There is no file");
    const other = await place.run(`account add zai --file ${file}`);
    assertStringIncludes(other.stderr, "account add custom --file FILE");
  });
});

Deno.test("a broken declaration in its folder does not hide other sources", async () => {
  await withCliHome(async (place) => {
    const folder = join(place.folder, ".syntrack", "custom");
    await Deno.mkdir(folder, { recursive: true });
    await Deno.writeTextFile(join(folder, "broken.json"), "{");
    await Deno.writeTextFile(join(folder, "team.json"), declaration("https://quota.example/"));
    const listed = await place.run("providers --json");
    assertStringIncludes(listed.stdout, "custom-team");
    const polled = await place.run("collect");
    assertEquals(polled.code, 2);
    assertStringIncludes(polled.stderr, "~/.syntrack/custom/broken.json: is not JSON");
  });
});

Deno.test("sources can be declared in the config file as well", async () => {
  await using vendor = startVendor(() => Response.json({ left: 5 }));
  await withCliHome(async (place) => {
    const toml = `[[custom]]
id = "lab"
label = "Lab"
request = { url = "${vendor.origin}/" }
[[custom.quotas]]
key = "left"
label = "Left"
unit = "credits"
remaining = { path = "left" }
`;
    const path = join(place.folder, ".syntrack", "config.toml");
    await Deno.mkdir(dirname(path), { recursive: true });
    await Deno.writeTextFile(path, toml, { mode: 0o600 });
    const refused = await place.run("collect --provider custom-lab --json");
    assertEquals(JSON.parse(refused.stdout).accounts[0].outcome, "unavailable");
    assertMatch(JSON.parse(refused.stdout).accounts[0].hint, /set SYNTRACK_CUSTOM_LAB_ALLOW_PRIVATE=1/);
    assertEquals(vendor.requests.length, 0);
    const env = { SYNTRACK_CUSTOM_LAB_ALLOW_PRIVATE: "1" };
    const polled = await place.run("collect --provider custom-lab --json", { env, ...later(1) });
    const [account] = JSON.parse(polled.stdout).accounts;
    assertEquals([account.outcome, account.quotas[0].remaining, account.quotas[0].limit], ["ok", 5, null]);
  });
});

Deno.test("an unlimited quota is said to have no limit, and answers nothing about whether enough is left", async () => {
  await using vendor = startVendor(() => Response.json({ left: -1, cost: 4e-7 }));
  await withCliHome(async (place) => {
    const folder = join(place.folder, ".syntrack", "custom");
    await Deno.mkdir(folder, { recursive: true });
    const source = {
      id: "lab",
      label: "Lab",
      request: { url: `${vendor.origin}/` },
      quotas: [
        { key: "free", label: "Free", unit: "tokens", remaining: { path: "left", unlimitedWhen: -1 } },
        { key: "cost", label: "Cost", unit: "usd", used: { path: "cost" }, limit: { literal: 1e-6 } },
      ],
    };
    await Deno.writeTextFile(join(folder, "lab.json"), JSON.stringify(source));
    const env = { SYNTRACK_CUSTOM_LAB_ALLOW_PRIVATE: "1" };
    const polled = await place.run("collect", { env });
    assertEquals([polled.code, polled.stderr], [0, ""]);
    assertStringIncludes(polled.stdout, "custom-lab/default/free Collected: no limit");
    assertMatch(
      (await place.run("status --long", { env })).stdout,
      /Free \(free\)\n +Usage +no limit\n +Cost/,
    );
    const [free, cost] = (await place.json("status --json", { env }) as {
      accounts: readonly { quotas: readonly { used: number | null; utilization: number | null }[] }[];
    }).accounts[0]!.quotas;
    assertEquals([free!.used, free!.utilization, cost!.used, cost!.utilization], [null, null, 4e-7, 0.4]);
    assertEquals([
      (await place.run("guard", { env })).code,
      (await place.run("guard --quota free", { env })).code,
    ], [
      0,
      69,
    ]);
  });
});

Deno.test("events written by programs are counted, and not twice", async () => {
  await withCliHome(async (place) => {
    const folder = join(place.folder, ".syntrack", "custom");
    await Deno.mkdir(folder, { recursive: true });
    const source = {
      id: "calls",
      label: "My calls",
      events: { integration: "app" },
      quotas: [
        {
          key: "day-tokens",
          label: "Tokens today",
          count: "total_tokens",
          calendar: "day",
          limit: { literal: 1000 },
        },
        { key: "month-cost", label: "Cost this month", count: "cost_usd", calendar: "month" },
      ],
    };
    await Deno.writeTextFile(join(folder, "calls.json"), JSON.stringify(source));
    const events = join(dirname(place.dbPath), "custom", "app.jsonl");
    await Deno.mkdir(dirname(events), { recursive: true });
    const line = (ts: string, more = {}) =>
      `${
        JSON.stringify({
          ts,
          integration: "app",
          provider: "p",
          model: "m",
          prompt_tokens: 100,
          completion_tokens: 50,
          ...more,
        })
      }\n`;
    await Deno.writeTextFile(
      events,
      line("2026-11-21T08:00:00Z", { cost_usd: 0.25 }) + line("2026-11-20T08:00:00Z", { cost_usd: 0.5 }) +
        line("2026-11-21T09:00:00Z", { integration: "other" }) + "not json\n",
    );
    const poll = async (hours: number) => {
      const { stdout, stderr } = await place.run("collect --provider custom-calls --json", later(hours));
      const [account] = JSON.parse(stdout).accounts;
      return { figures: account.quotas.map(({ used }: { used: number }) => used), stderr, account };
    };
    const first = await poll(0);
    assertEquals(first.figures, [150, 0.75]);
    assertEquals(first.account.quotas[0].resetsAt, "2026-11-22T00:00:00.000Z");
    assertEquals((await poll(1)).figures, [150, 0.75]);
  });
});
