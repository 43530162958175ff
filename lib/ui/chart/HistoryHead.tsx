/** The head of a history chart: its title, the ranges, and messages about the last action. */
import { RangeNav, type RangeNavProps } from "./RangeNav.tsx";

export interface HistoryHeadProps extends RangeNavProps {
  readonly title: string;
  readonly zone: string;
  /** Whether it shows what is `used` or `left`. */
  readonly word: "used" | "left";
  /** Messages about what failed and what was done; empty for none. */
  readonly problem: string;
  readonly done: string;
}

export function HistoryHead({ title, zone, word, problem, done, ...ranges }: HistoryHeadProps) {
  return (
    <>
      <header class="mb-3 flex flex-wrap items-center justify-between gap-3">
        <h2 id="usage-chart-title" class="text-lg font-semibold">
          {title}
          <span class="ml-2 text-sm font-normal text-muted">{`percent ${word} of each limit, ${zone}`}</span>
        </h2>
        <RangeNav {...ranges} />
      </header>
      <p class={problem === "" ? "hidden" : "chart-problem mb-3 text-sm text-danger"} role="status">
        {problem || null}
      </p>
      <p class={done === "" ? "hidden" : "chart-done mb-3 text-sm"} role="status">{done || null}</p>
    </>
  );
}
