/** Follows this machine's address in the tailnet while the server runs. */
import type { Log } from "../../provider/context.ts";
import type { Clock } from "../../base/clock.ts";
import type { Listener } from "../listen/listen.ts";
import type { BoundEndpoints } from "./bind_endpoints.ts";
import type { Tailnet } from "./tailnet.ts";

const CHECK_EVERY_MS = 15_000;

export interface FollowParts {
  readonly tailnet: Tailnet;
  readonly listener: Pick<Listener, "open">;
  readonly opened: BoundEndpoints;
  /** The initial addresses. */
  readonly addresses: readonly string[];
  /** Called after a change with the current addresses and names. */
  readonly changed: (addresses: readonly string[], names: readonly string[]) => void;
  readonly clock: Pick<Clock, "sleep">;
  readonly log: Pick<Log, "info" | "warn">;
}

/** @returns a function that stops following */
export function followTailnet(parts: FollowParts): () => void {
  const { tailnet, listener, opened, changed, clock, log } = parts;
  const stopped = new AbortController();
  let current = parts.addresses;
  /** The last message, so that it is logged only once. */
  let lastMessage = "";
  const tellOnce = (message: string, fields: Readonly<Record<string, string>>) => {
    const what = JSON.stringify(fields);
    if (what !== lastMessage) log.warn(message, fields);
    lastMessage = what;
  };

  async function look(): Promise<void> {
    const found = await tailnet.find();
    if ("missing" in found) {
      // Keeps listening: the address may return, and nothing else takes its place.
      tellOnce("The tailnet currently has no address for this machine", { why: found.missing });
      return;
    }
    const { addresses, names } = found;
    if (addresses.join() === current.join()) {
      lastMessage = "";
      return;
    }
    for (const address of addresses) {
      if (stopped.signal.aborted || opened.byAddress.has(address)) continue;
      opened.byAddress.set(address, await listener.open({ hostname: address, port: opened.port }));
    }
    const gone = current.filter((address) => !addresses.includes(address));
    current = addresses;
    changed(addresses, names);
    log.info("The tailnet address has changed", { from: gone.join(", "), to: addresses.join(", ") });
    for (const address of gone) {
      const bound = opened.byAddress.get(address);
      opened.byAddress.delete(address);
      // Does not wait: a stream over the old address may last until it breaks.
      void bound?.close();
    }
  }

  void (async () => {
    while (!stopped.signal.aborted) {
      await clock.sleep(CHECK_EVERY_MS, stopped.signal);
      if (stopped.signal.aborted) return;
      await look().catch((error: unknown) =>
        tellOnce("Cannot follow the tailnet address", {
          error: error instanceof Error ? error.message : "unknown",
        })
      );
    }
  })();
  return () => stopped.abort();
}
