/** The settings of Claude Code with and without our status line. Pure; keeps everything else in them. */

export interface Settings {
  readonly statusLine?: { readonly type?: unknown; readonly command?: unknown };
  readonly [name: string]: unknown;
}

/** Identifies our own command. */
const OURS = /\bstatusline\b/;
const CHAIN = " --chain ";

/** Parses a text into an object; null when it is not one. */
export function parseSettings(text: string): Settings | null {
  try {
    const value: unknown = JSON.parse(text.trim() === "" ? "{}" : text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value as Settings : null;
  } catch {
    return null;
  }
}

/**
 * Returns the settings with our command, which also prints the previous status line; null when it is already
 * installed.
 */
export function addStatusline(settings: Settings, command: string): Settings | null {
  const before = readCommand(settings);
  if (before !== null && isOurs(before)) {
    const chain = parseChain(before);
    const wanted = chain === null ? command : `${command}${CHAIN}${quoteWord(chain)}`;
    return wanted === before ? null : withCommand(settings, wanted);
  }
  return withCommand(settings, before === null ? command : `${command}${CHAIN}${quoteWord(before)}`);
}

/** Returns the settings with the previous status line restored; null when ours is not installed. */
export function removeStatusline(settings: Settings): Settings | null {
  const command = readCommand(settings);
  if (command === null || !isOurs(command)) return null;
  const before = parseChain(command);
  if (before !== null) return withCommand(settings, before);
  const { statusLine: _, ...rest } = settings;
  return rest;
}

function withCommand(settings: Settings, command: string): Settings {
  return { ...settings, statusLine: { ...settings.statusLine, type: "command", command } };
}

function readCommand({ statusLine }: Settings): string | null {
  return typeof statusLine?.command === "string" && statusLine.command.trim() !== ""
    ? statusLine.command
    : null;
}

function isOurs(command: string): boolean {
  const [own = ""] = command.split(CHAIN);
  return OURS.test(own) && /syntrack|cli\.ts/.test(own);
}

function parseChain(command: string): string | null {
  const at = command.indexOf(CHAIN);
  if (at < 0) return null;
  const text = command.slice(at + CHAIN.length);
  return /^'.*'$/s.test(text) ? text.slice(1, -1).replaceAll(`'\\''`, "'") : text;
}

/** Joins words into a shell command. */
export function commandLine(words: readonly string[]): string {
  return words.map((word) => /^[\w@%+=:,./-]+$/.test(word) ? word : quoteWord(word)).join(" ");
}

function quoteWord(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
