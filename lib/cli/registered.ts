/**
 * A server that this user's other processes can find, query and stop: its run file, its control route, and its
 * shutdown.
 */
import { explainError } from "../base/text.ts";
import { type Control, type ControlListener, createControl, openControlListener } from "../daemon/control.ts";
import { type ClaimedRun, claimRun, readPidSpace } from "../daemon/run_file.ts";
import type { RunningServer } from "../app/server.ts";
import { VERSION } from "../base/version.ts";
import { pathsFor } from "./daemon_paths.ts";
import { forwardOptions } from "./forward_options.ts";
import type { Tools } from "./tools.ts";
import { hasFlag } from "./values.ts";

export interface Registration extends Disposable {
  readonly instance: string;
  readonly control: Control;
  /** Resolves when an authorized caller asks this server to stop. */
  readonly stopRequested: Promise<void>;
  /** Writes the run file, which disposal removes. Never fails: a server that others cannot find still serves. */
  enter(server: RunningServer, database: string): Promise<void>;
}

export function createRegistration(tools: Tools): Registration {
  const { io, typed } = tools;
  const { child } = io;
  const instance = child?.instance ?? crypto.randomUUID();
  const token = crypto.getRandomValues(new Uint8Array(32)).toHex();
  let claimed: ClaimedRun | null = null;
  let listener: ControlListener | null = null;
  const stopRequest = Promise.withResolvers<void>();
  const control = createControl({ token, instance }, stopRequest.resolve);
  const paths = pathsFor(io, hasFlag(typed, "test"));
  return {
    instance,
    control,
    stopRequested: stopRequest.promise,
    async enter({ url, port }, database) {
      if (paths === null) return;
      try {
        listener = url.startsWith("http:") ? null : openListener(control, instance);
        claimed = await claimRun(paths.runFolder, {
          instance,
          pid: Deno.pid,
          pidSpace: readPidSpace(),
          url,
          ...listener && { controlUrl: listener.url },
          port,
          startedAt: Date.now(),
          version: VERSION,
          token,
          database,
          log: child?.log ?? null,
          ...io.executable === undefined ? {} : { program: io.executable },
          args: forwardOptions(typed).args,
        });
        if (claimed === null) {
          tools.report(
            `syntrack: warning: another server of yours is already registered for port ${port}, so \`syntrack stop\` ` +
              "reaches that one; stop this one with Ctrl-C or by its process id",
          );
          return;
        }
        const { leftBehind } = claimed;
        if (leftBehind !== null) {
          const since = new Date(leftBehind.startedAt).toISOString();
          tools.report(
            `The server before this one (process ${leftBehind.pid}, since ${since}) did not shut down properly. ` +
              "The database was checked: it is intact, and no stored data is lost",
          );
        }
      } catch (error) {
        const reason = explainError(error);
        tools.report(
          `syntrack: warning: cannot write ${
            JSON.stringify(paths.runFolder)
          }: ${reason}. It serves anyway, ` +
            "and `syntrack stop` cannot find it",
        );
      }
    },
    [Symbol.dispose]() {
      claimed?.release();
      listener?.[Symbol.dispose]();
    },
  };
}

/** Opens the control route; without one, a signal stops the server. */
function openListener(control: Control, instance: string): ControlListener | null {
  try {
    return openControlListener(control, { instance });
  } catch {
    return null;
  }
}

/** Responses and polls in progress get five seconds of this. */
const MAX_STOP_MS = 10_000;

/** Kills the process if it has not stopped in time after `begin`. Dispose it last. */
export function createStopLimit(tools: Pick<Tools, "report">): { begin(): void } & Disposable {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    begin() {
      const begun = setTimeout(() => {
        tools.report("syntrack: the server did not stop within 10 s and was ended");
        Deno.exit(1);
      }, MAX_STOP_MS);
      Deno.unrefTimer(begun);
      timer = begun;
    },
    [Symbol.dispose]: () => clearTimeout(timer),
  };
}
