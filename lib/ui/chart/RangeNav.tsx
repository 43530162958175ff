/**
 * The ranges of the history: links that work without a script, and switch without a reload where they can.
 */
import { type RangeName, RANGES } from "../../model/history/history.ts";
import { buildAddress, type QueryParameters } from "./address.ts";

export interface RangeNavProps {
  /** Null when the range has no name. */
  readonly selected: RangeName | null;
  /** Other parameters in the address. */
  readonly kept: QueryParameters;
  /** The chart's own parameters. */
  readonly own: QueryParameters;
  readonly onSelect: (range: RangeName) => void;
}

export function RangeNav({ selected, kept, own, onSelect }: RangeNavProps) {
  function select(range: RangeName, event: MouseEvent) {
    // A modified click opens a new tab, which the browser handles.
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    onSelect(range);
  }

  return (
    <nav class="range-selector choices max-w-full overflow-x-auto" aria-label="Range of the history">
      {RANGES.map(({ name }) => (
        // Not an absolute path: Fresh marks every link to the page's own path as the current one.
        <a
          key={name}
          class="range-btn choice touch-target"
          href={buildAddress(kept, [["range", name], ...own])}
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
