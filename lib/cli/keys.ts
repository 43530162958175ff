/** Names of keys from the bytes a terminal sends. Pure, so that tests need no terminal. */

const NAMES: Readonly<Record<string, string>> = {
  "\x1b[A": "up",
  "\x1b[B": "down",
  "\x1bOA": "up",
  "\x1bOB": "down",
  "\x1b[5~": "pageup",
  "\x1b[6~": "pagedown",
  "\x1b[H": "home",
  "\x1b[F": "end",
  "\x1b[1~": "home",
  "\x1b[4~": "end",
  "\x1bOH": "home",
  "\x1bOF": "end",
  "\x1b": "escape",
  "\r": "enter",
  "\n": "enter",
  " ": "space",
  "\x03": "ctrl-c",
  "\x04": "ctrl-d",
  "\x0c": "ctrl-l",
};
/** One key: an escape sequence, or a character. */
// deno-lint-ignore no-control-regex
const KEY = /\x1b\[[0-9;]*[A-Za-z~]|\x1bO[A-Za-z]|\x1b|[^\x1b]/gu;

/** Returns the keys of one read, in order; leaves out sequences of keys without a name. */
export function parseKeys(text: string): readonly string[] {
  return (text.match(KEY) ?? []).flatMap((key) => {
    const name = NAMES[key];
    if (name !== undefined) return [name];
    return /^[!-~]$/.test(key) ? [key] : [];
  });
}
