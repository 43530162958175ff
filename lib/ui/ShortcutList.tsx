/** The list of keyboard shortcuts. */
import { NAVIGATION } from "./navigation.ts";

const KEYS: readonly (readonly [keys: readonly string[], what: string])[] = [
  [["?"], "This list"],
  [["p"], "Search accounts, quotas, pages, ranges, actions"],
  [["Ctrl", "K"], "The same, even while typing in a field"],
  [["/"], "Filter what is shown"],
  [["r"], "Poll all accounts now"],
  ...NAVIGATION.map(({ letter, label }) => [["g", letter], label] as const),
  [["Left", "Right"], "In a chart: move along its points"],
  [["Esc"], "Leave the chart, or close this list"],
];

export function ShortcutList() {
  return (
    <dl class="key-list mt-3 text-sm">
      {KEYS.map(([keys, what]) => (
        <div key={what} class="flex items-start gap-3 py-1">
          <dt class="w-28 shrink-0 flex gap-1">{keys.map((key) => <kbd key={key}>{key}</kbd>)}</dt>
          <dd>{what}</dd>
        </div>
      ))}
    </dl>
  );
}
