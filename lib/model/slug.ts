/** Ids from names: the same name always gives the same id, whatever else there is. Pure. */

/**
 * Turns a text from outside into an id or a part of one: `GPT-9 Spark` becomes `gpt-9-spark`; empty when it has neither letters
 * nor digits. Letters of other scripts become a short hash: two models with names in Chinese are two.
 */
export function slug(text: string): string {
  const letters = text.slice(0, 200).normalize("NFD").replace(/\p{M}+/gu, "").toLowerCase();
  const plain = letters.replace(/[^a-z0-9]+/g, "-").slice(0, MAX_SLUG).replace(/^-+|-+$/g, "");
  // deno-lint-ignore no-control-regex
  const others = letters.replace(/[\u0000-\u007f]+|[^\p{L}\p{Nd}]+/gu, "");
  if (others === "") return plain;
  const hash = shortHash(letters);
  return plain === "" ? hash : `${plain.slice(0, MAX_SLUG - hash.length - 1).replace(/-+$/, "")}-${hash}`;
}

const MAX_SLUG = 60;

/** Hashes a text with 32-bit FNV-1a, always in seven characters. */
function shortHash(text: string): string {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash.toString(36).padStart(7, "0");
}
