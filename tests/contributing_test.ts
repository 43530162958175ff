/** The examples of CONTRIBUTING.md work: they are extracted, type-checked and run. */
import { basename } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { exampleFile, examples, writeExamples } from "../dev/examples.ts";
import type { ChannelContext, ChannelType, Message } from "../lib/alerts/channel.ts";
import { makeTools } from "../lib/cli/make_tools.ts";
import type { CommandRow } from "../lib/cli/table.ts";
import type { Provider } from "../lib/provider/contract.ts";
import { withCliHome } from "./cli/support.ts";
import { assert, assertEquals, assertRejects } from "./support/assert.ts";
import { checkQuotas, exchangesOf, type Fixture, settingOfFixture } from "./support/exchange.ts";
import { createFakeContext } from "./support/fake_context.ts";
import { checkReadings } from "./support/check_readings.ts";

const ROOT = new URL("../", import.meta.url);
/** Where dev/test.ts has written the examples that it checks together with the project, which takes a fraction of a check of their own. */
const CHECKED = "SYNTRACK_TEST_CHECKED_EXAMPLES";

/** Writes the examples to a folder. */
async function withExamples(
  work: (urlOf: (path: string) => string, files: readonly string[]) => Promise<void>,
) {
  const folder = await Deno.makeTempDir({ prefix: "syntrack-examples-" });
  try {
    const files = await writeExamples(folder);
    await work((path) => pathToFileURL(exampleFile(folder, path)).href, files);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("there is an example for a provider, a command, a page and a channel", () => {
  assertEquals([...examples.keys()], [
    "providers/acme.ts",
    "tests/fixtures/acme/normal_2026-11-21.json",
    "lib/cli/commands/resets.ts",
    "lib/cli/table_resets.ts",
    "routes/resets.tsx",
    "lib/alerts/channels/acme_pager.ts",
  ]);
});

Deno.test("the examples have the right types", () =>
  withExamples(async (_, files) => {
    const checked = Deno.env.get(CHECKED);
    if (checked !== undefined) {
      const contents = (paths: readonly string[]) =>
        Promise.all(paths.map((path) => Deno.readTextFile(path)));
      const given = checked.split("\n");
      assertEquals(given.map((path) => basename(path)), files.map((path) => basename(path)));
      assertEquals(await contents(given), await contents(files));
      return;
    }
    const config = new URL("deno.json", ROOT);
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["check", "--quiet", "--config", fileURLToPath(config), ...files],
      env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" },
    }).output();
    assert(success, new TextDecoder().decode(stderr));
  }));

Deno.test("the provider example reads its fixture as expected", () =>
  withExamples(async (urlOf) => {
    const { acme }: { acme: Provider } = await import(urlOf("providers/acme.ts"));
    const fixture: Fixture = JSON.parse(examples.get("tests/fixtures/acme/normal_2026-11-21.json") ?? "");
    const ctx = createFakeContext({ ...settingOfFixture(fixture), exchanges: exchangesOf(fixture) });
    const [account] = await acme.accounts(ctx);
    assert(account);
    const answer = await acme.read(ctx, account);
    checkReadings(answer.readings);
    checkQuotas(answer.readings, fixture.expect.quotas ?? []);
    assertEquals(answer.dropped?.map(({ what }) => what), fixture.expect.dropped);
    assertEquals(await acme.accounts(createFakeContext()), []);
    const changed = createFakeContext({ ...settingOfFixture(fixture), answer: () => Response.json({}) });
    await assertRejects(() => acme.read(changed, account), /"credits" does not fit/);
  }));

Deno.test("the command example lists the next resets, as text and as JSON", () =>
  withExamples(async (urlOf) => {
    const { resets } = await import(urlOf("lib/cli/commands/resets.ts"));
    const { RESETS }: { RESETS: CommandRow } = await import(urlOf("lib/cli/table_resets.ts"));
    assertEquals(RESETS.name, "resets");
    await withCliHome(async (place) => {
      const run = async (options: Readonly<Record<string, true>>) => {
        const io = place.io();
        await using tools = makeTools({ command: "status", operands: [], options }, io);
        assertEquals(await resets(tools), 0);
        return io.ran().stdout;
      };
      assertEquals(await run({}), "No reset is known.\n");
      const resetsAt = Date.parse("2026-11-21T15:00:00Z");
      await place.fill([["2026-11-21 12:00", 4]], { quota: "requests", resetsAt });
      assertEquals(await run({}), "2026-11-21 15:00  acme/work/requests\n");
      assertEquals(JSON.parse(await run({ json: true })).resets, [
        { key: "acme/work/requests", resetsAt: "2026-11-21T15:00:00.000Z" },
      ]);
    });
  }));

Deno.test("the channel example sends a message with its key, and reports a rejection", () =>
  withExamples(async (urlOf) => {
    const { acmePager }: { acmePager: ChannelType } = await import(
      urlOf("lib/alerts/channels/acme_pager.ts")
    );
    assertEquals(acmePager.reach({}, "linux").hosts, ["pager.acme.example"]);
    assertEquals([acmePager.check?.({ team: "ops" }), acmePager.check?.({})], [null, null]);
    assert(acmePager.check?.({ team: "Ops!" }));
    const asked: { readonly url: string; readonly init: RequestInit }[] = [];
    const context = (status: number): ChannelContext => ({
      settings: { key: "k-1", team: "ops" },
      request(url, init) {
        asked.push({ url, init });
        return Promise.resolve({ status, text: "", retryAfterMs: null });
      },
      admit: () => Promise.reject(new TypeError("No socket is used")),
      run: () => Promise.reject(new TypeError("No command is run")),
      os: "linux",
      now: () => 0,
      signal: new AbortController().signal,
    });
    const message: Message = {
      id: "m1",
      alerts: [],
      title: "Low\nquota",
      text: "10% left",
      long: "10% left",
      severity: "critical",
      at: 0,
    };
    await acmePager.send(message, context(200));
    const [{ url, init }] = asked as [typeof asked[number]];
    const headers = new Headers(init.headers);
    assertEquals([url, headers.get("authorization"), headers.get("idempotency-key")], [
      "https://pager.acme.example/v1/pages",
      "Bearer k-1",
      "m1",
    ]);
    assertEquals(JSON.parse(String(init.body)), {
      title: "Low quota",
      text: "10% left",
      urgent: true,
      team: "ops",
    });
    await assertRejects(() => acmePager.send(message, context(500)), /Acme Pager answered with status 500/);
  }));
