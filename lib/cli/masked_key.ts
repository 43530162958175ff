/** A key as it may be shown to its owner: enough to tell it from another, and never enough to use it. */

/** Of a shorter one eight characters would tell too much. */
const MIN_SHOWN = 20;

export function maskedKey(key: string): string {
  const text = key.trim();
  if (text.length < MIN_SHOWN || /[^!-~]/.test(text)) return "set (hidden)";
  return `${text.slice(0, 4)}...${text.slice(-4)}`;
}
