/**
 * Exports everything in a store as lines of JSON, to move it to another engine: history, outcomes, documents and the
 * audit log. The same content gives the same bytes on every engine.
 */
import type { DocKind, Store } from "../store/store.ts";
import { type QuotaHistory, readHistory } from "../store/history_of.ts";
import { TransferError } from "./transfer_error.ts";

/** The layout of lines this program writes and reads. */
export const FULL_EXPORT_LAYOUT = 1;

/** Whether to move a kind of document; documents are written in this order. */
const KINDS: Readonly<Record<DocKind, boolean>> = {
  settings: true,
  accounts: true,
  identities: true,
  renewals: true,
  users: true,
  logins: true,
  keys: true,
  passkeys: true,
  feeds: true,
  alerts: true,
  alert_memory: true,
  channels: true,
  outbox: true,
  notes: true,
  // Shared between instances for a while.
  shared: false,
};
export const DOC_KINDS = (Object.keys(KINDS) as readonly DocKind[]).filter((kind) => KINDS[kind]);
/** Audit rows read at once. */
const AUDIT_ROWS = 500;

/** Yields lines without line breaks; the last one states their number, so that a part is not taken for the whole. */
export async function* encodeFullExport(store: Store): AsyncIterable<string> {
  let lines = 0;
  for await (const value of listValues(store)) {
    lines++;
    yield JSON.stringify(value);
  }
  yield JSON.stringify({ what: "end", lines });
}

async function* listValues(store: Store): AsyncIterable<object> {
  yield { what: "everything", layout: FULL_EXPORT_LAYOUT };
  for (const { account } of await store.latest()) {
    const history = await readHistory(store, account);
    if (!history) continue;
    const { record: { okAt, state, outcome }, quotas, sessions, outcomes } = history;
    yield { what: "account", account, okAt, state };
    for (const quota of quotas) {
      yield { what: "quota", account, ...quota.described };
      yield* rowsOf(quota);
    }
    for await (const page of sessions()) for (const row of page) yield { what: "session", ...row };
    for await (const page of outcomes()) {
      // A vendor's response may contain anything, so it does not leave this computer.
      for (const { answer: _, ...row } of page) yield { what: "outcome", ...row };
    }
    const [after] = await store.latest(account);
    if (after?.state.at !== state.at || after?.outcome?.at !== outcome?.at) throw polledMeanwhile(account);
  }
  for (const kind of DOC_KINDS) {
    for (const doc of await store.docs.all(kind)) yield { what: "doc", kind, ...doc };
  }
  const { first, last } = await store.audit.ends();
  if (last.id > 0) yield { what: "audit-start", ...first };
  for (let { id } = first;;) {
    const rows = await store.audit.written(id, AUDIT_ROWS);
    for (const row of rows) yield { what: "audit", ...row };
    if (rows.length < AUDIT_ROWS) return;
    id = rows.at(-1)!.id;
  }
}

/** Its rows were read one after another, so they may be inconsistent. */
function polledMeanwhile(account: string): TransferError {
  return new TransferError(
    `The history of "${account}" changed during the export, by a poll or a removal`,
    "Stop the server (`syntrack stop`), and export again",
  );
}

async function* rowsOf({ key, readings, buckets, cycles }: QuotaHistory): AsyncIterable<object> {
  for await (const page of readings()) {
    for (const { reading, terms } of page) {
      const before = terms && { unitBefore: terms.unit, planBefore: terms.plan };
      yield { what: "reading", of: key, ...reading, ...before };
    }
  }
  for await (const page of buckets()) for (const row of page) yield { what: "bucket", of: key, ...row };
  for await (const page of cycles()) for (const row of page) yield { what: "cycle", ...row };
}
