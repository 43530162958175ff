/** `syntrack serve`: polls and serves the dashboard until stopped. */
import { openStore } from "../../app/compose.ts";
import { moveFormerDatabase } from "../../app/move_database.ts";
import { EXIT_OK, usageError } from "../io.ts";
import { keepLines } from "../keep_lines.ts";
import { checkProgram, type ProgramOptions } from "../program_for.ts";
import { createRegistration, createStopLimit } from "../registered.ts";
import { bind, waitUntilStopped } from "../serving.ts";
import { systemTailnet } from "../tailnet.ts";
import { answerCommands } from "../remote/answer_commands.ts";
import type { Tools } from "../tools.ts";
import { hasFlag, parseTypedText } from "../values.ts";

export async function serve(tools: Tools): Promise<number> {
  if (parseTypedText(tools.typed, "now") !== undefined) {
    throw usageError("--now is for commands that answer once; a server follows the clock");
  }
  if (hasFlag(tools.typed, "silent") && !tools.io.child) {
    const { serveSilently } = await import("../silent.ts");
    return await serveSilently(tools);
  }
  if (hasFlag(tools.typed, "sandbox")) {
    const { serveInSandbox } = await import("../sandbox.ts");
    return await serveInSandbox(tools);
  }
  return await serveHere(tools);
}

/** Runs the server itself, until it stops. */
export async function serveHere(tools: Tools, options: ProgramOptions = {}): Promise<number> {
  const program = checkProgram(tools, options);
  const { config } = program;
  using stopLimit = createStopLimit(tools);
  // Released last: a process that waits for the end relies on the database being closed by then.
  using registration = createRegistration(tools);
  for (const line of moveFormerDatabase({ ...config, ...tools.io })) tools.report(line);
  await using store = await openStore(config);
  for (const warning of store.warnings) tools.report(`syntrack: warning: ${warning}`);
  const composed = program.compose(store, {
    instanceId: registration.instance,
    answers: answerCommands(tools.io, tools.typed),
  });
  await composed.scheduler.discover();
  const { stopped, signal } = waitUntilStopped(tools.io);
  if (parseTypedText(tools.typed, "auth-token") !== undefined) {
    tools.report(
      "syntrack: warning: others on this machine see the arguments of programs, --auth-token among them",
    );
  }
  const { access } = composed;
  let code: string | null = null;
  const server = await bind({
    composed,
    listen: config.listen,
    port: config.port,
    tailnet: systemTailnet(config),
    report: tools.report,
    signal,
    control: registration.control,
    async canSignIn() {
      if (await access.canSignIn()) return true;
      // The code is for the user at the terminal; a log of the output must not contain it.
      if (tools.io.stderr.isTty) code = access.setUp.issue();
      return code !== null;
    },
  });
  const lines = keepLines(composed.hub, {
    io: tools.io,
    dbPath: config.dbPath,
    store: () => Promise.resolve(store),
  });
  try {
    await registration.enter(server, config.dbPath);
    const { url, urls, port, tailnetAddress, warnings } = server;
    const detected = tailnetAddress === null ? [] : [`Detected Tailscale IP: ${tailnetAddress}`];
    if (tools.json) tools.printJson({ url, port, urls, tailnetAddress });
    else tools.print(...detected, ...urls);
    for (const warning of warnings) tools.report(`syntrack: warning: ${warning}`);
    tools.report(describeStart(composed.scheduler.accounts().length, config.dbPath));
    if (code !== null) tools.report(setUpText(code, url));
    composed.start();
    await Promise.race([stopped, registration.stopRequested]);
    tools.report("Stopping");
    stopLimit.begin();
  } finally {
    await lines.stop();
    await server.stop();
  }
  return EXIT_OK;
}

function setUpText(code: string, url: string): string {
  return `No one can sign in yet. Open ${url}/set-up within 15 minutes and use the code ${code} to create the first admin`;
}

function describeStart(accounts: number, dbPath: string): string {
  const watched = accounts === 0
    ? "No account is configured yet: `syntrack providers` says what to set, and it is picked up without a restart"
    : `Watching ${accounts} ${accounts === 1 ? "account" : "accounts"}`;
  return `${watched}\nDatabase ${dbPath}. Stop with Ctrl-C`;
}
