/** Ownership of figures through the whole program: a tool's files and a vendor's answers in, history out. */
import { join } from "node:path";
import { createFixedClock } from "../../lib/base/clock.ts";
import { assertEquals, assertMatch } from "../support/assert.ts";
import { startVendor } from "../support/vendor.ts";
import { type CliHome, NOW, withCliHome } from "./support.ts";

const MINUTE = 60_000;
const PERSONS: Readonly<Record<string, { readonly uuid: string; readonly used: number }>> = {
  a: { uuid: "aaaaaaaa-0000-4000-8000-000000000001", used: 10 },
  b: { uuid: "bbbbbbbb-0000-4000-8000-000000000002", used: 92 },
};

async function signIn(place: CliHome, person: string, bom = ""): Promise<void> {
  await Deno.mkdir(join(place.folder, ".claude"), { recursive: true });
  const claudeAiOauth = {
    accessToken: `sk-ant-oat01-example-${person}`,
    expiresAt: 4_000_000_000_000,
    scopes: ["user:profile"],
  };
  await Deno.writeTextFile(
    join(place.folder, ".claude", ".credentials.json"),
    bom + JSON.stringify({ claudeAiOauth }),
  );
}

const owner = (person: string) => JSON.stringify({ oauthAccount: { accountUuid: PERSONS[person]?.uuid } });

/** A vendor that answers depending on the token; with its profile unless `silent`. */
function startClaude(place: CliHome, state: { silent: boolean }) {
  const vendor = startVendor(({ path, headers }) => {
    const person = PERSONS[headers.get("authorization")?.at(-1) ?? ""];
    if (!person) return new Response(null, { status: 401 });
    if (path === "/api/oauth/profile") {
      return state.silent
        ? new Response(null, { status: 503 })
        : Response.json({ account: { uuid: person.uuid, email: "someone@example.com" } });
    }
    const resets_at = new Date(NOW + 100 * MINUTE).toISOString();
    return Response.json({ five_hour: { utilization: person.used, resets_at } });
  });
  place.env.SYNTRACK_ANTHROPIC_BASE_URL = vendor.origin;
  return vendor;
}

interface Outcomes {
  readonly accounts: readonly {
    readonly account: string;
    readonly outcome: string;
    readonly hint?: string;
  }[];
}

async function collect(place: CliHome, minutes: number) {
  const { stdout } = await place.run("collect --json", { clock: createFixedClock(NOW + minutes * MINUTE) });
  return (JSON.parse(stdout) as Outcomes).accounts;
}

async function history(place: CliHome, account: string): Promise<readonly number[]> {
  const clock = createFixedClock(NOW + 60 * MINUTE);
  const past = await place.json(`history --json -d 1 --account ${account}`, { clock }) as {
    readonly quotas: readonly { readonly readings: readonly { readonly used: number }[] }[];
  };
  return past.quotas.flatMap(({ readings }) => readings.map(({ used }) => used));
}

const FILES: Readonly<Record<string, string>> = {
  "is that of before": owner("a"),
  "is cut off": `{"numStartups":12,"oauthAcc`,
  "is larger than is read": JSON.stringify({ history: "x".repeat(1_100_000) }) + owner("b"),
};

for (const [how, text] of Object.entries(FILES)) {
  Deno.test(`another's credentials are not taken for the owner's if the file beside them ${how}`, () =>
    withCliHome(async (place) => {
      const state = { silent: false };
      await using _vendor = startClaude(place, state);
      const file = join(place.folder, ".claude.json");
      await signIn(place, "a");
      await Deno.writeTextFile(file, owner("a"));
      assertEquals((await collect(place, 0)).map(({ outcome }) => outcome), ["ok"]);
      await signIn(place, "b");
      await Deno.writeTextFile(file, text);
      const [refused] = await collect(place, 10);
      assertEquals([refused?.account, refused?.outcome], ["default", "auth"]);
      const [apart] = await collect(place, 20);
      assertEquals(apart?.outcome, "ok");
      assertEquals(await history(place, "default"), [10]);
      assertEquals(await history(place, apart!.account), [92]);
    }));
}

Deno.test("while the vendor does not state the owner of new credentials, nothing is added and the outcome says so", () =>
  withCliHome(async (place) => {
    const state = { silent: false };
    await using _vendor = startClaude(place, state);
    await signIn(place, "a");
    await Deno.writeTextFile(join(place.folder, ".claude.json"), owner("a"));
    await collect(place, 0);
    state.silent = true;
    await signIn(place, "b");
    const [refused] = await collect(place, 10);
    assertEquals(refused?.outcome, "unavailable");
    assertMatch(refused?.hint ?? "", /its owner is unknown/);
    assertEquals(await history(place, "default"), [10]);
  }));
