/** A custom time range: a form that works without a script, and switches without a reload where it can. */
import { clockText, isoDate, wallText } from "../../model/time.ts";
import { TimeField } from "../TimeField.tsx";
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
      <SpanField name="from" label="From" value={wallText(from, zone)} />
      <SpanField name="to" label="To" value={wallText(to, zone)} />
      <button type="submit" class="button touch-target">Show</button>
    </form>
  );
}

function SpanField({ name, label, value }: Readonly<Record<"name" | "label" | "value", string>>) {
  return (
    <div class="grid gap-1">
      <label for={`span-${name}`} class="text-muted">{label}</label>
      <TimeField id={`span-${name}`} name={name} label={label} value={value} withTime required />
    </div>
  );
}

/** Formats `2026-11-19T14:00` in the zone's local time. */
export function localText(at: number, zone: string): string {
  return `${isoDate(at, zone)}T${clockText(at, zone)}`;
}
