/**
 * The service API calls accounts services. Its ids stand in paths as they are, so they hold nothing that a path would
 * have to escape; its words for vendors are those of the program whose API this is.
 */
import { type AccountKey, type QuotaKey, splitAccountKey, splitQuotaKey } from "../../model/quota.ts";

/** `provider~name`; whatever needs escaping in a path stands as `~hex~`. */
export function serviceId(key: AccountKey): string {
  const { provider, name } = splitAccountKey(key);
  return `${provider}~${escaped(name)}`;
}

/** The id of a service and of one of its quotas. */
export function quotaId(key: QuotaKey): string {
  const { account, quota } = splitQuotaKey(key);
  return `${serviceId(account)}~${escaped(quota)}`;
}

/** No two texts are escaped alike, because the sign that escapes is escaped itself. */
function escaped(text: string): string {
  return [...text].map((one) => /[A-Za-z0-9._-]/.test(one) ? one : `~${one.codePointAt(0)!.toString(16)}~`)
    .join("");
}

/** Their word for each of our providers that they know under another one. */
const THEIR_WORDS: Readonly<Record<string, string>> = {
  "anthropic": "claude",
  "anthropic-api": "anthropic",
  "google-ai": "google",
  "bedrock": "aws",
  "opencode-zen": "opencode",
};

/** Our provider for each of their words. */
const OUR_IDS: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(THEIR_WORDS).map(([own, theirs]) => [theirs, own]),
);

export function providerWord(provider: string): string {
  return Object.hasOwn(THEIR_WORDS, provider) ? THEIR_WORDS[provider]! : provider;
}

/** What a word for a vendor means: theirs first, since whoever speaks this API means that. */
export function providerMeant(word: string): string {
  return Object.hasOwn(OUR_IDS, word) ? OUR_IDS[word]! : word;
}
