/**
 * Measures how fast another tracker's database is imported: half a million rows of the first of them.
 *
 *     deno run -A dev/bench/peer_bench.ts [ROWS]
 */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { ensureBundled } from "../build.ts";

const rows = Number(Deno.args[0] ?? 500_000);
const MINUTE = 60_000;

await ensureBundled();
const folder = await Deno.makeTempDir({ prefix: "syntrack-peer-" });
try {
  const file = join(folder, "usage.db");
  const db = new DatabaseSync(file);
  db.exec(
    "CREATE TABLE usage_snapshots (id INTEGER PRIMARY KEY, collected_at TIMESTAMP, subscription_limit INTEGER, requests_used INTEGER, renews_at TIMESTAMP); BEGIN",
  );
  const insert = db.prepare("INSERT INTO usage_snapshots VALUES (NULL, ?, 135, ?, ?)");
  const from = Date.UTC(2025, 0, 1);
  for (let row = 0; row < rows; row++) {
    const at = from + row * MINUTE;
    const window = Math.floor(at / (300 * MINUTE));
    const renews = new Date((window + 1) * 300 * MINUTE).toISOString();
    insert.run(new Date(at).toISOString(), Math.floor((row % 300) / 3), renews);
  }
  db.exec("COMMIT");
  db.close();
  for (const args of [["--dry-run"], [], []]) {
    const began = performance.now();
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...[
          "run",
          "-A",
          "--no-config",
          "--unstable-cron",
          "--unstable-kv",
          join(import.meta.dirname!, "../../_program/cli.js"),
        ],
        ...["import", "--from", "synthetic-tracker", file, "--db", join(folder, "own.db"), ...args],
      ],
      env: { HOME: folder, SYNTRACK_RUN_COMMANDS: "off" },
    }).output();
    if (code !== 0) throw new Error(new TextDecoder().decode(stderr));
    const seconds = (performance.now() - began) / 1000;
    console.log(
      `${args[0] ?? "import"}: ${seconds.toFixed(1)} s, ${Math.round(rows / seconds)} rows a second`,
    );
  }
} finally {
  await Deno.remove(folder, { recursive: true });
}
