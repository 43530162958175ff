/** Limits how many tasks run at a time; the others wait in order. */
export interface Slots {
  /** Runs `work` when there is room; passes on its result or its error. */
  run<T>(work: () => Promise<T>): Promise<T>;
}

export function createSlots(max: number): Slots {
  const waiting: (() => void)[] = [];
  let taken = 0;

  return {
    async run(work) {
      if (taken < max) taken++;
      // A finished task passes its slot on, so the count stays the same.
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
