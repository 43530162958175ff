/**
 * The vendor's side of a quota: windows that begin and end, and
 * the amount granted in each, never more than the limit.
 */

/** A window that has begun. */
export interface WindowRange {
  /** Epoch milliseconds; excludes the end. */
  readonly from: number;
  readonly to: number;
}

/** Determines the next window. */
export interface Windows {
  /** Returns the window after the one that ended at `ended`, if it has begun by `until`; otherwise null. */
  next(ended: number, until: number): WindowRange | null;
  /** The earliest start of the first window. */
  readonly origin: number;
}

export interface Meter {
  /** Returns the amount granted in the current window, and the window; 0 and null between windows. */
  at(now: number): { readonly used: number; readonly window: WindowRange | null };
  /** Returns everything granted up to an instant. Never falls. */
  granted(now: number): number;
  /** Returns the windows that begin before `to` and end after `from`, in time order. */
  spans(from: number, to: number): readonly WindowRange[];
}

/** Returns windows of equal length, each beginning with the first use after the previous one. */
export function fromFirstUse(
  ms: number,
  origin: number,
  nextUse: (from: number, until: number) => number | null,
): Windows {
  return {
    origin,
    next(ended, until) {
      const from = nextUse(ended, until);
      return from === null ? null : { from, to: from + ms };
    },
  };
}

/** Returns windows of equal length, one after another. */
export function backToBack(ms: number, origin: number): Windows {
  return { origin, next: (ended, until) => ended <= until ? { from: ended, to: ended + ms } : null };
}

/**
 * Returns monthly windows that begin on the day and time (UTC) of `origin`, which must not be after the 28th.
 */
export function createMonthly(origin: number): Windows {
  return {
    origin,
    next(ended, until) {
      if (ended > until) return null;
      const end = new Date(ended);
      return { from: ended, to: end.setUTCMonth(end.getUTCMonth() + 1) };
    },
  };
}

export function createMeter(options: {
  readonly windows: Windows;
  readonly limit: number;
  /** Returns the demand up to an instant; never falls. */
  readonly doneBy: (at: number) => number;
}): Meter {
  const { windows, limit, doneBy } = options;
  /** Every window so far, with the grants and the demand before it. */
  const known: { readonly span: WindowRange; readonly granted: number; readonly demanded: number }[] = [];

  function reach(now: number): void {
    while (true) {
      const last = known.at(-1);
      if (last && last.span.to > now) return;
      const span = windows.next(last?.span.to ?? windows.origin, now);
      if (span === null) return;
      const granted = last ? last.granted + grantedIn(last.demanded, last.span.to) : 0;
      known.push({ span, granted, demanded: doneBy(span.from) });
    }
  }

  function grantedIn(demandedBefore: number, at: number): number {
    return Math.min(limit, Math.max(0, doneBy(at) - demandedBefore));
  }

  /** Returns the index of the newest window that begins at or before `now`, or -1. */
  function indexAt(now: number): number {
    reach(now);
    let low = 0;
    let high = known.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((known[middle]?.span.from ?? Infinity) <= now) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  return {
    at(now) {
      const newest = known[indexAt(now)];
      if (!newest || newest.span.to <= now) return { used: 0, window: null };
      return { used: grantedIn(newest.demanded, now), window: newest.span };
    },
    granted(now) {
      const newest = known[indexAt(now)];
      return newest ? newest.granted + grantedIn(newest.demanded, Math.min(now, newest.span.to)) : 0;
    },
    spans(from, to) {
      reach(to);
      return known.map((one) => one.span).filter((span) => span.from < to && span.to > from);
    },
  };
}
