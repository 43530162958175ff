/** The real sandbox with an environment made for a test. */
import type { Log, ProviderContext } from "../../lib/provider/context.ts";
import { createFixedClock } from "../../lib/base/clock.ts";
import { createEnvironment, type Environment } from "../../lib/config/environment.ts";
import { createSandbox, type Owner, type SandboxOptions } from "../../lib/sandbox/sandbox.ts";

export const silent: Log = { debug() {}, info() {}, warn() {}, error() {} };

/** Returns an environment of variables and files. Paths are absolute, home is `/home/ann`, the working directory `/place`. */
export function createTestEnvironment(
  env: Readonly<Record<string, string>>,
  files: Readonly<Record<string, string>> = {},
  onSecret?: (secret: string) => void,
): Environment {
  return createEnvironment({
    env,
    cwd: "/place",
    home: "/home/ann",
    readFile: (path) => {
      const text = files[path];
      return text === undefined ? null : { text, mode: 0o600 };
    },
    ...onSecret ? { onSecret } : {},
  });
}

export function createTestSandbox(
  provider: Owner,
  environment: Environment,
  options: Partial<SandboxOptions> & { readonly now?: string } = {},
): ProviderContext {
  const { now = "2026-11-21T12:00:00.000Z", ...rest } = options;
  return createSandbox({
    provider,
    environment,
    clock: createFixedClock(Date.parse(now)),
    log: silent,
    signal: new AbortController().signal,
    ...rest,
  });
}
