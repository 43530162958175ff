/**
 * Sends due messages, in order for each channel, while other processes may do the same: only one of them sends
 * each.
 */
import type { Clock } from "../base/clock.ts";
import type { Log } from "../provider/context.ts";
import type { AlertCounter } from "./alert_counter.ts";
import { type ChannelContext, ChannelError } from "./channel.ts";
import { channelContext } from "./channel_context.ts";
import { channelType } from "./channels/mod.ts";
import { composeMessage } from "./compose_message.ts";
import { type Outbox, selectDue, type StoredDelivery } from "./outbox.ts";
import type { Channel, StoredChannels } from "./stored_channels.ts";

export interface SenderParts {
  readonly outbox: Outbox;
  readonly counter: AlertCounter;
  readonly channels: Pick<StoredChannels, "list" | "remove">;
  readonly clock: Clock;
  readonly log: Log;
  readonly outside: Omit<ChannelContext, "settings" | "now" | "signal">;
  /**
   * True when the program may be stopped at any moment: then a message whose sending was interrupted is not sent
   * again, because it may have arrived. Otherwise it is sent again, under the same id.
   */
  readonly once?: boolean;
}

/** Why a message that was being sent when the program was stopped is not sent again. */
export const INTERRUPTED =
  "The program was stopped while sending, so the message may have arrived and is not repeated";

export interface Sender {
  /** Sends due messages; resolves to how many were sent and how many attempts failed. */
  deliver(signal: AbortSignal): Promise<{ readonly sent: number; readonly failed: number }>;
}

/** More due messages than this are sent as one. */
const MAX_SINGLE = 3;
/** Receivers would reject a longer digest, and people would not read it. */
const MAX_IN_DIGEST = 50;
/** Replaces the type of a channel that no longer exists. */
export const REMOVED = "removed";

export function createSender(parts: SenderParts): Sender {
  const { outbox, counter, clock, log } = parts;
  /** Accepted messages that the store does not know as sent yet. */
  const taken = new Map<string, StoredDelivery>();

  /** Stores that these were sent. One that cannot be stored now is stored later, and is not sent again meanwhile. */
  async function keepSent(deliveries: Iterable<StoredDelivery>): Promise<void> {
    for (const one of deliveries) {
      try {
        await outbox.sent(one, clock.now());
        taken.delete(one.id);
      } catch (error) {
        taken.set(one.id, one);
        log.error("A message was sent, but this cannot be stored yet", {
          channel: one.channel,
          error: error instanceof Error ? error.name : "unknown",
        });
      }
    }
  }

  /**
   * Runs `work` with those of `listed` that are still due, as stored now: another process may have sent them
   * since, or tried to.
   *
   * @returns null when it is another process's turn, now or at the time of its next attempt
   */
  async function runClaimed<T>(
    listed: readonly StoredDelivery[],
    work: (due: readonly StoredDelivery[]) => Promise<T>,
  ): Promise<T | null> {
    const claim = await outbox.claim(listed.map(({ id }) => id), clock.now());
    if (claim === null) return null;
    try {
      const now = clock.now();
      const stored = await Promise.all(claim.ids.map((id) => outbox.get(id, now)));
      const waiting = stored.filter((one) => one !== null).filter(({ state }) => state === "waiting");
      const attempts = new Map(listed.map((one) => [one.id, one.attempts]));
      const due = waiting.filter((one) => one.attempts === attempts.get(one.id));
      return due.length === 0 && waiting.length > 0 ? null : await work(due);
    } finally {
      // Until the store knows that they were sent, no other process may send them. The claim expires by itself.
      if (!claim.ids.some((id) => taken.has(id))) await outbox.release(claim, clock.now()).catch(() => {});
    }
  }

  /** Resolves to the number given up. @param type of the channel */
  async function giveUp(listed: readonly StoredDelivery[], note: string, type: string): Promise<number> {
    const given = await runClaimed(listed, async (due) => {
      for (const one of due) {
        await outbox.giveUp(one, note, clock.now());
        counter.givenUp(type);
      }
      return due.length;
    });
    return given ?? 0;
  }

  /** Resolves to the number sent. @throws the channel's error */
  async function send(
    due: readonly StoredDelivery[],
    channel: Channel,
    signal: AbortSignal,
  ): Promise<number> {
    if (due.length === 0) return 0;
    const type = channelType(channel.type);
    try {
      if (!type) throw new ChannelError("This type of channel no longer exists", { rejected: true });
      const message = composeMessage(due.map(({ alert }) => alert), clock.now());
      const context = await channelContext(channel, parts, signal);
      // The outcome replaces this note, unless the program is stopped first.
      if (parts.once) { for (const one of due) await outbox.giveUp(one, INTERRUPTED, clock.now()); }
      await type.send(message, context);
    } catch (error) {
      const failure = error instanceof ChannelError
        ? error
        : { message: "The message could not be sent", retry: true, retryAfterMs: null };
      if (!(error instanceof ChannelError)) {
        log.error("A channel failed", {
          channel: channel.id,
          error: error instanceof Error ? error.name : "unknown",
        });
      }
      if (error instanceof ChannelError && error.gone) await parts.channels.remove(channel.id);
      if (signal.aborted) return 0;
      counter.failed(channel.type, due.length);
      for (const one of due) {
        if (await outbox.failed(one, failure, clock.now()) === "given-up") counter.givenUp(channel.type);
      }
      log.warn("A message was not accepted", { channel: channel.id, reason: failure.message });
      throw error;
    }
    counter.sent(channel.type, due.length);
    await keepSent(due);
    return due.length;
  }

  return {
    async deliver(signal) {
      const channels = new Map((await parts.channels.list()).map((one) => [one.id, one]));
      const now = clock.now();
      await keepSent([...taken.values()]);
      const waiting = (await outbox.list(now)).filter(({ id, state }) =>
        state === "waiting" && !taken.has(id)
      );
      const byChannel = Map.groupBy(waiting, ({ channel }) => channel);
      const counts = await Promise.all([...byChannel].map(async ([id, own]) => {
        const channel = channels.get(id);
        let [sent, failed] = [0, 0];
        if (!channel) return { sent, failed: await giveUp(own, "The channel was removed", REMOVED) };
        const due = selectDue(own, now, channel.changedAt);
        const late = due.filter(({ alert }) => alert.expiresAt <= now);
        if (late.length > 0) await giveUp(late, "Too late to be sent", channel.type);
        // Messages for a paused channel are sent when it resumes, unless they are late by then.
        const live = channel.enabled ? due.filter(({ alert }) => alert.expiresAt > now) : [];
        const isDigest = live.length > MAX_SINGLE || live.filter(({ held }) => held).length > 1;
        const batches = inBatches(live, isDigest ? MAX_IN_DIGEST : 1);
        for (const batch of batches) {
          if (signal.aborted) break;
          try {
            const taken = await runClaimed(batch, (current) => send(current, channel, signal));
            // Another process has claimed it, so later messages wait.
            if (taken === null) break;
            sent += taken;
          } catch {
            failed += batch.length;
            // Keep the order: later messages wait until this one was sent or given up.
            break;
          }
        }
        return { sent, failed };
      }));
      return {
        sent: counts.reduce((sum, one) => sum + one.sent, 0),
        failed: counts.reduce((sum, one) => sum + one.failed, 0),
      };
    },
  };
}

function inBatches<T>(all: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from(
    { length: Math.ceil(all.length / size) },
    (_, place) => all.slice(place * size, (place + 1) * size),
  );
}
