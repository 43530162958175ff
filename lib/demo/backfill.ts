/**
 * The month before the demo, polled the way it would have been polled: the real providers
 * ask the vendors of the story through the real poller, on a clock that jumps from one
 * poll to the next. Failures, waits and gaps come out as in life, and nothing is written
 * that was not read.
 */
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
import { gathering } from "./gathering.ts";
import { between, chance } from "./random.ts";
import type { Story } from "./story.ts";

export const BACKFILL_MS = 30 * DAY_MS;
/**
 * The nearer a day, the more closely it was watched: up to so long before the anchor, at this interval. Vendors
 * that are asked seldom fill a month of a dozen accounts in seconds.
 */
const INTERVALS: readonly { readonly untilMs: number; readonly ms: number; readonly seldomMs: number }[] = [
  { untilMs: 14 * DAY_MS, ms: 10 * MINUTE_MS, seldomMs: HOUR_MS },
  { untilMs: 7 * DAY_MS, ms: 5 * MINUTE_MS, seldomMs: HOUR_MS },
  { untilMs: 30 * HOUR_MS, ms: 5 * MINUTE_MS, seldomMs: 30 * MINUTE_MS },
  { untilMs: 8 * HOUR_MS, ms: 5 * MINUTE_MS, seldomMs: 10 * MINUTE_MS },
];
const NEAREST = { ms: MINUTE_MS, seldomMs: 5 * MINUTE_MS };
/** Other work gets a turn after so many polls. */
const TURN = 200;
/** Of each account so many come together that a bucket or a cycle is written once and not with every poll. */
const STORED_TOGETHER = 2000;

export interface BackfillOptions {
  readonly story: Story;
  /** Where to put it; empty before. */
  readonly store: Store;
  readonly providers: readonly Provider[];
  /** The demo's, and no other. */
  readonly environment: Environment;
  /** How long before the anchor to begin, in milliseconds; 30 days unless given. */
  readonly spanMs?: number;
  readonly signal?: AbortSignal;
  /** Told now and then how much is done, 0 to 1, and once with 1 at the end. */
  readonly onProgress?: (share: number) => void;
}

export interface BackfillResult {
  /** Polls made, by how they ended. */
  readonly polls: Readonly<Partial<Record<Outcome["kind"], number>>>;
}

/** One account on its way through the month. */
interface Track {
  readonly provider: Provider;
  readonly account: Account;
  /** Whether its vendor is asked seldom. */
  readonly isSeldom: boolean;
  /** When it is polled next, epoch milliseconds. */
  due: number;
  last: Outcome | null;
}

/**
 * Fills the store up to the anchor of the story. Ends early, without an error, when `signal` is aborted.
 *
 * @throws when the store does not take what was read
 */
export async function backfill(options: BackfillOptions): Promise<BackfillResult> {
  const { story, store, environment, onProgress, spanMs = BACKFILL_MS } = options;
  const { seed, anchor } = story.person;
  const signal = options.signal ?? new AbortController().signal;
  const from = anchor - spanMs;
  let now = from;
  let count = 0;

  const clock: Clock = { now: () => now, sleep: untilAborted };
  const worldOf: CreateContext = (provider, own, askedFor = {}) =>
    createSandbox({
      ...askedFor,
      provider,
      environment,
      clock,
      log: SILENT,
      signal: own,
      // Nothing of the person who looks at the demo.
      readText: () => Promise.resolve(null),
      readRows: () => Promise.resolve(null),
      run: () => Promise.resolve(null),
      fetch(url, init) {
        // The way there and back takes its time.
        now += Math.round(between(90, 900, seed, "latency", count));
        return Promise.resolve(story.answer(new Request(url, init), now));
      },
    });
  const gathered = gathering(store);
  const poller = createPoller({
    world: worldOf,
    store: gathered,
    hub: createHub(),
    clock,
    identities: createIdentities({ store, clock }),
    random: () => chance(seed, "poll", count),
    log: SILENT,
    redact: (text) => text,
  });

  const tracks: Track[] = [];
  for (const provider of options.providers) {
    for (const account of await provider.accounts(worldOf(provider, signal))) {
      const isSeldom = story.vendors.some((one) => one.id === provider.id && one.isSeldom);
      tracks.push({ provider, account, isSeldom, due: from + tracks.length * 1000, last: null });
    }
  }

  const polls: Partial<Record<Outcome["kind"], number>> = {};
  while (!signal.aborted) {
    const track = earliest(tracks);
    if (!track) break;
    track.due = awake(story, track.due);
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
      throw cannotFill(error instanceof Error ? error.message : String(error));
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

function earliest(tracks: readonly Track[]): Track | undefined {
  let first: Track | undefined;
  for (const track of tracks) if (!first || track.due < first.due) first = track;
  return first;
}

/** The instant itself, or the end of the rest in which it lies: a closed laptop polls nothing. */
function awake(story: Story, at: number): number {
  return story.person.rests.find((rest) => rest.from <= at && at < rest.to)?.to ?? at;
}

/** On this clock no deadline ever comes. */
function untilAborted(_ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

const silent = () => {};
const SILENT: Log = { debug: silent, info: silent, warn: silent, error: silent };
