/** The only place that reads the clock. Everything else is handed a `Clock`. */

export interface Clock {
  /** Epoch milliseconds, UTC. */
  now(): number;
  /** Resolves after `ms`, or as soon as `signal` is aborted; never rejects. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** The present, where this clock stands at another instant. */
  present?(): number;
  /** Told what time a server said it was, by the headers of an answer that came just now. */
  heard?(host: string, headers: Headers): void;
  /** How the clock of this machine stands to those that were heard; null while none was. */
  compared?(): ClockComparison | null;
}

/** What servers say about the clock of this machine. */
export interface ClockComparison {
  /** By how much it is ahead of them, in milliseconds; negative when it is behind. 0 when it is right. */
  readonly aheadMs: number;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep(ms, signal) {
    return new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal.addEventListener("abort", done);
    });
  },
};

/** A clock that stands at one instant, for commands that answer as of it. */
export function clockAt(instant: number, present?: Clock): Clock {
  return { now: () => instant, sleep: systemClock.sleep, ...present && { present: () => present.now() } };
}

/** Servers and caches are this far off without anybody minding. */
export const MAX_OFF_MS = 5 * 60_000;
/** Hosts that are remembered. */
const MAX_HOSTS = 64;
/** Between two looks the clock and the time that has run may differ by this much before it was set. */
const SET_MS = 60_000;

/**
 * A clock that is put right by what servers say in the `Date` header of their answers. It is only taken
 * for wrong when every server that was heard says so, and then goes as the one that is nearest to it: a
 * single server whose own clock is off changes nothing as long as another one can be asked.
 *
 * @param running milliseconds that run on whatever the clock is set to
 */
export function comparingClock(base: Clock, running: () => number = () => performance.now()): Clock {
  /** By host: how far `base` is ahead of it. */
  const ahead = new Map<string, number>();
  let last: { readonly at: number; readonly running: number } | undefined;

  /** What was heard says nothing of a clock that was set since. */
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
      const said = Date.parse(headers.get("date") ?? "");
      const age = Number(headers.get("age") ?? 0);
      if (!Number.isFinite(said) || !(age >= 0)) return;
      const now = look();
      ahead.delete(host);
      ahead.set(host, now - (said + age * 1000));
      const [oldest] = ahead.keys();
      if (ahead.size > MAX_HOSTS && oldest !== undefined) ahead.delete(oldest);
    },
    compared() {
      look();
      return ahead.size === 0 ? null : { aheadMs: aheadMs() };
    },
  };
}
