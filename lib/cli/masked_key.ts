/** Masks a key for its owner: enough to distinguish it from another, and never enough to use it. */

/** Eight shown characters of a shorter key would reveal too much. */
const MIN_SHOWN = 20;

export function maskKey(key: string): string {
  const text = key.trim();
  if (text.length < MIN_SHOWN || /[^!-~]/.test(text)) return "set (hidden)";
  return `${text.slice(0, 4)}...${text.slice(-4)}`;
}
