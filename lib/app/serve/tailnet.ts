/** Finds this machine's address in the tailnet, and waits for it at boot. */
import type { Clock } from "../../base/clock.ts";
import { type NetworkInterface, readTailscaleStatus, tailnetAddresses } from "../../net/tailnet.ts";
import { ListenRefused } from "./permit.ts";

export type FoundTailnet =
  | { readonly addresses: readonly string[]; readonly names: readonly string[] }
  /** Why there is none, as a clause. */
  | { readonly missing: string };

export interface Tailnet {
  find(): Promise<FoundTailnet>;
}

export interface TailnetParts {
  /** The configured address, which is then the only one. */
  readonly manual: string | null;
  /** Runs `tailscale`; null when it is missing or may not be run. */
  readonly run: (
    args: readonly string[],
  ) => Promise<{ readonly code: number; readonly stdout: string } | null>;
  /** Null when they may not be listed. */
  readonly interfaces: () => readonly NetworkInterface[] | null;
}

export function createTailnet({ manual, run, interfaces }: TailnetParts): Tailnet {
  return {
    async find() {
      const status = await readStatus(run);
      const names = listNames(status?.name ?? null);
      const own = interfaces();
      if (manual !== null) {
        const isHere = own === null || own.some(({ address }) => address === manual);
        return isHere
          ? { addresses: [manual], names }
          : { missing: `no interface has the address ${manual}` };
      }
      if (status?.state === "Running" && status.addresses.length > 0) {
        return { addresses: status.addresses, names };
      }
      // The command may talk to another user's daemon; an interface that is up is what counts.
      const addresses = tailnetAddresses(own ?? []);
      if (addresses.length > 0) return { addresses, names };
      return {
        missing: status === null
          ? "no interface has an address in 100.64.0.0/10 or fd7a:115c:a1e0::/48, and the tailscale command gave no answer"
          : `tailscale reports the state ${status.state}, and no interface has an address of a tailnet`,
      };
    },
  };
}

async function readStatus(run: TailnetParts["run"]) {
  try {
    const ran = await run(["status", "--json", "--peers=false"]);
    // The command exits with 1 while it is stopped, but still prints its status.
    return ran === null ? null : readTailscaleStatus(ran.stdout);
  } catch {
    return null;
  }
}

/** Returns the full name and its first part, which MagicDNS resolves inside the tailnet. */
function listNames(name: string | null): readonly string[] {
  return name === null ? [] : [name, name.split(".")[0]!];
}

const LOOK_EVERY_MS = 1000;

export interface WaitOptions {
  readonly waitMs: number;
  readonly clock: Pick<Clock, "sleep">;
  /** Called once when there is something to wait for. */
  readonly report: (message: string) => void;
  readonly signal: AbortSignal;
}

/** @throws {ListenRefused} when there is no address in time */
export async function waitForTailnet(
  tailnet: Tailnet,
  { waitMs, clock, report, signal }: WaitOptions,
): Promise<Exclude<FoundTailnet, { missing: string }>> {
  for (let waited = 0;; waited += LOOK_EVERY_MS) {
    const found = await tailnet.find();
    if ("addresses" in found) return found;
    if (waited >= waitMs || signal.aborted) {
      const after = waitMs === 0 ? "" : ` within ${waitMs / 1000} s`;
      throw new ListenRefused(
        `Cannot listen on the tailnet: no address of it was found${after} (${found.missing})`,
        "Start it with `tailscale up`, name the address with --tailscale-ip ADDRESS, or wait for it with --tailscale-wait 60s",
      );
    }
    if (waited === 0) report(`Waiting up to ${waitMs / 1000} s for the tailnet: ${found.missing}`);
    await clock.sleep(LOOK_EVERY_MS, signal);
  }
}
