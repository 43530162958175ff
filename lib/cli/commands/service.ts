/** `syntrack service`: makes the system start this program and keep it running. */
import type { ServiceSpec } from "../../daemon/service/service.ts";
import { SYSTEM_HOME } from "../../daemon/service/service.ts";
import { cronLine } from "../../daemon/service/others.ts";
import { ownProgram } from "../background.ts";
import { formatPairs } from "../grid.ts";
import { EXIT_FAILED, EXIT_OK, failure, usageError } from "../io.ts";
import { fileStates, install, uninstall } from "../service/install.ts";
import { createCron, createSystemd, type Manager, managerFor } from "../service/managers.ts";
import { createRunner } from "../service/runner.ts";
import type { ServiceAction } from "../table_daemon.ts";
import type { Tools } from "../tools.ts";
import { hasFlag } from "../values.ts";

export function service(tools: Tools): number {
  const action = tools.typed.operands[0] as ServiceAction;
  const spec = readSpec(tools);
  const runner = createRunner(tools.io);
  const around = { io: tools.io, spec, runner };
  const isCron = hasFlag(tools.typed, "cron");
  const isPrinted = hasFlag(tools.typed, "print");
  tools.recordAction(isPrinted ? null : { detail: { for: spec.scope, cron: isCron } });
  if (isPrinted) return print(tools, isCron ? null : createPrinted(around), spec);
  const manager = isCron ? createCron(around) : managerFor(around);
  switch (action) {
    case "install":
      checkReachable(tools, spec);
      install(manager);
      say(tools, { manager: manager.name, installed: true, files: manager.files.map(({ path }) => path) }, [
        `Installed: ${manager.name}`,
        ...manager.files.map(({ path }) => `  ${path}`),
        ...manager.notes,
      ]);
      return EXIT_OK;
    case "uninstall": {
      const removed = uninstall(manager);
      const text = removed.length === 0 && manager.files.length > 0
        ? "Nothing of ours is installed there"
        : `Removed: ${manager.name}. Data, settings and logs were left as they are`;
      say(tools, { manager: manager.name, removed }, [text, ...removed.map((path) => `  ${path}`)]);
      return EXIT_OK;
    }
    case "status":
      return printStatus(tools, manager);
  }
}

function printStatus(tools: Tools, manager: Manager): number {
  const files = fileStates(manager);
  const state = manager.obstacle() ?? manager.state();
  const isThere = files.every(([, text]) => text !== "not there");
  if (tools.json) tools.printJson({ manager: manager.name, state, files: Object.fromEntries(files) });
  else {tools.print(
      ...formatPairs([["Manager", manager.name], ["State", state], ...files], {
        paint: tools.paint,
        width: tools.width,
      }),
    );}
  return isThere ? EXIT_OK : EXIT_FAILED;
}

/** On Linux always systemd, even if absent here: the files are printed to be copied to another machine. */
function createPrinted(around: Parameters<typeof managerFor>[0]): Manager {
  return Deno.build.os === "linux" ? createSystemd(around) : managerFor(around);
}

function print(tools: Tools, manager: Manager | null, spec: ServiceSpec): number {
  if (manager === null) tools.print(cronLine(spec));
  else {
    for (const { path, text } of manager.files) {
      if (manager.files.length > 1) tools.print(`# ${path}`);
      tools.print(text.trimEnd());
    }
  }
  return EXIT_OK;
}

function say(tools: Tools, json: object, lines: readonly string[]): void {
  if (tools.json) tools.printJson(json);
  else tools.print(...lines);
}

/** A dedicated system user sees no home folder. @throws {CliError} */
function checkReachable({ io }: Tools, { scope, program }: ServiceSpec): void {
  const inHome = program.find((word) =>
    io.home !== null && word.startsWith(`${io.home}/`) || /^\/(?:home|root)\//.test(word)
  );
  if (scope !== "system" || inHome === undefined) return;
  throw failure(
    `A system service cannot see ${inHome}, which is in a home directory. Nothing was changed`,
    "Put the executable into /usr/local/bin and run that, or install with --user",
  );
}

function readSpec(tools: Tools): ServiceSpec {
  const has = (name: string) => hasFlag(tools.typed, name);
  if (has("user") && has("system")) throw usageError("--user and --system exclude each other");
  if (has("cron") && (has("system") || has("collect-timer") || has("tailscale"))) {
    throw usageError("--cron is a line in your own crontab that polls; it requires --print");
  }
  if (has("collect-timer") && has("tailscale")) {
    throw usageError("--tailscale is for the server, and --collect-timer only polls");
  }
  const { home } = tools.io;
  if (home === null) throw failure("There is no home folder. Nothing was changed", "Set HOME");
  const scope = has("system") ? "system" : "user";
  return {
    program: ownProgram(tools.io),
    scope,
    tailscale: has("tailscale"),
    home: scope === "system" ? SYSTEM_HOME : home,
    collectTimer: has("collect-timer"),
  };
}
