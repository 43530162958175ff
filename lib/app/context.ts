/**
 * What a request or a command may use. Types only: `lib/app/compose.ts` is the one
 * place that knows the implementation of each, and tests
 * supply their own.
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
import type { QuotaRangeData } from "../read/history_cache.ts";
import type { Hub } from "../base/hub.ts";
import type { HistoryRange, HistoryView, RangeName } from "../model/history/history.ts";
import type { FoundAccount } from "../model/account.ts";
import type { CredentialFacts, Outcome } from "../model/outcome.ts";
import type { AccountKey, QuotaKey } from "../model/quota.ts";
import type { SpendView } from "../model/spend/spend.ts";
import type { Tally } from "../model/engine/tally.ts";
import type { Present } from "../read/present.ts";
import type { VendorFacts } from "../model/vendor.ts";
import type { DashboardView } from "../model/view/view.ts";
import type { Notes } from "../model/notes.ts";
import type { SettingsKeeper } from "./settings.ts";
import type { Store } from "../store/store.ts";

export interface AppContext {
  readonly version: string;
  /** Random for each run, so that a caller knows which run it reached. */
  readonly instanceId: string;
  /** When this run began, epoch milliseconds. */
  readonly startedAt: number;
  /** IANA zone in which days are shown: the one set in the dashboard, else the server's. */
  readonly zone: string;
  /** The server's zone, whatever zone is set in the dashboard. */
  readonly serverZone: string;
  readonly clock: Clock;
  /** Which of a provider's quotas count the same money or use; empty when it declares none. */
  poolsOf(provider: string): readonly Pool[];
  /** What a provider declares about its vendor; null when it declares nothing. */
  vendorOf(provider: string): VendorFacts | null;
  readonly store: Store;
  readonly hub: Hub;
  readonly log: Log;
  /** The newest lines of the log, redacted, oldest first. */
  recentLog(max: number): readonly LogEntry[];
  /** How often accounts are polled by default, in milliseconds. */
  readonly intervalMs: number;
  /** Hosts a request may name, each as `name:port` or `[::1]:port`; all others are refused. */
  readonly hosts: ReadonlySet<string>;
  /** The server's own certificate; null when it serves plain http. */
  readonly certificate?: () => CertificateState | null;
  /** The operating system: `linux`, `darwin`, `windows`. */
  readonly platform: string;
  /** True when the figures come from the fake vendor of the demo. */
  readonly demo: boolean;
  /**
   * True on a hosting platform that starts and stops instances of the program: it has no files, tools or
   * keychains, and restricts no permissions.
   */
  readonly hosted?: boolean;
  /** Forecasts, pace, insights, cycles and sessions, derived from the store. */
  readonly analysis: Analysis;
  /** Notes that people wrote about instants. */
  readonly notes: Notes;
  /** What users set in the dashboard. */
  readonly settings: SettingsKeeper;
  /** Who may sign in, and what they may do. */
  readonly access: Access;
  /** Alerts: those raised, and the messages sent and waiting. */
  readonly alerts: Alerts;
  /** The channels that send messages. */
  readonly channels: ManagedChannels;
  /** Browsers that receive notifications. */
  readonly push: PushSubscriptions;
  /** Lists, adds, renames and removes accounts. */
  readonly accounts: Accounts;
  /** Returns the current state of all accounts, by provider and name; of hidden ones only with `withHidden`. */
  dashboard(options?: { readonly withHidden?: boolean }): Promise<DashboardView>;
  /** The current state of single accounts, to follow changes. */
  readonly present: Pick<Present, "account" | "members">;
  /** Returns the history of the named quotas, or of all, in percent of their limits. */
  history(query: HistoryQuery): Promise<HistoryView>;
  /** Returns the data behind the lines of a history: buckets as long as the range needs, or readings. */
  past(query: PastQuery): Promise<readonly QuotaRangeData[]>;
  /** Returns spend by the months of a zone; of some accounts, or of all that are not hidden. */
  spend(zone: string, only?: ReadonlySet<AccountKey>): Promise<SpendView>;
  /** Lists every provider, configured or not, in the order of the registry. */
  providers(): Promise<readonly ProviderStatus[]>;
  /** Polls now: one account, or all; joins polls in progress. */
  pollNow(account?: AccountKey): Promise<readonly Outcome[]>;
  /** Returns what this run has counted so far. */
  tally(): Tally;
  /** Returns the keys of settings that changed since the start and take effect at the next one. */
  needRestart(): readonly string[];
  /** Lists what each provider may access outside this program: hosts, files, commands. */
  listAccess(): readonly AccessList[];
  /** Null when commands are not answered. */
  readonly answers: AnswerCommands | null;
  /** Null when this process has no database to maintain. */
  readonly maintenance: MaintenanceStatus | null;
  /** Returns statistics of the process itself. */
  processStats(): Promise<ProcessStats>;
}

export interface CertificateState {
  /** When the current certificate expires, epoch milliseconds. */
  readonly expiresAt: number;
  /** Why the files are not used as they are now, or null. Names no path. */
  readonly problem: string | null;
}

/** A command typed on another machine, to be answered by this one. */
export interface RemoteCommand {
  readonly command: string;
  readonly operands: readonly string[];
  /** By name; empty for options that take no value. */
  readonly options: Readonly<Record<string, string>>;
  /** Of the terminal that shows the answer. */
  readonly columns: number;
}

export interface CommandAnswer {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Why it failed, if it did. */
  readonly error: { readonly message: string; readonly hint: string | null } | null;
}

/** Runs a read-only command on what a store shows; null for other commands and for invalid ones. */
export type AnswerCommands = (command: RemoteCommand, store: Store) => Promise<CommandAnswer | null>;

export interface AccessList {
  readonly id: string;
  readonly name: string;
  readonly enabled: boolean;
  /** Each as `host` or `host:port`. */
  readonly hosts: readonly string[];
  readonly files: readonly { readonly path: string; readonly what: string }[];
  readonly commands: readonly string[];
}

/** Maintains the database. */
export interface MaintenanceStatus {
  /** Where the database is: a path, or `kv:` and a path or an address. */
  readonly path: string;
  /** Default retention of readings, in milliseconds; 0 keeps them forever. The dashboard may override it. */
  readonly keepReadingsMs: number;
  /** Counts at most once a minute. */
  size(): Promise<DatabaseSize>;
  /** Removes what the settings do not keep; resolves to the number of rows removed. */
  prune(): Promise<number>;
  /** What can be done with a database that is one file; null for any other. */
  readonly file: FileMaintenance | null;
}

export interface FileMaintenance {
  /** Reclaims free space; resolves to the number of bytes. Blocks other users of the database meanwhile. */
  vacuum(): Promise<number>;
  /**
   * A complete copy without credentials, logins and keys. Read it to its end, or cancel it; it ends by itself
   * when reading pauses for too long. Null while another copy is made or read.
   */
  backup(): Promise<Backup | null>;
}

export interface Backup {
  readonly bytes: number;
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>>;
}

/** The size and contents of the database. */
export interface DatabaseSize {
  readonly bytes: number;
  /** The part of it that is free space. */
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

/** Statistics of the process, for monitoring. */
export interface ProcessStats {
  /** Version of the runtime, such as `2.9.6`. */
  readonly runtime: string;
  /** Resident memory. */
  readonly memoryBytes: number;
  /** Processor time since the start, in seconds. */
  readonly cpuSeconds: number;
  /** The database with its companion files; null when there is no file or it cannot be read. */
  readonly storeBytes: number | null;
}

export type HistoryQuery = HistoryRange & {
  /** All by default. */
  readonly quotas?: readonly QuotaKey[];
  /** Whether to include when the accounts were in use. */
  readonly sessions?: boolean;
};

export interface PastQuery {
  readonly range: RangeName;
  readonly quotas: readonly QuotaKey[];
}

/** A discovered login, without its credential. */
export type AccountCredential =
  & CredentialFacts
  & Pick<FoundAccount, "name" | "fingerprint">;

/** What is configured for a provider and where it was found; never a value. */
export interface ProviderStatus {
  readonly id: string;
  readonly name: string;
  readonly configured: boolean;
  readonly accounts: readonly AccountCredential[];
  /** The origin that replaces the vendor's, or null. */
  readonly baseUrl: string | null;
  readonly intervalMs: number;
  /** What to set, as text for users. */
  readonly setup: string;
  /** Why discovery failed, or null. */
  readonly problem: string | null;
}
