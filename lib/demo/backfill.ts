/**
 * The month before the demo, polled like the real thing: the real providers poll the story's vendors through
 * the real poller, on a clock that jumps from one poll to the next. Failures, waits and gaps arise as in real
 * life, and only what was read is stored.
 */
import { explainError } from "../base/text.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../model/duration.ts";
import type { Log } from "../provider/context.ts";
import type { Clock } from "../base/clock.ts";
import type { Environment } from "../config/environment.ts";
import { createHub } from "../base/hub.ts";
import type { Outcome } from "../model/outcome.ts";
import { createIdentities } from "../poll/identities.ts";
import { type CreateContext, createPoller } from "../poll/poller.ts";
import type { Schedule } from "../poll/schedule.ts";
import type { Account, Provider } from "../provider/contract.ts";
import type { Store } from "../store/store.ts";
import { createSandbox } from "../sandbox/sandbox.ts";
import { createBatchingStore } from "./gathering.ts";
import { decideByChance, drawBetween } from "./random.ts";
import type { Story } from "./story.ts";

export const BACKFILL_MS = 30 * DAY_MS;
/**
 * The polling interval by age: the more recent, the denser. Vendors polled rarely make it possible to fill a
 * month of a dozen accounts in seconds.
 */
const INTERVALS: readonly { readonly untilMs: number; readonly ms: number; readonly seldomMs: number }[] = [
  { untilMs: 14 * DAY_MS, ms: 10 * MINUTE_MS, seldomMs: HOUR_MS },
  { untilMs: 7 * DAY_MS, ms: 5 * MINUTE_MS, seldomMs: HOUR_MS },
  { untilMs: 30 * HOUR_MS, ms: 5 * MINUTE_MS, seldomMs: 30 * MINUTE_MS },
  { untilMs: 8 * HOUR_MS, ms: 5 * MINUTE_MS, seldomMs: 10 * MINUTE_MS },
];
const NEAREST = { ms: MINUTE_MS, seldomMs: 5 * MINUTE_MS };
/** Yields to other work after this many polls. */
const TURN = 200;
/**
 * Number of an account's polls stored together, so that a bucket
 * or a cycle is written once and not with every poll.
 */
const STORED_TOGETHER = 2000;

export interface BackfillOptions {
  readonly story: Story;
  /** The target; empty before. */
  readonly store: Store;
  readonly providers: readonly Provider[];
  /** The demo's environment only. */
  readonly environment: Environment;
  /**
   * How long before the anchor to begin, in milliseconds.
   * @default {2592000000}
   */
  readonly spanMs?: number;
  readonly signal?: AbortSignal;
  /** Called now and then with the progress, 0 to 1, and once with 1 at the end. */
  readonly onProgress?: (share: number) => void;
}

export interface BackfillResult {
  /** Polls made, by outcome. */
  readonly polls: Readonly<Partial<Record<Outcome["kind"], number>>>;
}

/** One account's progress through the month. */
interface Track {
  readonly provider: Provider;
  readonly account: Account;
  /** True when its vendor is polled rarely. */
  readonly isSeldom: boolean;
  /** Its next poll, epoch milliseconds. */
  due: number;
  last: Outcome | null;
}

/**
 * Fills the store up to the story's anchor. Ends early, without an error, when `signal` is aborted.
 *
 * @throws when the store rejects what was read
 */
export async function backfill(options: BackfillOptions): Promise<BackfillResult> {
  const { story, store, environment, onProgress, spanMs = BACKFILL_MS } = options;
  const { seed, anchor } = story.person;
  const signal = options.signal ?? new AbortController().signal;
  const from = anchor - spanMs;
  let now = from;
  let count = 0;

  const clock: Clock = { now: () => now, sleep: waitUntilAborted };
  const createTestSandbox: CreateContext = (provider, own, askedFor = {}) =>
    createSandbox({
      ...askedFor,
      provider,
      environment,
      clock,
      log: SILENT,
      signal: own,
      // Nothing of the user running the demo.
      readText: () => Promise.resolve(null),
      readRows: () => Promise.resolve(null),
      run: () => Promise.resolve(null),
      fetch(url, init) {
        // Simulated network latency.
        now += Math.round(drawBetween(90, 900, seed, "latency", count));
        return Promise.resolve(story.answer(new Request(url, init), now));
      },
    });
  const gathered = createBatchingStore(store);
  const poller = createPoller({
    createContext: createTestSandbox,
    store: gathered,
    hub: createHub(),
    clock,
    identities: createIdentities({ store, clock }),
    random: () => decideByChance(seed, "poll", count),
    log: SILENT,
    redact: (text) => text,
  });

  const tracks: Track[] = [];
  for (const provider of options.providers) {
    for (const account of await provider.accounts(createTestSandbox(provider, signal))) {
      const isSeldom = story.vendors.some((one) => one.id === provider.id && one.isSeldom);
      tracks.push({ provider, account, isSeldom, due: from + tracks.length * 1000, last: null });
    }
  }

  const polls: Partial<Record<Outcome["kind"], number>> = {};
  while (!signal.aborted) {
    const track = findEarliest(tracks);
    if (!track) break;
    track.due = findAwake(story, track.due);
    if (track.due > anchor) {
      tracks.splice(tracks.indexOf(track), 1);
      continue;
    }
    now = Math.max(now, track.due);
    const schedule = scheduleAt(anchor - now, track.isSeldom);
    const { provider, account, last } = track;
    const outcome = await poller.poll({ provider, account, schedule, last, watching: false, signal });
    if (outcome === null) break;
    const trouble = poller.troubles.now();
    if (trouble) throw cannotFill(trouble.message);
    track.last = outcome;
    track.due = outcome.nextAt ?? Infinity;
    polls[outcome.kind] = (polls[outcome.kind] ?? 0) + 1;
    count++;
    if (count % STORED_TOGETHER === 0) await flush();
    if (count % TURN === 0) {
      onProgress?.((now - from) / spanMs);
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
  }
  await flush();
  onProgress?.(1);
  return { polls };

  async function flush(): Promise<void> {
    try {
      await gathered.flush();
    } catch (error) {
      throw cannotFill(explainError(error));
    }
  }
}

function cannotFill(reason: string): Error {
  return new Error(`Cannot fill the database of the demo: ${reason}`);
}

function scheduleAt(untilAnchorMs: number, isSeldom: boolean): Schedule {
  const { ms, seldomMs } = INTERVALS.find(({ untilMs }) => untilAnchorMs > untilMs) ?? NEAREST;
  return { kind: "every", ms: isSeldom ? seldomMs : ms };
}

function findEarliest(tracks: readonly Track[]): Track | undefined {
  let first: Track | undefined;
  for (const track of tracks) if (!first || track.due < first.due) first = track;
  return first;
}

/** Returns the instant itself, or the end of the rest it falls into: a closed laptop polls nothing. */
function findAwake(story: Story, at: number): number {
  return story.person.rests.find((rest) => rest.from <= at && at < rest.to)?.to ?? at;
}

/** No deadline ever expires on this clock. */
function waitUntilAborted(_ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

const ignore = () => {};
const SILENT: Log = { debug: ignore, info: ignore, warn: ignore, error: ignore };
