/**
 * Every page and route gives the same answer on the oldest runtime with the key-value database as on ours with SQLite,
 * except for what docs/deno-deploy.md names.
 */
import { join } from "node:path";
import { ROUTES } from "../../../lib/access/routes.ts";
import { type Instance, startInstance } from "../../../dev/deploy_sim/platform.ts";
import { ensureBuilt } from "../../../dev/build.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { cacheOf, OLDEST, runtimeTest } from "../../support/old_runtimes.ts";

const NOW = Date.UTC(2026, 10, 2, 8);

/** Differences between two instances at any time. */
const OWN: readonly (readonly [RegExp, string])[] = [
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "UUID"],
  [/nonce="[0-9a-f]{32}"/g, "NONCE"],
  [/2\.(?:5\.0|9\.\d+)/g, "RUNTIME"],
  [/(\d\d:\d\d):\d\d(?:\.\d{1,3})?/g, "$1"],
  [/\b1793\d{9}(?:\.\d+)?\b/g, "INSTANT"],
  [/127\.0\.0\.1:\d+/g, "HOST"],
  [/"nextAt":"[^"]*"/g, "NEXT"],
  [/"publicKey":"[^"]*"/g, "KEY"],
  // The list belongs to the runtime.
  [/<option\s+value="[A-Z][A-Za-z]+(?:\/[A-Za-z_+\-0-9]+)*"(?: selected)?>(?:[^<]*<\/option>)?/g, ""],
  [/\b\d+(?:\.\d+)? (?:[KMG]i?B|bytes|ms)\b/g, "SIZE"],
];

/** Paths that never end, redirect, or are about the process: memory, versions, times. */
const LEFT_OUT =
  /stream|socket|\/live$|^\/metrics$|^\/api\/metrics|\/logout|process|\/api\/health$|^\/health$|logs|vitals|\/version$/;

function addresses(): readonly string[] {
  return ROUTES.filter(({ methods }) => "GET" in methods)
    .map(({ path }) =>
      path.replace(":provider", "acme").replace(":name", "a0").replace(":quota", "window").replace(
        /:[a-z]+\*?/gi,
        "none",
      )
    )
    .filter((path) => !LEFT_OUT.test(path));
}

function plain(text: string): string {
  return OWN.reduce((rest, [pattern, word]) => rest.replaceAll(pattern, word), text);
}

async function answers(instance: Instance): Promise<ReadonlyMap<string, string>> {
  assertEquals(await instance.cron(), true);
  const found = new Map<string, string>();
  for (const path of addresses()) {
    const answer = await instance.ask(path);
    found.set(path, answer === null ? "none" : `${answer.status} ${plain(answer.text)}`);
  }
  return found;
}

runtimeTest(
  OLDEST,
  `every address answers the same on Deno ${OLDEST} with KV as here with SQLite`,
  async (runtime) => {
    await ensureBuilt();
    const folder = await Deno.makeTempDir({ prefix: "syntrack-same-" });
    const vendor = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      () => Response.json({ used: 123, limit: 400, resetsAt: NOW + 1_800_000 }),
    );
    const options = {
      vendor: `http://127.0.0.1:${vendor.addr.port}`,
      accounts: 2,
      now: () => NOW,
      env: { SIM_FROZEN: "1" },
    };
    const told: string[] = [];
    const started = await Promise.all([
      startInstance({
        ...options,
        database: `kv:${join(folder, "a.kv")}`,
        runtime,
        env: { ...options.env, DENO_DIR: await cacheOf(runtime) },
        report: (line) => told.push(line),
      }),
      startInstance({ ...options, database: join(folder, "b.db"), report: (line) => told.push(line) }),
    ]);
    try {
      const [old, ours] = await Promise.all(started.map(answers));
      assert(ours!.size > 50, `${ours!.size} addresses`);
      const differing = [...ours!].filter(([path, answer]) => old!.get(path) !== answer)
        .map(([path, answer]) => [path, firstDifference(answer, old!.get(path) ?? "")]);
      assertEquals(differing, [], told.join("\n"));
      const works = [...ours!.values()].filter((answer) => answer.startsWith("200 "));
      assert(works.length > 40, `${works.length} answered`);
    } finally {
      await Promise.all(started.map((one) => one.kill()));
      await vendor.shutdown();
      await Deno.remove(folder, { recursive: true });
    }
  },
);

function firstDifference(ours: string, old: string): string {
  let at = 0;
  while (at < ours.length && ours[at] === old[at]) at++;
  const from = Math.max(0, at - 60);
  return `${ours.slice(from, at + 80)} <> ${old.slice(from, at + 80)}`;
}
