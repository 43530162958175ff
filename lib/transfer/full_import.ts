/**
 * Imports everything from another store into an empty one. A killed process leaves a mark, from which the same import
 * continues; any other import is rejected, so that two databases never become one.
 */
import { createHash } from "node:crypto";
import type { Bucket } from "../model/engine/bucket.ts";
import type { Cycle } from "../model/engine/cycle.ts";
import type { Session } from "../model/engine/session.ts";
import type { Outcome } from "../model/outcome.ts";
import type { AccountKey, QuotaKey } from "../model/quota.ts";
import { NO_HASH } from "../store/audit_contract.ts";
import type { PastReading } from "../store/history_of.ts";
import type {
  AccountRecord,
  AuditEnd,
  DocKind,
  QuotaDescription,
  Store,
  StoredAuditRow,
  StoredDoc,
  StoredReading,
} from "../store/store.ts";
import { lineFailure } from "./import_lines.ts";
import { TransferError } from "./transfer_error.ts";
import { DOC_KINDS, FULL_EXPORT_LAYOUT } from "./full_export.ts";

/** Takes the rows of a history before any of them is stored. */
export interface HistoryRows {
  account(record: Pick<AccountRecord, "account" | "state" | "okAt">): void;
  quota(account: AccountKey, described: QuotaDescription): void;
  reading(quota: QuotaKey, reading: PastReading): void;
  bucket(quota: QuotaKey, bucket: Bucket): void;
  cycle(cycle: Cycle): void;
  session(session: Session): void;
  outcome(outcome: Outcome): void;
  end(): void;
}

export interface FullExport {
  readonly accounts: readonly AccountKey[];
  readonly readings: number;
  readonly docs: readonly (StoredDoc & { readonly kind: DocKind })[];
  readonly auditStart: AuditEnd;
  readonly audit: readonly StoredAuditRow[];
  /** Digest of its lines. */
  readonly digest: string;
}

const START = '{"what":"everything"';
/** Longer than any line of an export. */
const MAX_CHARACTERS = 64 * 1024 * 1024;

/** Reports whether a file starts like a full export. */
export async function isFullExport(bytes: ReadableStream<Uint8Array>): Promise<boolean> {
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of bytes) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length >= START.length) break;
  }
  return text.startsWith(START);
}

/** Reads and checks the whole file; passes its history to `rows`. @throws {TransferError} with the line and the reason */
export async function readFullExport(
  file: string,
  bytes: ReadableStream<Uint8Array<ArrayBuffer>>,
  rows: HistoryRows,
  signal: AbortSignal,
): Promise<FullExport> {
  const reader = new WholeReader(rows);
  const hash = createHash("sha256");
  let [line, rest] = [0, ""];
  const take = (text: string) => {
    line++;
    hash.update(`${text}\n`);
    try {
      reader.take(text, line);
    } catch (error) {
      throw lineFailure(
        file,
        line,
        error instanceof Error ? `is invalid: ${error.message}` : "",
      );
    }
  };
  for await (const chunk of bytes.pipeThrough(new TextDecoderStream())) {
    signal.throwIfAborted();
    const lines = (rest + chunk).split("\n");
    rest = lines.pop()!;
    if (rest.length > MAX_CHARACTERS) {
      throw lineFailure(file, line + 1, "is longer than any line of an export");
    }
    for (const text of lines) take(text);
  }
  if (rest.trim() !== "") take(rest);
  if (!reader.isComplete) throw lineFailure(file, line + 1, "is missing: the file is truncated");
  rows.end();
  return { ...reader.whole(), digest: hash.digest("hex") };
}

type Line = Readonly<Record<string, unknown>> & { readonly what: string };

class WholeReader {
  readonly #rows: HistoryRows;
  readonly #accounts: AccountKey[] = [];
  readonly #docs: (StoredDoc & { readonly kind: DocKind })[] = [];
  readonly #audit: StoredAuditRow[] = [];
  #auditStart: AuditEnd = { id: 0, hash: NO_HASH };
  #readings = 0;
  isComplete = false;

  constructor(rows: HistoryRows) {
    this.#rows = rows;
  }

  whole(): Omit<FullExport, "digest"> {
    return {
      accounts: this.#accounts,
      readings: this.#readings,
      docs: this.#docs,
      auditStart: this.#auditStart,
      audit: this.#audit,
    };
  }

  take(text: string, line: number): void {
    if (this.isComplete) throw new TypeError("it comes after the end");
    const { what, ...value }: Line = JSON.parse(text);
    const own = value as unknown;
    switch (what) {
      case "everything":
        if (value.layout === FULL_EXPORT_LAYOUT) return;
        throw new TypeError(`layout ${value.layout}; this program reads layout ${FULL_EXPORT_LAYOUT}`);
      case "account": {
        const record = own as AccountRecord;
        if (record.state?.account !== record.account) {
          throw new TypeError("its state belongs to another account");
        }
        this.#accounts.push(record.account);
        return this.#rows.account(record);
      }
      case "quota": {
        const { account, ...described } = own as QuotaDescription & { readonly account: AccountKey };
        return this.#rows.quota(account, described);
      }
      case "reading": {
        const { of, unitBefore, planBefore, ...reading } = own as
          & { readonly of: QuotaKey; readonly unitBefore?: null; readonly planBefore?: null }
          & StoredReading;
        const terms = unitBefore === undefined
          ? undefined
          : { until: reading.at, unit: unitBefore, plan: planBefore ?? null };
        this.#readings++;
        return this.#rows.reading(of, { reading, terms });
      }
      case "bucket": {
        const { of, ...bucket } = own as { readonly of: QuotaKey } & Bucket;
        return this.#rows.bucket(of, bucket);
      }
      case "cycle":
        return this.#rows.cycle(own as Cycle);
      case "session":
        return this.#rows.session(own as Session);
      case "outcome":
        return this.#rows.outcome(own as Outcome);
      case "doc": {
        const doc = own as StoredDoc & { readonly kind: DocKind };
        if (!DOC_KINDS.includes(doc.kind) || typeof doc.id !== "string") {
          throw new TypeError("unknown document");
        }
        return void this.#docs.push(doc);
      }
      case "audit-start":
        this.#auditStart = own as AuditEnd;
        return;
      case "audit":
        return void this.#audit.push(own as StoredAuditRow);
      case "end":
        if (value.lines !== line - 1) throw new TypeError(`${line - 1} of ${value.lines} lines`);
        this.isComplete = true;
        return;
      default:
        throw new TypeError(`unknown type ${JSON.stringify(what)}`);
    }
  }
}

/** The mark by which a later process recognizes a killed import. */
const MARK = { kind: "settings", id: "importing" } as const;

/** @throws {TransferError} when the store is not empty */
export async function storeFullExport(
  target: Store,
  staged: Store,
  whole: FullExport,
  now: number,
): Promise<void> {
  const mark = { digest: whole.digest };
  const begun = await target.docs.get<typeof mark>(MARK.kind, MARK.id, now);
  if (begun?.digest !== mark.digest) {
    await checkEmpty(target);
    await target.docs.put(MARK.kind, MARK.id, mark, now);
  }
  await restoreAudit(target, whole);
  await adoptAll(target, staged, whole.accounts);
  for (const { kind, id, doc, expiresAt } of whole.docs) {
    if (kind === MARK.kind && id === MARK.id) continue;
    await target.docs.put(kind, id, doc, now, expiresAt === null ? {} : { expiresAt });
  }
  await target.docs.delete(MARK.kind, MARK.id);
}

/** Adopts all of them at once, so that a continued import finds either none or all of them as in the file. */
async function adoptAll(target: Store, staged: Store, accounts: readonly AccountKey[]): Promise<void> {
  const atOf = async (store: Store, account: AccountKey) => (await store.latest(account))[0]?.state.at;
  const known = await Promise.all(accounts.map((account) => atOf(target, account)));
  const wanted = await Promise.all(accounts.map((account) => atOf(staged, account)));
  if (known.every((at, i) => at !== undefined && at === wanted[i])) return;
  const polled = accounts.filter((_, i) => known[i] != null && known[i] !== wanted[i]);
  const adopted = accounts.map((account) => ({ account, at: null, whole: true, corrections: [] }));
  const [moved] = polled.length > 0 ? polled : await target.adopt(staged, adopted);
  if (moved === undefined) return;
  throw new TransferError(
    `The database changed during the import, by a poll of "${moved}", which was kept`,
    "Stop the server that uses it, and import into an empty database: name one with --db",
  );
}

async function checkEmpty(target: Store): Promise<void> {
  const docs = await Promise.all(DOC_KINDS.map((kind) => target.docs.all(kind)));
  const { last } = await target.audit.ends();
  const isEmpty = (await target.latest()).length === 0 && docs.every(({ length }) => length === 0) &&
    last.id === 0;
  if (isEmpty) return;
  throw new TransferError(
    `The database "${target.path}" already contains data, and a full import needs an empty database`,
    "Choose another with --db; an export of readings can be added to existing data",
  );
}

async function restoreAudit(target: Store, { auditStart, audit }: FullExport): Promise<void> {
  const end = audit.at(-1) ?? auditStart;
  if (end.id === 0 || await isRestored(target, end)) return;
  const { last } = await target.audit.ends();
  if (last.id !== 0 && (last.id !== auditStart.id || last.hash !== auditStart.hash)) {
    throw new TransferError(
      `The audit log in "${target.path}" already has other rows`,
      "Import into an empty database: name another with --db",
    );
  }
  try {
    await target.audit.restore(auditStart, audit);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new TransferError(error.message, "The file was changed after the export: export again");
  }
}

/** A continued import may already have done so, and rows may have been added since. */
async function isRestored(target: Store, end: AuditEnd): Promise<boolean> {
  const { first } = await target.audit.ends();
  if (first.id === end.id) return first.hash === end.hash;
  const [row] = await target.audit.written(end.id - 1, 1);
  return row?.id === end.id && row.hash === end.hash;
}
