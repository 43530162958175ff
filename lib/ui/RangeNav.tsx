/** The ranges of the history: links that work by themselves, and switch without a reload where they can. */
import { type RangeName, RANGES } from "../model/history.ts";

export interface RangeNavProps {
  readonly selected: RangeName;
  readonly onSelect: (range: RangeName) => void;
}

export function RangeNav({ selected, onSelect }: RangeNavProps) {
  function select(range: RangeName, event: MouseEvent) {
    // Whoever wants another tab gets one.
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    onSelect(range);
  }

  return (
    <nav
      class="range-selector flex rounded-lg border border-line bg-surface text-sm"
      aria-label="Range of the history"
    >
      {RANGES.map(({ name }) => (
        // Not from the root: Fresh marks every link to the page's own path as the current one.
        <a
          key={name}
          class={`range-btn touch-target flex items-center justify-center rounded-md px-3 py-1.5 ${
            selected === name ? "bg-ink font-medium text-surface" : "text-muted hover:bg-sunken"
          }`}
          href={`?range=${name}`}
          data-range={name}
          aria-current={selected === name ? "true" : undefined}
          onClick={(event) => select(name, event)}
        >
          {name}
        </a>
      ))}
    </nav>
  );
}
