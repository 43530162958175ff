/** What is meant where no command was typed: a server in the background, with the options that were. */
import { GLOBAL_OPTIONS } from "./options.ts";
import { commandRow } from "./table.ts";

/** As another tracker has them: flags that are commands. */
const FLAGS: Readonly<Record<string, readonly string[]>> = {
  "--stop": ["stop"],
  "--status": ["status", "--daemon"],
  "-v": ["--version"],
};

/** Arguments with the command they mean. Those that have one, and those that ask for help, are as they were. */
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

/** Whether anything stands among the arguments that is no option and no value of one. */
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
