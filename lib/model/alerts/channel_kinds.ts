/** The kinds of alerts a channel accepts, as users choose them. Pure. */
import { ALERT_KINDS, type AlertKind } from "./alert.ts";
import type { ChannelRule } from "./delivery.ts";

/** Kinds a channel may accept or ignore: a test is sent by hand, a summary has its own schedule. */
export const CHANNEL_KINDS = ALERT_KINDS.filter((kind) => kind !== "test" && kind !== "summary");

/** Returns the first word that is not a kind; undefined when all are valid. */
export function unknownKind(words: readonly string[]): string | undefined {
  return words.find((word) => !CHANNEL_KINDS.some((kind) => kind === word));
}

/** Returns the kinds named; undefined when all are, so that kinds added in later versions are accepted too. */
export function channelKinds(words: readonly string[]): readonly AlertKind[] | undefined {
  const kinds = CHANNEL_KINDS.filter((kind) => words.includes(kind));
  return kinds.length === CHANNEL_KINDS.length ? undefined : kinds;
}

/** Returns what is missing from a channel that accepts nothing; null for all others. */
export function emptyRuleProblem({ kinds, summaries }: ChannelRule): string | null {
  const takes = kinds?.length !== 0 || summaries?.daily !== undefined || summaries?.weekly !== undefined;
  return takes ? null : "A channel takes at least one kind, or a summary";
}
