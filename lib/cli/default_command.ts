/** The default command: a server in the background, with the typed options. */
import { GLOBAL_OPTIONS } from "./options.ts";
import { commandRow } from "./table.ts";

/** Flags that are commands, as in another tracker. */
const FLAGS: Readonly<Record<string, readonly string[]>> = {
  "--stop": ["stop"],
  "--status": ["status", "--daemon"],
  "-v": ["--version"],
};

/**
 * Returns the arguments with the command they mean. Leaves arguments that have one, or that ask for help,
 * unchanged.
 */
export function withCommand(args: readonly string[]): readonly string[] {
  const [first] = args;
  const alias = first === undefined ? undefined : FLAGS[first];
  if (alias) return [...alias, ...args.slice(1)];
  // `syntrack --test --stop`, in any order.
  const late = args.find((arg) => arg === "--stop" || arg === "--status");
  if (late !== undefined && !hasOperand(args)) {
    return [...FLAGS[late] ?? [], ...args.filter((arg) => arg !== late)];
  }
  if (args.some((arg) => /^(?:-h|--help|-V|--version)$/.test(arg)) || hasOperand(args)) return args;
  return ["start", ...args];
}

/** Reports whether any argument is neither an option nor an option's value. */
function hasOperand(args: readonly string[]): boolean {
  const rows = [...commandRow("start")?.options ?? [], ...GLOBAL_OPTIONS];
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? "";
    if (!arg.startsWith("-")) return true;
    const row = rows.find(({ name, short }) =>
      arg === `--${name}` || short !== undefined && arg === `-${short}`
    );
    if (row?.value !== undefined) at++;
  }
  return false;
}
