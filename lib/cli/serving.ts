/** Binds the port of `serve` and `demo`, explains when it is taken, and waits for the end. */
import type { Endpoint } from "../app/listen/listen.ts";
import {
  BindError,
  ListenRefused,
  NotBuilt,
  type RunningServer,
  type ServerOptions,
  startServer,
} from "../app/server.ts";
import { formatOrigin } from "../net/address.ts";
import { failure, type Io, usageError } from "./io.ts";

export interface Binding extends ServerOptions {
  /** True to take any free port when this one is taken, instead of giving up. */
  readonly orAnyFree?: boolean;
}

/** @throws {CliError} when the port is taken or not allowed, or the dashboard is not built */
export async function bind({ orAnyFree = false, ...options }: Binding): Promise<RunningServer> {
  try {
    return await startServer(options);
  } catch (error) {
    if (error instanceof BindError) {
      if (orAnyFree && error.cause instanceof Deno.errors.AddrInUse) {
        return await startServer({ ...options, port: 0 });
      }
      throw await bindFailure(error);
    }
    if (error instanceof ListenRefused) throw usageError(error.message, error.hint);
    if (error instanceof NotBuilt) {
      throw failure(
        "The dashboard is not built yet",
        "Run `deno task build` once, or use the released program",
      );
    }
    throw error;
  }
}

async function bindFailure({ endpoint, cause }: BindError): Promise<Error> {
  const { AddrInUse, AddrNotAvailable, PermissionDenied } = Deno.errors;
  if ("path" in endpoint) return socketFailure(endpoint.path, cause);
  const { hostname, port } = endpoint;
  if (cause instanceof AddrInUse) {
    return failure(
      `Port ${port} on ${hostname} is in use by ${await findHolder(endpoint)}`,
      "Choose another with --port, or 0 for any free port",
    );
  }
  if (cause instanceof PermissionDenied) {
    return failure(`Port ${port} on ${hostname} may not be used by this user`, "Choose another with --port");
  }
  if (cause instanceof AddrNotAvailable) {
    return failure(`Cannot listen on ${hostname}: it is not an address of this machine`, addressesHint());
  }
  return failure(
    `Cannot listen on ${hostname}: ${cause instanceof Error ? cause.message : "unknown reason"}`,
  );
}

function socketFailure(path: string, cause: unknown): Error {
  if (cause instanceof Deno.errors.AddrInUse) {
    return failure(
      `Cannot listen on the socket ${path}: ${cause.message}`,
      "Choose another path with --unix",
    );
  }
  const reason = cause instanceof Error ? cause.name : "unknown reason";
  return failure(
    `Cannot listen on the socket ${path} (${reason})`,
    "Name a folder you may write to with --unix",
  );
}

function addressesHint(): string {
  try {
    const own = Deno.networkInterfaces().map(({ address }) => address).filter((one) =>
      !one.startsWith("fe80:")
    );
    return `It has ${[...new Set(own)].join(", ")}`;
  } catch {
    return "Name one of its own with --host, or all with --bind-all";
  }
}

/** Only a program that accepts connections and answers none, or a busy machine, takes that long. */
const ASK_MS = 5_000;

/** Describes which program holds a port, as far as a request to it can tell. */
async function findHolder({ hostname, port }: Extract<Endpoint, { hostname: string }>): Promise<string> {
  const origin = formatOrigin("http", hostname, port);
  try {
    const response = await fetch(`${origin}/api/health`, {
      signal: AbortSignal.timeout(ASK_MS),
    });
    const health: unknown = await response.json();
    const isOurs = typeof health === "object" && health !== null && "instance" in health &&
      "status" in health;
    if (isOurs) return `another syntrack, which shows ${origin}`;
  } catch {
    // It does not respond like one of ours.
  }
  return "another program";
}

/** Resolves when the user or the system asks to end, or `signal` is aborted. */
export function waitUntilStopped(io: Io): { readonly stopped: Promise<void>; readonly signal: AbortSignal } {
  const controller = new AbortController();
  const stopped = new Promise<void>((resolve) => {
    io.onStop(() => {
      controller.abort();
      resolve();
    });
  });
  return { stopped, signal: controller.signal };
}
