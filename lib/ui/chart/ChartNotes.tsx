/** The notes in the time range of a chart, listed below it, with a link to add one. */
import type { ChartNote } from "../../model/history/history.ts";
import { momentText } from "../dates.ts";
import { nodeKey } from "../words.ts";
import { localText } from "./SpanForm.tsx";

/** Maximum number of notes listed; their page has the rest. */
const MAX_LISTED = 6;

export interface ChartNotesProps {
  readonly notes: readonly ChartNote[];
  /** The instant a new note would be about. */
  readonly at: number;
  /** Key of the account a new note would be about; empty for all. */
  readonly account: string;
  readonly zone: string;
}

export function ChartNotes({ notes, at, account, zone }: ChartNotesProps) {
  const query = new URLSearchParams({ at: localText(at, zone), ...account !== "" && { account } });
  return (
    <div class="chart-notes mt-3 text-sm">
      {notes.length > 0 && (
        <ul>
          {notes.slice(-MAX_LISTED).map(({ id, at, text }) => (
            <li key={nodeKey(id)} class="flex gap-3 py-0.5">
              <time class="whitespace-nowrap text-muted" dateTime={new Date(at).toISOString()}>
                {momentText(at, zone)}
              </time>
              <a
                class="outside-text quota-link"
                href={`/notes?edit=${encodeURIComponent(id)}`}
                aria-current="false"
              >
                {text}
              </a>
            </li>
          ))}
        </ul>
      )}
      <p class="no-print flex flex-wrap gap-x-4">
        <a
          class="chart-add-note quota-link touch-target text-accent underline"
          href={`/notes?${query}`}
          aria-current="false"
        >
          Add a note
        </a>
        {notes.length > MAX_LISTED && (
          <a class="quota-link touch-target text-accent underline" href="/notes" aria-current="false">
            {`${notes.length - MAX_LISTED} more`}
          </a>
        )}
      </p>
    </div>
  );
}

/** How near a note is to an instant it counts for, as a share of the axis. */
const NEAR = 0.012;

/** Returns the texts of the notes near an instant, the nearest first. */
export function notesNear(
  notes: readonly ChartNote[],
  at: number,
  from: number,
  end: number,
): readonly string[] {
  const measureDistance = ({ at: instant }: ChartNote) => Math.abs(instant - at);
  return notes.filter((note) => measureDistance(note) <= (end - from) * NEAR)
    .toSorted((a, b) => measureDistance(a) - measureDistance(b)).slice(0, 3).map(({ text }) => text);
}
