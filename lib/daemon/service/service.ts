/** What service managers need to know about this program. Pure: builds texts that other code writes. */

export interface ServiceSpec {
  /** The command, with absolute paths: the executable, or the runtime with its arguments. */
  readonly program: readonly string[];
  /** `user`: starts at log-in, with the user's logins. `system`: starts at boot, under its own user. */
  readonly scope: ServiceScope;
  /** Listens on this machine's address in its tailnet. */
  readonly tailscale: boolean;
  /** The user's home; a system service's own folder. */
  readonly home: string;
  /** Polls every half hour instead of running a server. */
  readonly collectTimer: boolean;
}

export type ServiceScope = "user" | "system";

/** A file for a service manager. */
export interface ServiceFile {
  readonly name: string;
  readonly text: string;
  /** The manager runs it as a script. */
  readonly executable?: boolean;
}

export const SERVICE_NAME = "syntrack";
export const COLLECT_NAME = "syntrack-collect";
export const SYSTEM_HOME = "/var/lib/syntrack";
/** Keys of a system service, one file each, named after the variable; only the manager reads them. */
export const SYSTEM_KEYS = "/etc/syntrack/keys";
/** Settings of a system service that are not secret. */
export const SYSTEM_SETTINGS = "/etc/syntrack/syntrack.env";

/** Marks the files that may be replaced and removed. */
export const MARK = "Made by `syntrack service`";

export const DESCRIPTION = "Syntrack, quotas of AI subscriptions";

export function serverArgs({ tailscale }: Pick<ServiceSpec, "tailscale">): readonly string[] {
  return ["serve", ...tailscale ? ["--tailscale"] : []];
}

/** Quotes a word for a shell. */
export function quoteForShell(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

export function xmlEscaped(text: string): string {
  return text.replace(/[&<>"']/g, (one) => `&#${one.charCodeAt(0)};`);
}
