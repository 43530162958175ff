/**
 * `syntrack demo`: the whole program against a fake vendor, with a month of history; it leaves nothing
 * behind.
 */
import { resolve } from "../../base/path.ts";
import type { Store } from "../../store/store.ts";
import { type Composed, openStore } from "../../app/compose.ts";
import { providers } from "../../app/set_up.ts";
import { systemTimezone } from "../../config/system.ts";
import { type Demo, pollForever, prepareDemo } from "../../demo/mod.ts";
import { readProviders, readScenario, scenarioLines } from "../demo_choice.ts";
import { CliError, EXIT_INTERRUPTED, EXIT_OK, failure, usageError } from "../io.ts";
import { exists } from "../new_file.ts";
import { checkProgram } from "../program_for.ts";
import { bind, waitUntilStopped } from "../serving.ts";
import type { Tools } from "../tools.ts";
import { hasFlag, parseTypedText, wholeNumber } from "../values.ts";

const PORT = 9212;
const MAX_SEED = 2 ** 31 - 1;

export async function demo(tools: Tools): Promise<number> {
  if (parseTypedText(tools.typed, "scenario") === "list") {
    tools.print(scenarioLines());
    return EXIT_OK;
  }
  if (parseTypedText(tools.typed, "config") !== undefined) {
    throw usageError("The demo takes no --config: it shows none of your data and reads none of your files");
  }
  const seed = wholeNumber(tools.typed, "seed", 1, 0, MAX_SEED);
  const vendors = readProviders(tools.typed);
  const scenario = readScenario(tools.typed);
  const keep = parseTypedText(tools.typed, "keep");
  if (keep !== undefined && exists(resolve(tools.io.cwd, keep))) {
    throw failure(
      `Cannot write ${JSON.stringify(keep)}: it exists already`,
      "Name a file that does not exist",
    );
  }
  const { stopped, signal } = waitUntilStopped(tools.io);
  const zone = parseTypedText(tools.typed, "timezone") ?? systemTimezone();
  const demoRun = await prepareDemo({
    clock: tools.clock,
    providers,
    seed,
    zone,
    vendors,
    ...scenario ? { scenario } : {},
  });
  try {
    if (keep === undefined) await run(tools, demoRun, stopped, signal);
    else await keepMonth(tools, demoRun, resolve(tools.io.cwd, keep), signal);
  } finally {
    await demoRun.close();
  }
  return EXIT_OK;
}

/** Writes the month to a database that stays, for trying the command line. Never leaves half of one. */
async function keepMonth(tools: Tools, demoRun: Demo, path: string, signal: AbortSignal): Promise<void> {
  const part = `${path}.${crypto.randomUUID().slice(0, 8)}.part`;
  try {
    {
      const { config } = checkProgram(tools, {
        quiet: true,
        environment: demoRun.environment,
        providers: demoRun.providers,
        flags: { db: part },
      });
      await using store = await openStore(config);
      await fill(tools, demoRun, store, signal);
    }
    if (signal.aborted) throw new CliError(EXIT_INTERRUPTED, "Interrupted: nothing was kept");
    Deno.renameSync(part, path);
  } finally {
    for (const suffix of ["", "-wal", "-shm"]) if (exists(part + suffix)) Deno.removeSync(part + suffix);
  }
  if (tools.json) tools.printJson({ db: path, accounts: demoRun.story.vendors.length });
  else tools.print(`Wrote ${path}. Try: syntrack status --db ${path}`);
}

/** Reports progress; on a terminal, in one line that is erased again. */
async function fill(tools: Tools, demoRun: Demo, store: Store, signal: AbortSignal): Promise<void> {
  const { stderr } = tools.io;
  tools.report(`Making up a month of readings for ${demoRun.story.vendors.length} accounts`);
  let shownPercent = -1;
  await demoRun.fill(store, {
    signal,
    onProgress(share) {
      const percent = Math.floor(share * 100);
      if (!stderr.isTty || tools.io.env.TERM === "dumb" || percent === shownPercent) return;
      shownPercent = percent;
      stderr.write(`\r${percent}%`);
    },
  });
  if (shownPercent >= 0) stderr.write("\r\x1b[K");
}

async function run(tools: Tools, demoRun: Demo, stopped: Promise<void>, signal: AbortSignal): Promise<void> {
  const { typed } = tools;
  const port = parseTypedText(typed, "port");
  const program = checkProgram(tools, {
    quiet: true,
    environment: demoRun.environment,
    providers: demoRun.providers,
    flags: { db: demoRun.dbPath, port: port ?? String(PORT) },
  });
  await using store = await openStore(program.config);
  await fill(tools, demoRun, store, signal);
  if (signal.aborted) return;
  const composed = program.compose(store, { demo: true });
  await composed.scheduler.discover();
  const server = await bind({
    composed,
    port: program.config.port,
    orAnyFree: port === undefined,
  });
  try {
    if (tools.json) tools.printJson({ url: server.url, port: server.port });
    else tools.print(server.url);
    tools.report("All of it is made up, and gone when you stop it with Ctrl-C");
    // With another instant as the present, nothing can be live.
    if (!hasFlag(typed, "no-live") && parseTypedText(typed, "now") === undefined) {
      composed.start();
      void pollFast(tools, composed, signal);
    }
    await stopped;
  } finally {
    await server.stop();
  }
}

/** Polls far more often than a vendor would like, so that there is something to see. */
async function pollFast(tools: Tools, { scheduler }: Composed, signal: AbortSignal): Promise<void> {
  try {
    await pollForever({ pollNow: () => scheduler.pollNow(), clock: tools.clock, signal });
  } catch (error) {
    if (!signal.aborted) tools.report(`syntrack: ${error instanceof Error ? error.message : error}`);
  }
}
