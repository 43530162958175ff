/** `syntrack demo`: the whole program against a fake vendor, with a month of history, and nothing left behind. */
import { type Composed, openStore } from "../../app/compose.ts";
import { providers } from "../../app/set_up.ts";
import { systemTimezone } from "../../config/system.ts";
import { type Demo, pollForever, prepareDemo } from "../../demo/mod.ts";
import { providersOf, scenarioLines, scenarioOf } from "../demo_choice.ts";
import { EXIT_OK, usageError } from "../io.ts";
import { checkedProgram } from "../program_for.ts";
import { bind, untilStopped } from "../serving.ts";
import type { Tools } from "../tools.ts";
import { hasFlag, textOf, wholeNumber } from "../values.ts";

const PORT = 9212;
const MAX_SEED = 2 ** 31 - 1;

export async function demo(tools: Tools): Promise<number> {
  if (textOf(tools.typed, "scenario") === "list") {
    tools.print(scenarioLines());
    return EXIT_OK;
  }
  if (textOf(tools.typed, "config") !== undefined) {
    throw usageError("The demo takes no --config: it shows nothing of yours and heeds no file of yours");
  }
  const seed = wholeNumber(tools.typed, "seed", 1, 0, MAX_SEED);
  const vendors = providersOf(tools.typed);
  const scenario = scenarioOf(tools.typed);
  const { stopped, signal } = untilStopped(tools.io);
  const zone = textOf(tools.typed, "timezone") ?? systemTimezone();
  const made = await prepareDemo({
    clock: tools.clock,
    providers,
    seed,
    zone,
    vendors,
    ...scenario ? { scenario } : {},
  });
  try {
    await run(tools, made, stopped, signal);
  } finally {
    await made.close();
  }
  return EXIT_OK;
}

async function run(tools: Tools, made: Demo, stopped: Promise<void>, signal: AbortSignal): Promise<void> {
  const { typed } = tools;
  const port = textOf(typed, "port");
  const program = checkedProgram(tools, {
    quiet: true,
    environment: made.environment,
    providers: made.providers,
    flags: { db: made.dbPath, port: port ?? String(PORT) },
  });
  await using store = await openStore(program.config);
  tools.tell(`Making up a month of readings of ${made.story.vendors.length} accounts`);
  await made.fill(store, { signal });
  if (signal.aborted) return;
  const composed = program.compose(store, { demo: true });
  await composed.scheduler.look();
  const server = await bind({
    composed,
    port: program.config.port,
    orAnyFree: port === undefined,
  });
  try {
    if (tools.json) tools.printJson({ url: server.url, port: server.port });
    else tools.print(server.url);
    tools.tell("All of it is made up, and gone when you stop it with Ctrl-C");
    // As of another instant there is nothing to be live about.
    if (!hasFlag(typed, "no-live") && textOf(typed, "now") === undefined) {
      composed.start();
      void live(tools, composed, signal);
    }
    await stopped;
  } finally {
    await server.stop();
  }
}

/** Polls far more often than a vendor would like, so that there is something to see. */
async function live(tools: Tools, { scheduler }: Composed, signal: AbortSignal): Promise<void> {
  try {
    await pollForever({ pollNow: () => scheduler.pollNow(), clock: tools.clock, signal });
  } catch (error) {
    if (!signal.aborted) tools.tell(`syntrack: ${error instanceof Error ? error.message : error}`);
  }
}
