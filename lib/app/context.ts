/**
 * What a request or a command may use. Types only: `lib/app/compose.ts` is the one
 * place that knows which implementation stands behind each of them, and tests
 * put their own in.
 */
import type { Pool } from "../model/history/counting.ts";
import type { Access } from "../access/access.ts";
import type { Alerts } from "../alerts/alerts.ts";
import type { ManagedChannels } from "../alerts/managed_channels.ts";
import type { PushSubscriptions } from "../alerts/push_subscriptions.ts";
import type { Accounts } from "../accounts/accounts.ts";
import type { Analysis } from "../read/analysis.ts";
import type { Log } from "../provider/context.ts";
import type { Clock } from "../base/clock.ts";
import type { LogEntry } from "../base/log.ts";
import type { QuotaPast } from "../read/history_cache.ts";
import type { Hub } from "../base/hub.ts";
import type { HistoryView, RangeName, Span } from "../model/history/history.ts";
import type { FoundAccount } from "../model/account.ts";
import type { CredentialFacts, Outcome } from "../model/outcome.ts";
import type { AccountKey, QuotaKey } from "../model/quota.ts";
import type { SpendView } from "../model/spend/spend.ts";
import type { Tally } from "../model/engine/tally.ts";
import type { Present } from "../read/present.ts";
import type { DashboardView } from "../model/view/view.ts";
import type { SettingsKeeper } from "./settings.ts";
import type { Store } from "../store/store.ts";

export interface AppContext {
  readonly version: string;
  /** Random for each run, so that a caller knows whom it reached. */
  readonly instanceId: string;
  /** When this run began, epoch milliseconds. */
  readonly startedAt: number;
  /** IANA zone in which days are shown: the one that was set in the dashboard, else that of the server. */
  readonly zone: string;
  /** The zone of the server, whatever was set. */
  readonly serverZone: string;
  readonly clock: Clock;
  /** Which quotas of a provider see the same money or use; empty of one that does not say. */
  poolsOf(provider: string): readonly Pool[];
  readonly store: Store;
  readonly hub: Hub;
  readonly log: Log;
  /** The newest lines of the log, redacted, the oldest of them first. */
  recentLog(most: number): readonly LogEntry[];
  /** How often accounts are polled where nothing else is set, in milliseconds. */
  readonly intervalMs: number;
  /** Hosts a request may name, each as `name:port` or `[::1]:port`; everything else is refused. */
  readonly hosts: ReadonlySet<string>;
  /** The certificate of the server itself; null where it serves plain http. */
  readonly certificate?: () => CertificateState | null;
  /** The system this runs on: `linux`, `darwin`, `windows`. */
  readonly platform: string;
  /** True when the figures come from the fake vendor of the demo. */
  readonly demo: boolean;
  /** Forecasts, pace, insights, cycles and sessions: what is concluded from the store. */
  readonly analysis: Analysis;
  /** What people set in the dashboard. */
  readonly settings: SettingsKeeper;
  /** Who may come in, and what they may do. */
  readonly access: Access;
  /** What was told to people, and what still has to be. */
  readonly alerts: Alerts;
  /** The ways by which messages leave. */
  readonly channels: ManagedChannels;
  /** Browsers that are sent notifications. */
  readonly push: PushSubscriptions;
  /** The accounts there are, and adding, renaming and removing them. */
  readonly accounts: Accounts;
  /** The present of all accounts, ordered by provider and name; of hidden ones only where `withHidden` asks for them. */
  dashboard(asked?: { readonly withHidden?: boolean }): Promise<DashboardView>;
  /** The same account by account, for what follows changes. */
  readonly present: Pick<Present, "account" | "members">;
  /** History of the named quotas, or of all, in percent of their limits. */
  history(query: HistoryQuery): Promise<HistoryView>;
  /** The same before it is made into lines: buckets as long as the range shows, or readings. */
  past(query: PastQuery): Promise<readonly QuotaPast[]>;
  /** What was spent, by the months of a zone; of some accounts, or of all that are not hidden. */
  spend(zone: string, only?: ReadonlySet<AccountKey>): Promise<SpendView>;
  /** Every provider, configured or not, in the order of the registry. */
  providers(): Promise<readonly ProviderStatus[]>;
  /** Polls now: one account, or all; joins polls under way. */
  pollNow(account?: AccountKey): Promise<readonly Outcome[]>;
  /** What this run has counted so far. */
  tally(): Tally;
  /** The keys of settings that were changed since the start and take effect at the next one. */
  needRestart(): readonly string[];
  /** What each provider may touch outside this program: hosts, files, commands. */
  listAccess(): readonly AccessList[];
  /** Null where no commands are answered. */
  readonly answers: AnswerCommands | null;
  /** Null where there is no database of this process to look after. */
  readonly maintenance: MaintenanceStatus | null;
  /** How the process itself is doing. */
  processStats(): Promise<ProcessStats>;
}

export interface CertificateState {
  /** When the certificate in force ends, epoch milliseconds. */
  readonly expiresAt: number;
  /** Why the files as they are now are not in force, or null. Names no path. */
  readonly problem: string | null;
}

/** What was typed on another machine, to be answered by this one. */
export interface AskedCommand {
  readonly command: string;
  readonly operands: readonly string[];
  /** By name; empty for those that take no value. */
  readonly options: Readonly<Record<string, string>>;
  /** Of the terminal it is for. */
  readonly columns: number;
}

export interface CommandAnswer {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Why it ended, where it failed. */
  readonly error: { readonly message: string; readonly hint: string | null } | null;
}

/** Runs a command that only reads, on what a store shows; null for one that is none, or is not understood. */
export type AnswerCommands = (asked: AskedCommand, store: Store) => Promise<CommandAnswer | null>;

export interface AccessList {
  readonly id: string;
  readonly name: string;
  readonly enabled: boolean;
  /** Each as `host` or `host:port`. */
  readonly hosts: readonly string[];
  readonly files: readonly { readonly path: string; readonly what: string }[];
  readonly commands: readonly string[];
}

/** Looking after the database. */
export interface MaintenanceStatus {
  /** Where it lies. */
  readonly path: string;
  /** For how long readings are kept where nothing was set in the dashboard, in milliseconds; 0 is for ever. */
  readonly keepReadingsMs: number;
  /** Counted anew once a minute at most. */
  size(): Promise<DatabaseSize>;
  /** Removes what the settings do not keep; resolves to the number of rows removed. */
  prune(): Promise<number>;
  /** Gives back room that holds nothing; resolves to how many bytes. Others wait meanwhile. */
  vacuum(): Promise<number>;
  /**
   * A whole copy without credentials, logins and keys. Read it to its end, or cancel it; one that nobody reads for
   * a while ends by itself. Null while another one is made or read.
   */
  backup(): Promise<Backup | null>;
}

export interface Backup {
  readonly bytes: number;
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>>;
}

/** How large the database is, and what is in it. */
export interface DatabaseSize {
  readonly bytes: number;
  /** The part of it that holds nothing at present. */
  readonly freeBytes: number;
  readonly logBytes: number;
  readonly accounts: number;
  readonly quotas: number;
  readonly readings: number;
  readonly buckets: number;
  readonly cycles: number;
  readonly sessions: number;
  readonly outcomes: number;
  /** Epoch milliseconds; null when there is none. */
  readonly firstAt: number | null;
  readonly lastAt: number | null;
}

/** Figures of the process, for monitoring. */
export interface ProcessStats {
  /** Version of the runtime, as in `2.9.6`. */
  readonly runtime: string;
  /** Resident memory. */
  readonly memoryBytes: number;
  /** Time on processors since the start, in seconds. */
  readonly cpuSeconds: number;
  /** The database with the files beside it; null where there is no file or it cannot be read. */
  readonly storeBytes: number | null;
}

export type HistoryQuery = Span & {
  /** All unless given. */
  readonly quotas?: readonly QuotaKey[];
  /** Whether to tell when the accounts were in use as well. */
  readonly sessions?: boolean;
};

export interface PastQuery {
  readonly range: RangeName;
  readonly quotas: readonly QuotaKey[];
}

/** A login that was found, without the value of its credential. */
export type AccountCredential =
  & CredentialFacts
  & Pick<FoundAccount, "name" | "fingerprint">;

/** What is configured of a provider and where it was found; never a value. */
export interface ProviderStatus {
  readonly id: string;
  readonly name: string;
  readonly configured: boolean;
  readonly accounts: readonly AccountCredential[];
  /** The origin that replaces the vendor's own, or null. */
  readonly baseUrl: string | null;
  readonly intervalMs: number;
  /** What to set, for people. */
  readonly setup: string;
  /** Why looking for accounts failed, or null. */
  readonly problem: string | null;
}
