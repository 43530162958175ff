/**
 * Runs the demo (or `serve`, with your own keys), and rebuilds and restarts it whenever a source changes.
 *
 *     deno run -A dev/watch.ts [serve | demo] [flags of that command]
 */
import { ensureBuilt } from "./build.ts";

const ROOT = new URL("../", import.meta.url).pathname;
const WATCHED = ["cli.ts", "main.ts", "lib", "routes", "islands", "providers", "static", "dev"];
/** Editors write a file in several steps; changes this close together count as one. */
const SETTLE_MS = 150;

const args = Deno.args.length > 0 ? Deno.args : ["demo"];
let child = await start();
let timer: ReturnType<typeof setTimeout> | undefined;

Deno.addSignalListener("SIGINT", () => {
  child?.kill("SIGTERM");
  Deno.exit(0);
});

for await (const event of Deno.watchFs(WATCHED.map((path) => ROOT + path))) {
  if (event.kind === "access" || event.paths.every((path) => path.includes("/_fresh"))) continue;
  clearTimeout(timer);
  timer = setTimeout(restart, SETTLE_MS);
}

async function restart(): Promise<void> {
  console.error("Changed: building and starting again");
  child?.kill("SIGTERM");
  await child?.status;
  child = await start();
}

/** Builds and starts. Reports a failed build and runs nothing until the next change. */
async function start(): Promise<Deno.ChildProcess | undefined> {
  try {
    await ensureBuilt();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return undefined;
  }
  return new Deno.Command(Deno.execPath(), { args: ["run", "-A", "cli.ts", ...args], cwd: ROOT }).spawn();
}
