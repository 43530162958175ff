/** Passes typed options on to a server in the background: never a secret in an argument list. */
import { GLOBAL_OPTIONS } from "./options.ts";
import { commandRow, type Typed } from "./table.ts";

/** Options that only concern the command itself. */
const NOT_FORWARDED = new Set(["silent", "json", "now", "color", "no-color", "provider", "account", "quota"]);
/** Options with secrets, and the variables that carry them: everyone can see a process's arguments. */
const SECRET: Readonly<Record<string, string>> = { "auth-token": "SYNTRACK_AUTH_TOKENS" };

export interface ForwardedOptions {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Returns the typed options that `serve` accepts. */
export function forwardOptions({ options }: Pick<Typed, "options">): ForwardedOptions {
  const rows = [...commandRow("serve")?.options ?? [], ...GLOBAL_OPTIONS];
  const args: string[] = [];
  const env: Record<string, string> = {};
  for (const { name } of rows) {
    const value = options[name];
    if (value === undefined || NOT_FORWARDED.has(name)) continue;
    const variable = SECRET[name];
    if (variable !== undefined && value !== true) env[variable] = value.replaceAll("\n", ",");
    else if (value === true) args.push(`--${name}`);
    else args.push(...value.split("\n").map((one) => `--${name}=${one}`));
  }
  return { args, env };
}
