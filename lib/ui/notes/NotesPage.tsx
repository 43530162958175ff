/** All notes, each with a link to its day's chart, and the form that writes one. Works without JavaScript. */
import { MAX_NOTE_LETTERS } from "../../model/notes.ts";
import { momentText } from "../dates.ts";
import { TimeField } from "../TimeField.tsx";
import { Card } from "../settings/parts.tsx";
import { nodeKey } from "../words.ts";
import type { ListedNote, NotesPageView } from "./kinds.ts";

export function NotesPage({ view }: { readonly view: NotesPageView }) {
  const { notes, zone, mayWrite } = view;
  return (
    <>
      <p class="mt-2 text-sm text-muted">
        Events such as a changed plan, marked on every chart of the account.
      </p>
      {mayWrite && <NoteFormCard view={view} />}
      <Card title="All notes">
        {notes.length === 0 && <p class="mt-3 text-sm text-muted">No notes yet.</p>}
        <ul class="note-list mt-2 text-sm">
          {notes.map((note) => (
            <NoteItem
              key={nodeKey(note.id)}
              note={note}
              zone={zone}
              mayWrite={mayWrite}
            />
          ))}
        </ul>
      </Card>
    </>
  );
}

function NoteFormCard({ view: { form, accounts, zone } }: { readonly view: NotesPageView }) {
  const { id, at, text, account, problems } = form;
  const problem = problems["text"] ?? problems["at"] ?? problems["account"] ?? problems[""];
  return (
    <Card title={id === "" ? "New note" : "Change a note"}>
      <form method="post" action="/notes" class="note-form mt-3 flex flex-wrap items-end gap-3">
        <input type="hidden" name="action" value="save" />
        <input type="hidden" name="id" value={id} />
        <label class="flex min-w-0 flex-1 flex-col gap-1 text-sm font-medium">
          Text
          <input
            class="field touch-target w-full"
            name="text"
            value={text}
            maxLength={MAX_NOTE_LETTERS}
            placeholder="changed plan"
            required
            aria-invalid={problems["text"] ? "true" : undefined}
          />
        </label>
        <div class="flex min-w-0 flex-col gap-1 text-sm font-medium">
          <label for="note-at">{`When, ${zone}`}</label>
          <TimeField
            id="note-at"
            name="at"
            label="When"
            value={at.replace("T", " ")}
            withTime
            required
            isInvalid={problems["at"] !== undefined}
          />
        </div>
        <label class="flex min-w-0 flex-col gap-1 text-sm font-medium">
          About
          <select class="field touch-target max-w-full" name="account">
            <option value="">all accounts</option>
            {accounts.map(({ key, title }) => (
              <option key={nodeKey(key)} value={key} selected={key === account}>{title}</option>
            ))}
          </select>
        </label>
        <button type="submit" class="button button-primary touch-target">
          {id === "" ? "Add note" : "Save"}
        </button>
        {id !== "" && (
          <a
            class="touch-target inline-flex items-center text-sm underline"
            href="/notes"
            aria-current="false"
          >
            New note instead
          </a>
        )}
        {problem && <p class="w-full text-sm text-critical" role="alert">{problem}.</p>}
      </form>
    </Card>
  );
}

function NoteItem({ note, zone, mayWrite }: {
  readonly note: ListedNote;
  readonly zone: string;
  readonly mayWrite: boolean;
}) {
  const { id, at, text, title, account, day } = note;
  const chart = account === null
    ? `/?from=${day}&to=${day}`
    : `/accounts/${account.split("/").map(encodeURIComponent).join("/")}?from=${day}&to=${day}`;
  return (
    <li class="note flex flex-wrap items-center gap-x-4 gap-y-1 border-t border-line py-2" data-note={id}>
      <time dateTime={new Date(at).toISOString()} class="whitespace-nowrap text-muted">
        {momentText(at, zone)}
      </time>
      <span class="outside-text min-w-0 flex-1">
        {text}
        {title !== "" && <span class="text-muted">{` (${title})`}</span>}
      </span>
      <a class="quota-link touch-target text-accent" href={chart} aria-current="false">Chart</a>
      {mayWrite && (
        <>
          <a
            class="quota-link touch-target text-accent"
            href={`/notes?edit=${encodeURIComponent(id)}`}
            aria-current="false"
            aria-label={`Change the note of ${momentText(at, zone)}`}
          >
            Change
          </a>
          <form method="post" action="/notes">
            <input type="hidden" name="action" value="remove" />
            <input type="hidden" name="id" value={id} />
            <button
              type="submit"
              class="button touch-target"
              aria-label={`Remove the note of ${momentText(at, zone)}`}
            >
              Remove
            </button>
          </form>
        </>
      )}
    </li>
  );
}
