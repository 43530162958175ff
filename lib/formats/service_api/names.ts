/**
 * The service API calls accounts services. Paths contain its ids unescaped, so they use only characters a
 * path need not escape; its names for vendors are those of the program whose API this is.
 */
import { type AccountKey, type QuotaKey, splitAccountKey, splitQuotaKey } from "../../model/quota.ts";

/** Formats `provider~name`; a character that a path would have to escape becomes `~hex~`. */
export function serviceId(key: AccountKey): string {
  const { provider, name } = splitAccountKey(key);
  return `${provider}~${escapeName(name)}`;
}

/** Returns the id of a quota, with its service's. */
export function quotaId(key: QuotaKey): string {
  const { account, quota } = splitQuotaKey(key);
  return `${serviceId(account)}~${escapeName(quota)}`;
}

/** Escapes unambiguously, because it also escapes the escape character. */
function escapeName(text: string): string {
  return [...text].map((one) => /[A-Za-z0-9._-]/.test(one) ? one : `~${one.codePointAt(0)!.toString(16)}~`)
    .join("");
}

/** Their names for those of our providers they call differently. */
const THEIR_WORDS: Readonly<Record<string, string>> = {
  "anthropic": "claude",
  "anthropic-api": "anthropic",
  "google-ai": "google",
  "bedrock": "aws",
  "opencode-zen": "opencode",
};

/** Our provider for each of their names. */
const OUR_IDS: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(THEIR_WORDS).map(([own, theirs]) => [theirs, own]),
);

export function providerWord(provider: string): string {
  return Object.hasOwn(THEIR_WORDS, provider) ? THEIR_WORDS[provider]! : provider;
}

/** Resolves a vendor's name: theirs takes precedence, because users of this API mean that. */
export function resolveProvider(word: string): string {
  return Object.hasOwn(OUR_IDS, word) ? OUR_IDS[word]! : word;
}
