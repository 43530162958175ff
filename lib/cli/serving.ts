/** Binding a port for `serve` and `demo`, what to say when it is taken, and waiting for the end. */
import type { Composed } from "../app/compose.ts";
import { NotBuilt, type RunningServer, startServer } from "../app/server.ts";
import { failure, type Io } from "./io.ts";

export interface Binding {
  readonly composed: Composed;
  readonly host: string;
  readonly port: number;
  /** Take any free port where this one is taken, instead of giving up. */
  readonly orAnyFree?: boolean;
}

/** @throws {CliError} when the port is taken or the dashboard is not built */
export async function bind({ composed, host, port, orAnyFree = false }: Binding): Promise<RunningServer> {
  try {
    return await startServer({ composed, host, port });
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) {
      if (orAnyFree) return await startServer({ composed, host, port: 0 });
      throw failure(
        `Port ${port} on ${host} is in use by ${await holderOf(host, port)}`,
        "Choose another with --port, or 0 for any that is free",
      );
    }
    if (error instanceof Deno.errors.PermissionDenied) {
      throw failure(`Port ${port} on ${host} may not be used by this user`, "Choose another with --port");
    }
    if (error instanceof NotBuilt) {
      throw failure(
        "The dashboard is not built yet",
        "Run `deno task build` once, or use the released program",
      );
    }
    throw error;
  }
}

const ASK_MS = 1_000;

/** Who holds a port, as far as asking it can tell. */
async function holderOf(host: string, port: number): Promise<string> {
  try {
    const name = host.includes(":") ? `[${host}]` : host;
    const response = await fetch(`http://${name}:${port}/api/health`, {
      signal: AbortSignal.timeout(ASK_MS),
    });
    const health: unknown = await response.json();
    const isOurs = typeof health === "object" && health !== null && "instance" in health &&
      "accounts" in health;
    if (isOurs) return `another syntrack, which shows http://${name}:${port}`;
  } catch {
    // It does not answer like one of ours.
  }
  return "another program";
}

/** Resolves when the user or the system asks to end, or `signal` is aborted. */
export function untilStopped(io: Io): { readonly stopped: Promise<void>; readonly signal: AbortSignal } {
  const controller = new AbortController();
  const stopped = new Promise<void>((resolve) => {
    io.onStop(() => {
      controller.abort();
      resolve();
    });
  });
  return { stopped, signal: controller.signal };
}
