/** Explains how to set up an account where there are no files, keychains or processes. */
import type { Provider } from "../../provider/contract.ts";

/** Returns what to do on this platform, or instead of it. */
export function hostedSetUpHint(
  { settings, signIn, commands, files }: Pick<Provider, "settings" | "signIn"> & {
    readonly commands?: readonly unknown[];
    readonly files?: readonly unknown[];
  },
): string {
  const key = settings.find((setting) => setting.secret);
  if (key) return `Add ${key.name} to the secrets of the host, or add the account in the dashboard`;
  const needed = (commands?.length ?? 0) > 0
    ? "a process"
    : (files?.length ?? 0) > 0 || signIn
    ? "a file"
    : "something";
  return `Not on this host: it reads ${needed} on your own machine. Run syntrack there for this account`;
}
