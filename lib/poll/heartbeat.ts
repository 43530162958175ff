/**
 * The heartbeat of every serving mode: `Deno.cron` ticks the
 * scheduler once a minute, after one immediate tick.
 *
 * Measured with Deno 2.7.1 and 2.9.6: a handler that throws is called again at once, and a
 * run that lasts into the next minute skips the next one. So the handler never throws and
 * returns before its minute is over, even while polls are in progress. An already aborted
 * signal is ignored, and a name can be reused once its signal is aborted.
 */
import { MINUTE_MS } from "../model/duration.ts";
import type { Log } from "../provider/context.ts";
import type { Clock } from "../base/clock.ts";
import { describeThrown } from "./failure.ts";
import type { Scheduler } from "./scheduler.ts";

/** The part of `Deno.cron` used here. */
export type RegisterCron = (
  name: string,
  schedule: string,
  options: { readonly signal: AbortSignal },
  handler: () => Promise<void>,
) => Promise<void>;

export interface HeartbeatParts {
  readonly scheduler: Pick<Scheduler, "tick" | "stop">;
  readonly clock: Clock;
  readonly log: Log;
  /** Called once a minute, after the polls. */
  readonly maintain?: () => Promise<void>;
  /** Default: `Deno.cron`, or null when the runtime was started without it. */
  readonly cron?: RegisterCron | null;
}

export interface Heartbeat {
  /** Starts no more polls and gives running ones a few seconds. Resolves when all have ended. */
  stop(): Promise<void>;
}

const NAME = "syntrack polls";
const EVERY_MINUTE = "* * * * *";
/** How long before the end of its minute the handler returns. */
const MARGIN_MS = 5_000;

/** Returns `Deno.cron`, if the runtime offers it (flag `--unstable-cron`, or `"unstable": ["cron"]`). */
export function platformCron(): RegisterCron | null {
  if (typeof Deno === "undefined" || typeof Deno.cron !== "function") return null;
  return (name, schedule, options, handler) => Deno.cron(name, schedule, options, handler);
}

export function startHeartbeat(parts: HeartbeatParts): Heartbeat {
  const { scheduler, clock, log } = parts;
  const cron = parts.cron === undefined ? platformCron() : parts.cron;
  const stopping = new AbortController();
  const { signal } = stopping;
  const beats = new Set<Promise<void>>();

  async function beat(): Promise<void> {
    try {
      await scheduler.tick(signal);
      if (!signal.aborted) await parts.maintain?.();
    } catch (thrown) {
      log.error("The heartbeat failed", { error: describeThrown(thrown) });
    }
  }

  function begin(): Promise<void> {
    const beating: Promise<void> = beat().finally(() => beats.delete(beating));
    beats.add(beating);
    return beating;
  }

  /** One run of the cron job. */
  async function run(): Promise<void> {
    const over = new AbortController();
    const stop = () => over.abort();
    signal.addEventListener("abort", stop);
    if (signal.aborted) stop();
    const beating = begin().finally(stop);
    await Promise.race([beating, clock.sleep(restOfMinute(clock) - MARGIN_MS, over.signal)]);
    signal.removeEventListener("abort", stop);
  }

  async function loop(): Promise<void> {
    while (!signal.aborted) {
      await clock.sleep(restOfMinute(clock), signal);
      if (!signal.aborted) void begin();
    }
  }

  async function register(): Promise<void> {
    if (cron === null) {
      log.info("Deno.cron is not available, so a timer is used instead");
      return await loop();
    }
    try {
      await cron(NAME, EVERY_MINUTE, { signal }, run);
    } catch (thrown) {
      log.warn("Deno.cron failed, so a timer is used instead", { error: describeThrown(thrown) });
      await loop();
    }
  }

  void begin();
  const registered = register();

  return {
    async stop() {
      stopping.abort();
      await scheduler.stop();
      await Promise.all([registered, ...beats]);
    },
  };
}

function restOfMinute(clock: Clock): number {
  const now = clock.now();
  return Math.floor(now / MINUTE_MS) * MINUTE_MS + MINUTE_MS - now;
}
