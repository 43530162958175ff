/** A custom time range: a form that works without a script, and switches without a reload where it can. */
import { clockText, isoDate } from "../../model/time.ts";
import type { QueryParameters } from "./address.ts";

export interface SpanFormProps {
  readonly from: number;
  readonly to: number;
  readonly zone: string;
  readonly kept: QueryParameters;
  readonly onSubmit: (from: string, to: string) => void;
}

export function SpanForm({ from, to, zone, kept, onSubmit }: SpanFormProps) {
  function submit(event: SubmitEvent) {
    event.preventDefault();
    const data = new FormData(event.currentTarget as HTMLFormElement);
    onSubmit(String(data.get("from") ?? ""), String(data.get("to") ?? ""));
  }

  return (
    <form method="get" class="span-form flex flex-wrap items-end gap-3 text-sm" onSubmit={submit}>
      {kept.map(([name, value]) => <input key={name} type="hidden" name={name} value={value} />)}
      <label class="grid gap-1">
        <span class="text-muted">From</span>
        <input class="field" type="datetime-local" name="from" value={localText(from, zone)} required />
      </label>
      <label class="grid gap-1">
        <span class="text-muted">To</span>
        <input class="field" type="datetime-local" name="to" value={localText(to, zone)} required />
      </label>
      <button type="submit" class="button touch-target">Show</button>
    </form>
  );
}

/** Formats `2026-11-19T14:00` in the zone's local time. */
export function localText(at: number, zone: string): string {
  return `${isoDate(at, zone)}T${clockText(at, zone)}`;
}
