/**
 * This machine's tailnet, from Tailscale's own command if commands may run, and from the network interfaces.
 */
import { createTailnet, type Tailnet } from "../app/serve/tailnet.ts";
import type { Config } from "../config/config.ts";
import { runCommand } from "../sandbox/run.ts";

/** In the order to try; on macOS the application contains it. */
const COMMANDS: readonly string[] = Deno.build.os === "darwin"
  ? ["tailscale", "/Applications/Tailscale.app/Contents/MacOS/Tailscale"]
  : ["tailscale"];
const TIMEOUT_MS = 5000;

export function systemTailnet({ listen, runCommands }: Config): Tailnet {
  return createTailnet({
    manual: listen.tailscaleIp,
    async run(args) {
      if (!runCommands) return null;
      for (const command of COMMANDS) {
        const signal = new AbortController().signal;
        const ran = await runCommand(command, args, { timeoutMs: TIMEOUT_MS, signal });
        if (ran) return ran;
      }
      return null;
    },
    interfaces() {
      try {
        return Deno.networkInterfaces().map(({ name, address }) => ({ name, address }));
      } catch {
        // This process has no permission for it.
        return null;
      }
    },
  });
}
