/**
 * Serves a database like `syntrack serve`, and polls an account again for each line it reads:
 *
 *     deno run -A dev/bench/browser/serve_year.ts FILE
 *
 * It prints its address first and then a line for each poll. A separate process, so that its processor time
 * does not mix with the browser's and the benchmark's.
 */
import { TextLineStream } from "./lines.ts";
import { systemClock } from "../../../lib/base/clock.ts";
import { setUp } from "../../../lib/app/set_up.ts";
import { startServer } from "../../../lib/app/server.ts";
import { openSqliteStore } from "../../../lib/store/sqlite.ts";
import { pollAgain } from "../poll_again.ts";

const [file] = Deno.args;
if (file === undefined) throw new Error("Name the file of the database to serve");
const folder = new URL(".", import.meta.url).pathname;
await using store = await openSqliteStore(file);
const program = setUp({
  env: {},
  cwd: folder,
  home: null,
  clock: systemClock,
  flags: { db: file, timezone: "Europe/Berlin" },
  quietLevel: "error",
  logLine: (line) => console.error(line),
});
const composed = program.compose(store, {});
const server = await startServer({ composed, port: 0 });
const accounts = (await store.latest()).map(({ account }) => account);
console.log(server.url);
let polls = 0;
for await (
  const _ of Deno.stdin.readable.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream())
) {
  await pollAgain(store, composed.hub, accounts[polls++ % accounts.length]!);
  console.log("polled");
}
await server.stop();
