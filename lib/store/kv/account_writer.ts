/** Collects what polls change in one account, before any of it is stored. */
import type { Change } from "../../model/engine/advance.ts";
import { bucketStart, STEPS } from "../../model/engine/bucket.ts";
import type { AccountState } from "../../model/engine/state.ts";
import { type AccountKey, quotaKey, type Reading, splitAccountKey } from "../../model/quota.ts";
import { adjustValues, checkUnit, encode, keyText, readInstant, storedText } from "../rows.ts";
import type { Poll, QuotaDescription } from "../store.ts";
import type { KvDatabase } from "./database.ts";
import { type FoundHead, type Head, isStoredState, newHead, withEdits } from "./head.ts";
import { edit, type Edits, isRemoved, removedRow, type Row, SERIES } from "./series.ts";
import { readPieces } from "./pieces.ts";
import {
  BUCKET,
  bucketRow,
  cycleRow,
  outcomeRow,
  READING,
  readingRow,
  sessionRow,
  termsRow,
  withValues,
} from "./rows_of.ts";

type QuotaChange = Exclude<Change, { kind: "session" | "void-session" }>;

export class AccountWriter {
  readonly found: FoundHead;
  readonly edits: Edits = new Map();
  readonly #database: KvDatabase;
  readonly #account: AccountKey;
  readonly #head: Head;
  readonly #places = new Map<string, number>();
  readonly #quotas: QuotaDescription[];
  #last: Poll | null = null;
  #okAt: number | null;
  at: number | null;

  constructor(database: KvDatabase, found: FoundHead) {
    this.#database = database;
    this.found = found;
    this.#account = found.account;
    this.#head = found.head ?? newHead();
    this.#quotas = [...this.#head.quotas];
    for (const [place, { quota }] of this.#quotas.entries()) this.#places.set(quota, place);
    this.#okAt = this.#head.okAt;
    this.at = this.#head.at;
  }

  /** Reports whether the state a poll is based on, if it names one, is the previous state. */
  follows(base: AccountState | undefined): boolean {
    if (base === undefined) return true;
    if (!this.#last) return isStoredState(this.found.head, base);
    return this.#last.state === base || encode(this.#last.state, "state") === encode(base, "state");
  }

  async put(poll: Poll): Promise<void> {
    if (!this.found.head) checkAccount(this.#account);
    for (const reading of poll.snapshot.readings) this.#describe(reading);
    const readings = new Map(poll.snapshot.readings.map((reading) => [reading.quota, reading]));
    for (const change of poll.changes) {
      if (change.kind === "void-session") {
        this.#edit(SERIES.sessions, removedRow(readInstant(change.startedAt, "startedAt")));
        continue;
      }
      if (change.kind === "session") {
        this.#checkOwn("session", change.session.account, this.#account);
        this.#edit(SERIES.sessions, sessionRow(change.session));
        continue;
      }
      const reading = readings.get(change.quota);
      const place = this.#places.get(change.quota);
      if (!reading || place === undefined) {
        throw new TypeError(`Cannot store a change of "${change.quota}": no reading of it in the snapshot`);
      }
      await this.#putChange(poll.snapshot.at, place, reading, change);
    }
    encode(poll.state, "state");
    this.note(poll.outcome);
    this.#last = poll;
    this.at = poll.snapshot.at;
  }

  note(outcome: Poll["outcome"]): void {
    if (!this.found.head) checkAccount(this.#account);
    this.#edit(SERIES.outcomes, outcomeRow(outcome));
    if (outcome.kind === "ok") this.#okAt = Math.max(this.#okAt ?? outcome.at, outcome.at);
  }

  /** Returns the updated account with its new rows. */
  head(): Head {
    const own = { ...this.#head, quotas: this.#quotas, okAt: this.#okAt };
    const state = this.#last ? { at: this.at, state: encode(this.#last.state, "state") } : {};
    return withEdits({ ...own, ...state }, this.edits);
  }

  #describe(reading: Reading): void {
    const { quota, label, unit, window: { kind, seconds } } = reading;
    checkUnit(reading);
    const described = {
      quota: keyText(quota, "quota"),
      label: storedText(label)!,
      unit,
      window: { kind, seconds },
    };
    const place = this.#places.get(quota);
    if (place === undefined) {
      this.#places.set(quota, this.#quotas.push(described) - 1);
    } else this.#quotas[place] = described;
  }

  async #putChange(at: number, place: number, reading: Reading, change: QuotaChange): Promise<void> {
    switch (change.kind) {
      case "entry": {
        this.#edit(SERIES.readings(place), readingRow(at, reading, change));
        const terms = termsRow(at, change);
        if (terms) this.#edit(SERIES.terms(place), terms);
        break;
      }
      case "adjust":
        await this.adjust(place, change);
        break;
      case "bucket":
        this.#edit(SERIES.buckets(place, change.bucket.step), bucketRow(change.bucket));
        break;
      case "cycle":
        this.#checkOwn("cycle", change.cycle.quota, quotaKey(this.#account, change.quota));
        this.#edit(SERIES.cycles(place), cycleRow(change.cycle));
        break;
      case "void-cycle":
        this.#edit(SERIES.cycles(place), removedRow(readInstant(change.startedAt, "startedAt")));
        break;
    }
  }

  /** Corrects stored rows; skips rows deleted in the meantime. */
  async adjust(place: number, change: Extract<Change, { kind: "adjust" }>): Promise<void> {
    const { at, by, resets } = adjustValues(change);
    const series = SERIES.readings(place);
    const reading = await this.#row(series, at);
    if (reading) {
      const consumed = Math.max(0, Number(reading[READING.consumed]) + by);
      const reset = Number(reading[READING.reset]) + resets;
      this.#edit(series, withValues(reading, { [READING.consumed]: consumed, [READING.reset]: reset }));
    }
    for (const step of STEPS) {
      const series = SERIES.buckets(place, step);
      const bucket = await this.#row(series, bucketStart(at, step));
      if (!bucket) continue;
      const consumed = Math.max(0, Number(bucket[BUCKET.consumed]) + by);
      const count = Number(bucket[BUCKET.resets]) + resets;
      this.#edit(series, withValues(bucket, { [BUCKET.consumed]: consumed, [BUCKET.resets]: count }));
    }
  }

  async #row(series: string, at: number): Promise<Row | null> {
    const known = this.edits.get(series)?.get(at) ?? this.#head.fresh[series]?.find((row) => row[0] === at);
    if (known) return isRemoved(known) ? null : known;
    // If this changes while it is read, nothing is stored.
    const rows = await readPieces(this.#database, this.#head.id, series, { from: at, to: at + 1 });
    return rows?.[0] ?? null;
  }

  #edit(series: string, row: Row): void {
    edit(this.edits, series, row);
  }

  #checkOwn(what: string, named: string, wanted: string): void {
    if (named !== wanted) throw new TypeError(`Cannot store a ${what} of "${named}" as one of "${wanted}"`);
  }
}

export function checkAccount(account: AccountKey): void {
  splitAccountKey(account);
  keyText(account, "account");
}
