/** The examples of CONTRIBUTING.md are code that works: they are extracted, type-checked, and run. */
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { makeTools } from "../lib/cli/make_tools.ts";
import type { CommandRow } from "../lib/cli/table.ts";
import type { Provider } from "../lib/provider/contract.ts";
import { inPlace } from "./cli/support.ts";
import { assert, assertEquals, assertRejects } from "./support/assert.ts";
import { checkQuotas, exchangesOf, type Fixture, settingOfFixture } from "./support/exchange.ts";
import { createFakeAsking } from "./support/fake_asking.ts";
import { checkReadings } from "./support/sound.ts";

const ROOT = new URL("../", import.meta.url);
const TEXT = await Deno.readTextFile(new URL("CONTRIBUTING.md", ROOT));

/** Fenced examples that name their file, by that name. */
function examplesIn(markdown: string): ReadonlyMap<string, string> {
  const blocks = markdown.matchAll(/^```(?:tsx?|json) (\S+)\n([\s\S]*?)^```$/gm);
  return new Map([...blocks].map(([, path = "", code = ""]) => [path, code]));
}

const examples = examplesIn(TEXT);

/** Writes the examples to a folder, with what they import from the project named by its whole address. */
async function withExamples(work: (urlOf: (path: string) => string, files: string[]) => Promise<void>) {
  const folder = await Deno.makeTempDir({ prefix: "syntrack-examples-" });
  const fileOf = (path: string) => join(folder, path.replaceAll("/", "-"));
  try {
    const code = [...examples].filter(([path]) => !path.endsWith(".json"));
    for (const [path, text] of code) {
      const addressed = text.replaceAll(
        /(from ")((?:\.\.?|@)\/[^"]+)"/g,
        (_, from, to) =>
          `${from}${to.startsWith("@/") ? new URL(to.slice(2), ROOT) : new URL(to, new URL(path, ROOT))}"`,
      );
      await Deno.writeTextFile(fileOf(path), addressed);
    }
    await work((path) => pathToFileURL(fileOf(path)).href, code.map(([path]) => fileOf(path)));
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
    "lib/alerts/webhook.ts",
  ]);
});

Deno.test("the examples have the right types", () =>
  withExamples(async (_, files) => {
    const config = new URL("deno.json", ROOT);
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["check", "--quiet", "--config", fileURLToPath(config), ...files],
      env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" },
    }).output();
    assert(success, new TextDecoder().decode(stderr));
  }));

Deno.test("the provider of the example makes of its fixture what that expects", () =>
  withExamples(async (urlOf) => {
    const { acme }: { acme: Provider } = await import(urlOf("providers/acme.ts"));
    const fixture: Fixture = JSON.parse(examples.get("tests/fixtures/acme/normal_2026-11-21.json") ?? "");
    const ctx = createFakeAsking({ ...settingOfFixture(fixture), exchanges: exchangesOf(fixture) });
    const [account] = await acme.accounts(ctx);
    assert(account);
    const answer = await acme.read(ctx, account);
    checkReadings(answer.readings);
    checkQuotas(answer.readings, fixture.expect.quotas ?? []);
    assertEquals(answer.dropped?.map(({ what }) => what), fixture.expect.dropped);
    assertEquals(await acme.accounts(createFakeAsking()), []);
    const changed = createFakeAsking({ ...settingOfFixture(fixture), answer: () => Response.json({}) });
    await assertRejects(() => acme.read(changed, account), /"credits" does not fit/);
  }));

Deno.test("the command of the example lists what resets next, as text and as JSON", () =>
  withExamples(async (urlOf) => {
    const { resets } = await import(urlOf("lib/cli/commands/resets.ts"));
    const { RESETS }: { RESETS: CommandRow } = await import(urlOf("lib/cli/table_resets.ts"));
    assertEquals(RESETS.name, "resets");
    await inPlace(async (place) => {
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

Deno.test("the channel of the example delivers a notice, and says when it could not", () =>
  withExamples(async (urlOf) => {
    const { webhook } = await import(urlOf("lib/alerts/webhook.ts"));
    const channel = webhook(new URL("https://hook.acme.example/x"));
    const notice = { quota: "acme/work/requests", title: "Low", text: "10% left", at: 0 };
    const ctx = createFakeAsking({ answer: () => new Response(null, { status: 204 }) });
    await channel.send(ctx, notice);
    assertEquals(JSON.parse(ctx.requests[0]?.body ?? ""), { ...notice, at: "1970-01-01T00:00:00.000Z" });
    const broken = createFakeAsking({ answer: () => new Response(null, { status: 500 }) });
    await assertRejects(() => channel.send(broken, notice), /status 500/);
  }));
