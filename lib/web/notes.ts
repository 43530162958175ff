/** Notes: the bodies and forms that add and change them, and the page that lists them. */
import { HttpError } from "fresh";
import * as v from "valibot";
import { plain } from "../base/text.ts";
import type { ChartNote } from "../model/history/history.ts";
import { parseEdge } from "../model/history/time_range.ts";
import { MAX_NOTE_LETTERS, type Note, type NoteFields, notesWithin } from "../model/notes.ts";
import { type AccountKey, type QuotaKey, splitQuotaKey } from "../model/quota.ts";
import { isoDate } from "../model/time.ts";
import { decide } from "../access/decide.ts";
import type { AppContext } from "../app/context.ts";
import { localText } from "../ui/chart/SpanForm.tsx";
import type { FrameFacts } from "../ui/Frame.tsx";
import type { NoteForm, NotesPageView } from "../ui/notes/kinds.ts";
import { accountTitle } from "../ui/words.ts";
import { FieldsError } from "./failure.ts";
import { frameFacts } from "./frame.ts";
import { listKnownAccounts } from "./settings.ts";
import type { State } from "./state.ts";
import { unknownWord } from "./unknown_word.ts";

const NoteText = v.pipe(v.string(), v.maxLength(4 * MAX_NOTE_LETTERS, "expected a shorter text"));
const NoteInstant = v.pipe(v.string(), v.maxLength(40, "expected an instant"));
const NoteId = v.pipe(v.string(), v.minLength(1, "expected an id"), v.maxLength(64, "expected an id"));
const NoteAccount = v.nullable(v.pipe(v.string(), v.maxLength(300, "expected at most 300 characters")));

/** `POST /api/v1/notes`: without `at` it is about now, without `account` about all. */
export const NewNoteBody = v.strictObject({
  text: NoteText,
  at: v.optional(NoteInstant),
  account: v.optional(NoteAccount),
});
/** `PUT /api/v1/notes`: what is absent stays. */
export const NoteChangeBody = v.strictObject({
  id: NoteId,
  text: v.optional(NoteText),
  at: v.optional(NoteInstant),
  account: v.optional(NoteAccount),
});
/** `DELETE /api/v1/notes`. */
export const NoteRemovalBody = v.strictObject({ id: NoteId });

type NoteInput = Partial<{ readonly [Field in keyof NoteFields]: string | null | undefined }>;

/**
 * Checks the given fields of a note.
 *
 * @param own the note's current account, which may no longer exist
 * @throws {FieldsError} naming the invalid fields
 */
async function readFields(
  services: AppContext,
  zone: string,
  input: NoteInput,
  own: AccountKey | null = null,
): Promise<Partial<NoteFields>> {
  const fields: { -readonly [Field in keyof NoteFields]?: NoteFields[Field] } = {};
  const { text, at, account } = input;
  if (typeof text === "string") fields.text = text;
  if (typeof at === "string" && at !== "") {
    const instant = parseEdge(at, zone);
    if (instant === null) {
      throw new FieldsError([{
        field: "at",
        message: `Cannot read "${
          plain(at, 40)
        }" as an instant: expected such as 2026-11-21T12:00 or 2026-11-21T12:00:00Z`,
      }]);
    }
    fields.at = instant;
  }
  if (account === null || account === "") fields.account = null;
  else if (account !== undefined) {
    const known = await listKnownAccounts(services);
    const key = account === own ? own : known.find((one) => one === account);
    if (key === undefined) {
      throw new FieldsError([{ field: "account", message: unknownWord("account", account, known).message }]);
    }
    fields.account = key;
  }
  return fields;
}

export async function addNote(services: AppContext, zone: string, input: NoteInput): Promise<Note> {
  const { text = "", at = services.clock.now(), account = null } = await readFields(services, zone, input);
  return await withFieldErrors(services.notes.add({ text, at, account }));
}

/** @throws {HttpError} 404 when there is no such note */
export async function changeNote(
  services: AppContext,
  zone: string,
  id: string,
  input: NoteInput,
): Promise<Note> {
  const own = (await services.notes.list()).find((one) => one.id === id)?.account;
  const note = await withFieldErrors(
    services.notes.change(id, await readFields(services, zone, input, own)),
  );
  if (note === null) throw noSuchNote(id);
  return note;
}

/** @throws {HttpError} 404 when there is no such note */
export async function removeNote(services: AppContext, id: string): Promise<void> {
  if (!await services.notes.remove(id)) throw noSuchNote(id);
}

function noSuchNote(id: string): HttpError {
  return new HttpError(404, `There is no note "${plain(id, 64)}"; the list shows all notes`);
}

async function withFieldErrors<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    // By name: bundles may hold two copies of the class.
    if (!(error instanceof Error) || error.name !== "NoteError") throw error;
    const { field, message } = error as Error & { readonly field: string };
    throw new FieldsError([{ field, message }]);
  }
}

/** Returns the notes of a time range about the accounts of these quotas; without quotas, about all visible ones. */
export async function chartNotes(
  services: Pick<AppContext, "notes" | "dashboard">,
  { from, to }: { readonly from: number; readonly to: number },
  quotas: readonly QuotaKey[] | null,
): Promise<readonly ChartNote[]> {
  const all = await services.notes.list();
  if (all.length === 0) return [];
  const accounts = quotas?.map((key) => splitQuotaKey(key).account) ??
    (await services.dashboard()).accounts.map(({ key }) => key);
  return notesWithin(all, from, to, new Set(accounts)).map(({ id, at, text }) => ({ id, at, text }));
}

export interface NotesPageData {
  readonly facts: FrameFacts;
  readonly view: NotesPageView;
  readonly note: string;
}

/** @param answered a form that could not be used */
export async function notesPage(
  state: State,
  query: URLSearchParams,
  answered?: NoteForm,
): Promise<NotesPageData> {
  const { services, principal } = state;
  const facts = await frameFacts(state, "Notes");
  const [notes, { accounts }, known] = await Promise.all([
    services.notes.list(),
    services.dashboard({ withHidden: true }),
    listKnownAccounts(services),
  ]);
  const titles = new Map<string, string>(accounts.map((account) => [account.key, accountTitle(account)]));
  const edited = notes.find(({ id }) => id === (answered?.id ?? query.get("edit")));
  const at = parseEdge(query.get("at") ?? "", facts.zone);
  const form: NoteForm = answered ?? {
    id: edited?.id ?? "",
    at: localText(edited?.at ?? at ?? facts.at, facts.zone),
    text: edited?.text ?? "",
    account: edited ? edited.account ?? "" : query.get("account") ?? "",
    problems: {},
  };
  // A note keeps its account, even one that no longer exists.
  const choices = new Set<string>([...known, ...edited?.account ? [edited.account] : []]);
  return {
    facts,
    note: answered ? "Nothing was saved" : DONE[query.get("done") ?? ""] ?? "",
    view: {
      form,
      accounts: [...choices].map((key) => ({ key, title: titles.get(key) ?? key })),
      notes: notes.toReversed().map((note) => ({
        ...note,
        title: note.account === null ? "" : titles.get(note.account) ?? note.account,
        day: isoDate(note.at, facts.zone),
      })),
      mayWrite: principal === null || decide(principal, "write", services.access.now()) === "allowed",
      zone: facts.zone,
    },
  };
}

const DONE: Readonly<Record<string, string>> = { added: "Noted", changed: "Saved", removed: "Removed" };

/** Applies a form of the page; returns what was done in a word, and the account. @throws {FieldsError | HttpError} */
export async function applyNoteForm(
  services: AppContext,
  zone: string,
  form: URLSearchParams,
): Promise<{ readonly done: string; readonly account: AccountKey | null }> {
  const action = form.get("action");
  const id = form.get("id") ?? "";
  if (action === "remove") {
    const note = (await services.notes.list()).find((one) => one.id === id);
    await removeNote(services, id);
    return { done: "removed", account: note?.account ?? null };
  }
  if (action !== "save") throw new HttpError(400, "Unknown action");
  const input = {
    text: form.get("text") ?? "",
    at: form.get("at") ?? "",
    account: form.get("account") ?? "",
  };
  // The field has whole minutes, and one hour of autumn twice, so an unchanged time keeps its milliseconds.
  const before = (await services.notes.list()).find((one) => one.id === id);
  const isSame = before !== undefined && input.at.replace(" ", "T") === localText(before.at, zone);
  const { at: _at, ...others } = input;
  const { account } = id === ""
    ? await addNote(services, zone, input)
    : await changeNote(services, zone, id, isSame ? others : input);
  return { done: id === "" ? "added" : "changed", account };
}
