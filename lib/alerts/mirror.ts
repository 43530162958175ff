/**
 * Keeps the current state up to date in channels whose receivers show it, such as Home Assistant. It stores what
 * it publishes before sending it, so that everything that is gone later can be removed there, even after a crash.
 */
import type { Clock } from "../base/clock.ts";
import { retryDelayMs } from "../model/alerts/delivery.ts";
import { MINUTE_MS } from "../model/duration.ts";
import type { AccountView } from "../model/view/view.ts";
import type { Log } from "../provider/context.ts";
import type { Store } from "../store/store.ts";
import { type ChannelContext, ChannelError } from "./channel.ts";
import { channelContext } from "./channel_context.ts";
import { channelType } from "./channels/mod.ts";
import type { Channel, StoredChannels } from "./stored_channels.ts";

export interface MirrorParts {
  readonly docs: Store["docs"];
  readonly channels: Pick<StoredChannels, "list">;
  readonly clock: Clock;
  readonly log: Log;
  readonly outside: Omit<ChannelContext, "settings" | "now" | "signal">;
  readonly accounts: () => Promise<readonly AccountView[]>;
}

export interface Mirror {
  /** Publishes changes in every channel that shows the current state; resolves to how many failed. */
  sync(signal: AbortSignal): Promise<{ readonly failed: number }>;
  /** Removes everything a channel published, before it is forgotten. @throws {ChannelError} */
  retract(channel: Channel, signal: AbortSignal): Promise<void>;
}

/** How often everything is published again: a broker may have lost it, and sensors expire. */
const REFRESH_MS = 5 * MINUTE_MS;

interface PublishedTopics {
  readonly at: number;
  readonly topics: ReadonlyMap<string, string>;
}

export function createMirror({ docs, channels, clock, log, outside, accounts }: MirrorParts): Mirror {
  const published = new Map<string, PublishedTopics>();
  const failures = new Map<string, { readonly count: number; readonly dueAt: number }>();
  let turn: Promise<unknown> = Promise.resolve();

  const memoryId = (channel: string) => `mirror:${channel}`;
  const readPublished = async (channel: string) =>
    await docs.get<readonly string[]>("alert_memory", memoryId(channel), clock.now()) ?? [];

  async function syncOne(
    channel: Channel,
    views: readonly AccountView[],
    signal: AbortSignal,
  ): Promise<void> {
    const { mirror } = channelType(channel.type)!;
    const now = clock.now();
    const wanted = mirror!.plan(views, channel.settings);
    const before = published.get(channel.id);
    const isStale = before === undefined || now - before.at >= REFRESH_MS || now < before.at;
    const kept = await readPublished(channel.id);
    const changes = new Map<string, string | null>(
      kept.filter((topic) => !wanted.has(topic)).map((topic) => [topic, null]),
    );
    for (const [topic, payload] of wanted) {
      if (isStale || before.topics.get(topic) !== payload) changes.set(topic, payload);
    }
    if (changes.size === 0) return;
    const together = [...new Set([...kept, ...wanted.keys()])];
    if (together.length !== kept.length) await docs.put("alert_memory", memoryId(channel.id), together, now);
    await mirror!.publish(changes, await channelContext(channel, { outside, clock }, signal));
    published.set(channel.id, { at: isStale ? now : before.at, topics: wanted });
    if (together.length !== wanted.size) {
      await docs.put("alert_memory", memoryId(channel.id), [...wanted.keys()], now);
    }
  }

  async function syncAll(signal: AbortSignal): Promise<{ readonly failed: number }> {
    const all = (await channels.list()).filter(({ type, enabled }) => enabled && channelType(type)?.mirror);
    if (all.length === 0) return { failed: 0 };
    const views = (await accounts()).filter(({ hidden }) => !hidden);
    let failed = 0;
    await Promise.all(all.map(async (channel) => {
      const trouble = failures.get(channel.id);
      if (trouble && clock.now() < trouble.dueAt || signal.aborted) return;
      try {
        await syncOne(channel, views, signal);
        failures.delete(channel.id);
      } catch (error) {
        failed++;
        const count = (trouble?.count ?? 0) + 1;
        failures.set(channel.id, { count, dueAt: clock.now() + retryDelayMs(count) });
        // What arrived is unknown, so publish all of it the next time.
        published.delete(channel.id);
        log.warn("The current state could not be published", {
          channel: channel.id,
          reason: error instanceof ChannelError ? error.message : "unknown",
        });
      }
    }));
    return { failed };
  }

  /** Runs one at a time: what is being published cannot be removed yet. */
  function runInTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = turn.then(work);
    turn = result.catch(() => {});
    return result;
  }

  async function retract(channel: Channel, signal: AbortSignal): Promise<void> {
    const mirror = channelType(channel.type)?.mirror;
    const kept = await readPublished(channel.id);
    if (mirror && kept.length > 0) {
      await mirror.publish(
        new Map(kept.map((topic) => [topic, null])),
        await channelContext(channel, { outside, clock }, signal),
      );
    }
    published.delete(channel.id);
    await docs.delete("alert_memory", memoryId(channel.id));
  }

  return {
    sync: (signal) => runInTurn(() => syncAll(signal)),
    retract: (channel, signal) => runInTurn(() => retract(channel, signal)),
  };
}
