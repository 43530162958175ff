/** A custom time range: a form that works without a script, and switches without a reload where it can. */
import { clockText, isoDate, wallText } from "../../model/time.ts";
import { useMemo, useRef } from "preact/hooks";
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
  const isTouched = useRef(false);
  const drawn = useRef("");
  if (!isTouched.current) drawn.current = `${from} ${to} ${zone}`;

  function touch() {
    isTouched.current = true;
  }

  function submit(event: SubmitEvent) {
    event.preventDefault();
    isTouched.current = false;
    const data = new FormData(event.currentTarget as HTMLFormElement);
    onSubmit(String(data.get("from") ?? ""), String(data.get("to") ?? ""));
  }

  // The chart is drawn again under the pointer and with each reading; fields that are being filled in are not.
  return useMemo(() => (
    <form
      method="get"
      class="span-form flex flex-wrap items-end gap-3 text-sm"
      onInput={touch}
      onChange={touch}
      onSubmit={submit}
    >
      {kept.map(([name, value]) => <input key={name} type="hidden" name={name} value={value} />)}
      <SpanField name="from" label="From" value={wallText(from, zone)} />
      <SpanField name="to" label="To" value={wallText(to, zone)} />
      <button type="submit" class="button touch-target">Show</button>
    </form>
  ), [drawn.current]);
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
