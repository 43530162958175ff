/** Collects, from the program itself, the fields of every JSON document of a command, and the columns of exports. */
import { type CliHome, ORACLE_DAY, type Terminal, withCliHome } from "../cli/support.ts";
import { ReleaseSite } from "../release/release_site.ts";
import { exchangesOf, fixtureOf } from "./exchange.ts";
import { utc } from "./readings.ts";
import { startVendor } from "./vendor.ts";

/** Commands that print JSON, each with the arguments that show most of it. Others print none, or the same as serve. */
const JSON_COMMANDS = [
  "collect",
  "status",
  "history -d 7",
  "stats",
  "chart",
  "query current",
  "query today",
  "query yesterday",
  "query week",
  "query burn-rate",
  "query history",
  "query daily",
  "query weekly",
  "query summary",
  "forecast",
  "insights --range 30d",
  "cycles",
  "sessions",
  "guard --max-age 90d --min-remaining 1",
  "backtest",
  "db check",
  "db size",
  "providers",
  "providers detect",
  "doctor",
  "account list",
  "config",
  "config check",
  "config path",
] as const;

/** More commands, in an order in which each has something to list, in a place with money and a plan. */
const IN_TURN: readonly (readonly [args: string, terminal?: Terminal])[] = [
  ["spend"],
  ["horizon"],
  ["status --daemon"],
  ["status --format json"],
  ["health"],
  ["stop"],
  ["logs"],
  ["update --check"],
  ["feeds add wall --kind calendar"],
  ["feeds list"],
  ["feeds revoke wall"],
  ["notes add renewed"],
  ["notes list"],
  ["key create wall"],
  ["key list"],
  ["key revoke wall"],
  ["user add ada --role admin --stdin", { stdin: "correct horse battery\n" }],
  ["user list"],
  ["token generate"],
  ["alerts budget acme/api 20"],
  ["alerts budget"],
  ["alerts explain"],
  ["alerts replay"],
  ["alerts send"],
  ["alerts list"],
  ["alerts snooze all"],
  ["alerts unsnooze"],
  ["channels add phone ntfy --stdin", { stdin: "topic=a-topic-of-a-test\n" }],
  ["channels list"],
  ["channels types"],
  ["channels remove phone"],
  ["statusline install --yes"],
  ["audit"],
  ["db backup copy.db"],
];

const EXPORTS = ["readings", "buckets", "cycles", "sessions", "notes"] as const;

export async function commandFields(): Promise<readonly string[]> {
  const found: string[] = [];
  await withCliHome(async (place) => {
    await fillPlace(place);
    await using vendor = startVendor(exchangesOf(fixtureOf("synthetic", "normal_v2_2026-11-21")));
    Object.assign(place.env, fixtureOf("synthetic", "normal_v2_2026-11-21").settings, {
      SYNTRACK_SYNTHETIC_BASE_URL: vendor.origin,
    });
    await place.run("notes add renewed");
    for (const args of JSON_COMMANDS) found.push(...await documentFields(place, args));
    for (const what of EXPORTS) {
      const name = `export --what ${what}`;
      const [heading = ""] = (await place.run(`${name} -f csv`)).stdout.split("\n");
      found.push(...heading.trim().split(",").map((column) => `${name} -f csv: ${column}`));
      const [line = ""] = (await place.run(`${name} -f ndjson`)).stdout.split("\n");
      found.push(...fieldsOf(JSON.parse(line)).map((field) => `${name} -f ndjson: ${field}`));
      found.push(
        ...fieldsOf(await place.json(`${name} -f json`)).map((field) => `${name} -f json: ${field}`),
      );
    }
    const failed = await place.run("status --json --db missing.db");
    found.push(...fieldsOf(JSON.parse(failed.stderr)).map((field) => `stderr: ${field}`));
  });
  await withCliHome(async (place) => {
    await fillPlace(place);
    await fillMoney(place);
    const site = await ReleaseSite.open(place.folder);
    try {
      await site.publish("9.9.9", "#!/bin/sh\n");
      Object.assign(place.env, { SYNTRACK_UPDATE_URL: site.url, SYNTRACK_UPDATE_KEY: site.key.publicKey });
      for (const [args, terminal] of IN_TURN) found.push(...await documentFields(place, args, terminal));
    } finally {
      await site.close();
    }
  });
  return found;
}

/** Returns `status: headline.text` for each field in the output of a command. */
async function documentFields(place: CliHome, args: string, terminal?: Terminal): Promise<readonly string[]> {
  const { stdout, stderr } = await place.run(args.includes("--format") ? args : `${args} --json`, terminal);
  const [command = ""] = args.split(" -");
  // Options of status produce separate documents; the word after a command and its action is a name.
  const name = command === "status" ? args : command.split(" ").slice(0, 2).join(" ");
  try {
    return fieldsOf(JSON.parse(stdout)).map((field) => `${name}: ${field}`);
  } catch {
    throw new Error(`"${args}" prints no JSON: ${stdout}${stderr}`);
  }
}

/** Adds an amount that grows over the month, and a plan whose week fills up. */
async function fillMoney(place: CliHome): Promise<void> {
  const days = ["17", "18", "19", "20", "21"].map((day, at) =>
    [`2026-11-${day} 12:00`, 10 + 5 * at] as const
  );
  await place.fill(days, {
    ...{ quota: "month", label: "Month", unit: "usd", limit: null, remaining: null },
    ...{ window: { kind: "calendar", seconds: null }, resetsAt: utc("2026-12-01 00:00") },
  }, "acme/api");
  await place.fill(days, {
    ...{ quota: "week", label: "Week", unit: "percent", limit: 100, remaining: null },
    ...{ window: { kind: "fixed", seconds: 7 * 86_400 }, resetsAt: utc("2026-11-24 00:00") },
  }, "acme/plan");
}

/** Adds two days with resets, so that there is a rate, a forecast, cycles and sessions. */
async function fillPlace(place: CliHome): Promise<void> {
  const dayBefore = ORACLE_DAY.map(([at, used]) => [at.replace("11-21", "11-20"), used] as const);
  await place.fill([...dayBefore, ...ORACLE_DAY], { label: "Requests" });
}

/** Returns the paths of all fields: `a`, `a.b`, `list[].c`. Fields whose names are data appear as `*`. */
export function fieldsOf(value: unknown, path = ""): readonly string[] {
  if (Array.isArray(value)) return unique(value.flatMap((item) => fieldsOf(item, `${path}[]`)));
  if (typeof value !== "object" || value === null) return [];
  return unique(
    Object.entries(value).flatMap(([name, member]) => {
      const own = /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? name : "*";
      const at = path === "" ? own : `${path}.${own}`;
      return [at, ...fieldsOf(member, at)];
    }),
  );
}

function unique(names: readonly string[]): readonly string[] {
  return [...new Set(names)];
}
