/** Lets at most so many pieces of work run at a time; the others wait their turn in order. */
export interface Slots {
  /** Runs `work` when there is room; its result, or its error, is the result. */
  run<T>(work: () => Promise<T>): Promise<T>;
}

export function createSlots(most: number): Slots {
  const waiting: (() => void)[] = [];
  let taken = 0;

  return {
    async run(work) {
      if (taken < most) taken++;
      // Whoever leaves hands its place over, so the count stays.
      else await new Promise<void>((resolve) => waiting.push(resolve));
      try {
        return await work();
      } finally {
        const next = waiting.shift();
        if (next) next();
        else taken--;
      }
    },
  };
}
