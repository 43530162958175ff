/** The flags of `syntrack statusline`. Ignores unknown ones, because a status line must never be blank. */
import { DEFAULT_LINE, type LineOptions, type Part, PARTS } from "./line.ts";

export interface StatuslineOptions extends LineOptions {
  /** A command that prints its own status line, run with the same input. */
  readonly chain: string | null;
}

export function statuslineOptions(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): StatuslineOptions {
  const valueOf = (name: string): string | null => {
    for (const [index, arg] of args.entries()) {
      if (arg === `--${name}`) return args[index + 1] ?? null;
      if (arg.startsWith(`--${name}=`)) return arg.slice(name.length + 3);
    }
    return null;
  };
  const columns = Number(env.COLUMNS);
  return {
    parts: partsIn(valueOf("parts")),
    display: valueOf("display") === "left" ? "left" : "used",
    ascii: args.includes("--ascii"),
    colour: !args.includes("--no-color") && !env.NO_COLOR,
    warning: percentIn(valueOf("warning")) ?? DEFAULT_LINE.warning,
    critical: percentIn(valueOf("critical")) ?? DEFAULT_LINE.critical,
    columns: Number.isInteger(columns) && columns > 0 ? columns : null,
    chain: valueOf("chain"),
  };
}

function partsIn(text: string | null): readonly Part[] {
  const names = (text ?? "").split(",").map((name) => name.trim());
  const parts = names.flatMap((name) => PARTS.filter((part) => part === name));
  return parts.length === 0 ? DEFAULT_LINE.parts : parts;
}

function percentIn(text: string | null): number | null {
  const percent = Number(text?.replace(/%$/, "") || Number.NaN);
  return percent > 0 && percent <= 100 ? percent : null;
}
