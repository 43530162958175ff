/**
 * Ports that are known before anybody binds them. They are none of those that the system gives to whoever asks for any
 * port, or for a connection: another test could be given such a one at any time.
 */
import { until } from "./until.ts";

/**
 * Nobody listens at it. The port of a listener that was just closed is no such port: a child process that another test is
 * just starting has a copy of the listener. Requests to port 1 never leave the runtime.
 */
export const CLOSED_PORT = 2;

/** Below the ports that Linux, macOS and Windows give out by themselves. */
const [FIRST, COUNT] = [20_000, 10_000];

/** Returns a port of the loopback address for a program that is started with it. */
export function freePort(): number {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * COUNT);
    try {
      Deno.listen({ hostname: "127.0.0.1", port }).close();
      return port;
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
}

/**
 * Starts a server at a port that was closed here a moment ago. A child process that another test is just starting keeps a
 * closed listener for a moment.
 */
export async function bindAgain<T>(start: () => Promise<T>): Promise<T> {
  const found: T[] = [];
  await until("a closed port to be free", async () => {
    try {
      return found.push(await start()) > 0;
    } catch (error) {
      const cause = error instanceof Error ? error.cause ?? error : error;
      if (cause instanceof Deno.errors.AddrInUse) return false;
      throw error;
    }
  });
  return found[0]!;
}

/** Reports whether nobody listens there: wait `until` it is, for the same reason. */
export async function isClosed(
  where: { readonly hostname: string; readonly port: number },
): Promise<boolean> {
  try {
    (await Deno.connect(where)).close();
    return false;
  } catch (error) {
    if (error instanceof Deno.errors.ConnectionRefused) return true;
    throw error;
  }
}
