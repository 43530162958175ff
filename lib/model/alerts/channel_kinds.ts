/** The kinds of alerts a channel takes, as people choose them. Pure. */
import { ALERT_KINDS, type AlertKind } from "./alert.ts";
import type { ChannelRule } from "./delivery.ts";

/** Kinds a channel may take or leave: a test is sent by hand, a summary has times of its own. */
export const CHANNEL_KINDS = ALERT_KINDS.filter((kind) => kind !== "test" && kind !== "summary");

/** Returns the word that is no kind a channel may take; undefined when all are. */
export function unknownKind(words: readonly string[]): string | undefined {
  return words.find((word) => !CHANNEL_KINDS.some((kind) => kind === word));
}

/** Returns the kinds that were named; undefined for all of them, so that kinds of later versions are taken too. */
export function channelKinds(words: readonly string[]): readonly AlertKind[] | undefined {
  const kinds = CHANNEL_KINDS.filter((kind) => words.includes(kind));
  return kinds.length === CHANNEL_KINDS.length ? undefined : kinds;
}

/** Says what a channel that takes nothing lacks; null for all others. */
export function emptyRuleProblem({ kinds, summaries }: ChannelRule): string | null {
  const takes = kinds?.length !== 0 || summaries?.daily !== undefined || summaries?.weekly !== undefined;
  return takes ? null : "A channel takes at least one kind, or a summary";
}
