/** The alerts that rules would have raised in the past, in one sentence and with examples. */
import { timesWords } from "../../model/alerts/message.ts";
import { wallText } from "../../model/time.ts";
import type { ReplayView } from "./kinds.ts";

export function ReplayNote(
  { replay, of, zone }: { readonly replay: ReplayView; readonly of: string; readonly zone: string },
) {
  const { count, days, readings, examples } = replay;
  return (
    <div class="replay-note notice" data-replay={count}>
      <p>
        {readings === 0
          ? `There are no readings of the last ${days} days.`
          : `Over your last ${days} days, ${
            of === "*" ? "these rules" : "this rule"
          } would have alerted you ${timesWords(count)}${count === 0 ? "." : ":"}`}
      </p>
      {examples.length > 0 && (
        <ul class="mt-1 text-xs text-muted">
          {examples.map(({ at, title }) => (
            <li key={`${at} ${title}`} class="outside-text py-0.5">{wallText(at, zone)} {title}</li>
          ))}
          {count > examples.length && <li class="py-0.5">and {count - examples.length} before</li>}
        </ul>
      )}
      <p class="mt-1 text-xs text-muted">
        Forecasts, failing accounts and repeats are not counted.
      </p>
    </div>
  );
}
