/** The only code that reads the clock. Everything else receives a `Clock`. */

export interface Clock {
  /** Epoch milliseconds, UTC. */
  now(): number;
  /** Resolves after `ms`, or as soon as `signal` is aborted; never rejects. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** Returns the real present, if this clock is set to a different instant. */
  present?(): number;
  /** Receives a server's time from the headers of a response that just arrived. */
  heard?(host: string, headers: Headers): void;
  /** Compares this machine's clock with those servers; null before the first. */
  compared?(): ClockComparison | null;
}

/** How this machine's clock compares with the clocks of servers. */
export interface ClockComparison {
  /** How far it is ahead of them, in milliseconds; negative when it is behind, 0 when it is right. */
  readonly aheadMs: number;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep(ms, signal) {
    return new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const finish = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", finish);
        resolve();
      };
      const timer = setTimeout(finish, ms);
      signal.addEventListener("abort", finish);
    });
  },
};

/** Returns a clock fixed at one instant, for commands that answer as of then. */
export function createFixedClock(instant: number, present?: Clock): Clock {
  return { now: () => instant, sleep: systemClock.sleep, ...present && { present: () => present.now() } };
}

/** Tolerated error of servers and caches. */
export const MAX_OFF_MS = 5 * 60_000;
/** Maximum number of hosts to remember. */
const MAX_HOSTS = 64;
/** When the clock and the elapsed time differ by more than this between two reads, the clock was set. */
const SET_MS = 60_000;

/**
 * Returns a clock corrected by the `Date` headers of servers. It counts as wrong
 * only when every server says so, and then follows the nearest of them: one server
 * with a wrong clock changes nothing as long as another one answers.
 *
 * @param running elapsed milliseconds, independent of clock changes
 */
export function createComparingClock(base: Clock, running: () => number = () => performance.now()): Clock {
  /** By host: how far `base` is ahead of it. */
  const ahead = new Map<string, number>();
  let last: { readonly at: number; readonly running: number } | undefined;

  /** Reads the clock; discards the comparisons when the clock was set since. */
  function look(): number {
    const now = base.now();
    const ran = running();
    if (last && Math.abs((now - last.at) - (ran - last.running)) > SET_MS) ahead.clear();
    last = { at: now, running: ran };
    return now;
  }

  function aheadMs(): number {
    let least = Infinity;
    for (const one of ahead.values()) if (Math.abs(one) < Math.abs(least)) least = one;
    return Math.abs(least) > MAX_OFF_MS && least !== Infinity ? least : 0;
  }

  return {
    now: () => look() - aheadMs(),
    sleep: (ms, signal) => base.sleep(ms, signal),
    heard(host, headers) {
      const serverAt = Date.parse(headers.get("date") ?? "");
      const age = Number(headers.get("age") ?? 0);
      if (!Number.isFinite(serverAt) || !(age >= 0)) return;
      const now = look();
      ahead.delete(host);
      ahead.set(host, now - (serverAt + age * 1000));
      const [oldest] = ahead.keys();
      if (ahead.size > MAX_HOSTS && oldest !== undefined) ahead.delete(oldest);
    },
    compared() {
      look();
      return ahead.size === 0 ? null : { aheadMs: aheadMs() };
    },
  };
}
