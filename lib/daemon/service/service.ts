/** What service managers are told about this program. Pure: texts are made here, and written elsewhere. */

export interface ServiceSpec {
  /** What is run, by absolute paths: the executable, or the runtime with what it needs. */
  readonly program: readonly string[];
  /** `user`: starts with the person and sees the person's logins. `system`: starts with the machine, as a user of its own. */
  readonly scope: ServiceScope;
  /** Listen at the address of this machine in its tailnet. */
  readonly tailscale: boolean;
  /** The home of whoever it runs for; of a system service, its own folder. */
  readonly home: string;
  /** Only poll every half hour, instead of a server. */
  readonly collectTimer: boolean;
}

export type ServiceScope = "user" | "system";

/** A file of a service manager. */
export interface ServiceFile {
  readonly name: string;
  readonly text: string;
  /** Run by the manager itself, as a script. */
  readonly executable?: boolean;
}

export const SERVICE_NAME = "syntrack";
export const COLLECT_NAME = "syntrack-collect";
export const SYSTEM_HOME = "/var/lib/syntrack";
/** Keys of a system service, one file each, named by the variable; read by the manager and by nobody else. */
export const SYSTEM_KEYS = "/etc/syntrack/keys";
/** Settings of a system service that are not secret. */
export const SYSTEM_SETTINGS = "/etc/syntrack/syntrack.env";

/** By this it is known again which files may be replaced and removed. */
export const MARK = "Made by `syntrack service`";

export const DESCRIPTION = "Syntrack, quotas of AI subscriptions";

export function serverArgs({ tailscale }: Pick<ServiceSpec, "tailscale">): readonly string[] {
  return ["serve", ...tailscale ? ["--tailscale"] : []];
}

/** A shell word. */
export function shellQuoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

export function xmlEscaped(text: string): string {
  return text.replace(/[&<>"']/g, (one) => `&#${one.charCodeAt(0)};`);
}
