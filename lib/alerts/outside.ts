/** What channels can reach outside this program: addresses and commands. */
import type { ChannelContext } from "./channel.ts";
import { ChannelError } from "./channel.ts";
import { checkSocket, guardedRequest, type GuardParts } from "./guarded_request.ts";

/** Variables passed to the user's own command; none contains a secret of ours. */
const PASSED_VARIABLES = [
  "PATH",
  "HOME",
  "LANG",
  "LC_ALL",
  "DISPLAY",
  "WAYLAND_DISPLAY",
  "DBUS_SESSION_BUS_ADDRESS",
  "XDG_RUNTIME_DIR",
  "TMUX",
  "SystemRoot",
  "TEMP",
  "USERPROFILE",
];

export function createOutside(
  { env, signal, os = Deno.build.os, ...guard }: Partial<GuardParts> & {
    readonly env: (name: string) => string | undefined;
    readonly signal?: AbortSignal;
    readonly os?: string;
  },
): Omit<ChannelContext, "settings" | "now" | "signal"> {
  const never = new AbortController().signal;
  return {
    os,
    request: (url, init) => guardedRequest({ fetch: globalThis.fetch, ...guard }, url, init, signal ?? never),
    admit: (host, port, isPlain) => checkSocket(host, port, isPlain, guard.resolve),
    async run(command, args, input, timeoutMs, stopping) {
      const handed = Object.fromEntries(PASSED_VARIABLES.flatMap((name) => {
        const value = env(name);
        return value === undefined ? [] : [[name, value]];
      }));
      let child: Deno.ChildProcess;
      try {
        child = new Deno.Command(command, {
          args: [...args],
          clearEnv: true,
          env: handed,
          stdin: "piped",
          stdout: "null",
          stderr: "null",
        }).spawn();
      } catch (error) {
        if (error instanceof Deno.errors.NotFound) {
          throw new ChannelError(`${command} is not installed`, { retry: false });
        }
        throw new ChannelError(`${command} cannot be run by this process`, { retry: false });
      }
      const timer = setTimeout(() => {
        try {
          child.kill("SIGKILL");
        } catch {
          // It has ended at the same moment.
        }
      }, timeoutMs);
      try {
        const writer = child.stdin.getWriter();
        await writer.write(new TextEncoder().encode(input)).then(() => writer.close()).catch(() => {});
        const { code, signal } = await waitUntilStopped(child.status, stopping, () => child.unref());
        if (signal === "SIGKILL") throw new ChannelError(`${command} took longer than ${timeoutMs / 1000} s`);
        return code;
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

/** @throws {DOMException} when it is aborted first */
function waitUntilStopped<T>(
  work: Promise<T>,
  signal: AbortSignal | undefined,
  leave: () => void,
): Promise<T> {
  if (!signal) return work;
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const stop = () => {
    leave();
    reject(signal.reason);
  };
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  work.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  return promise;
}
