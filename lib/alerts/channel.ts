/** The contract of a channel: one way to send messages, in its own file. */
import { netPermission } from "../net/resolve_host.ts";
import type { Alert } from "../model/alerts/alert.ts";
import type { AccountView } from "../model/view/view.ts";

/** One setting of a channel. */
export interface ChannelSetting {
  readonly name: string;
  readonly help: string;
  /** Stored encrypted and never shown. */
  readonly secret?: true;
  readonly optional?: true;
  /** The allowed values; any value by default. */
  readonly choices?: readonly string[];
}

/** A message to send: one alert, or several. */
export interface Message {
  /** Equal for the same alerts, so that a receiver with idempotency keys drops a repetition. */
  readonly id: string;
  readonly alerts: readonly Alert[];
  readonly title: string;
  /** Short text, for a phone. */
  readonly text: string;
  /** Full text, for mail. */
  readonly long: string;
  readonly severity: Alert["severity"];
  /** Epoch milliseconds. */
  readonly at: number;
}

export interface ChannelContext {
  /** The values of its settings, secrets opened. */
  readonly settings: Readonly<Record<string, string>>;
  /** Posts to an allowed address; no redirects, a deadline, a bounded response. */
  readonly request: (url: string, init: RequestInit) => Promise<ChannelAnswer>;
  /**
   * Checks a server before a socket connects to it: never one where cloud machines keep credentials, and without
   * encryption only one in the own network. @throws {ChannelError}
   */
  readonly admit: (host: string, port: number, isPlain: boolean) => Promise<void>;
  /**
   * Runs a command without a shell, with text on its standard input. Aborting only ends the wait: the command runs
   * on.
   */
  readonly run: (
    command: string,
    args: readonly string[],
    input: string,
    timeoutMs: number,
    signal?: AbortSignal,
  ) => Promise<number>;
  readonly os: string;
  readonly now: () => number;
  readonly signal: AbortSignal;
}

export interface ChannelAnswer {
  readonly status: number;
  /** The start of the response. */
  readonly text: string;
  readonly retryAfterMs: number | null;
}

/** What a channel reaches outside this program. */
export interface ChannelReach {
  /** As `--allow-net` lists them: `ntfy.sh`, `10.0.0.7:8080`. */
  readonly hosts: readonly string[];
  /** A server reached through a Node socket, which needs the permission by address. */
  readonly socket?: { readonly host: string; readonly port: number };
  readonly commands: readonly string[];
}

/** Returns the reach of requests to a URL; none for an invalid one. */
export function reachOfUrl(url: string): ChannelReach {
  if (!URL.canParse(url)) return { hosts: [], commands: [] };
  const { hostname, port, protocol } = new URL(url);
  return {
    hosts: [netPermission(hostname, Number(port) || (protocol === "http:" ? 80 : 443))],
    commands: [],
  };
}

export interface ChannelType {
  /** `ntfy` */
  readonly id: string;
  /** Its name for people: `Microsoft Teams`. */
  readonly name: string;
  readonly settings: readonly ChannelSetting[];
  /** Returns what its messages reach outside this program, for the permissions of `--sandbox`. */
  readonly reach: (settings: Readonly<Record<string, string>>, os: string) => ChannelReach;
  /** Returns what is wrong with typed settings, or null. */
  readonly check?: (settings: Readonly<Record<string, string>>) => string | null;
  /** @throws {ChannelError} when it was not accepted */
  readonly send: (message: Message, context: ChannelContext) => Promise<void>;
  /** True for receivers that keep an incident open until a message resolves it. */
  readonly incidents?: true;
  /** For receivers that show the current state: what they should store of it, by name. */
  readonly mirror?: {
    /** Returns all of it, without secrets; `settings` are the plain ones. */
    readonly plan: (
      accounts: readonly AccountView[],
      settings: Readonly<Record<string, string>>,
    ) => ReadonlyMap<string, string>;
    /** Publishes changes; null removes. @throws {ChannelError} */
    readonly publish: (changes: ReadonlyMap<string, string | null>, context: ChannelContext) => Promise<void>;
  };
}

/** A message that was not accepted, described without secrets. */
export class ChannelError extends Error {
  override readonly name = "ChannelError";
  /** True when a retry may succeed; false when someone has to fix the channel first. */
  readonly retry: boolean;
  /** True when the receiver rejects the message itself, and always will. */
  readonly rejected: boolean;
  /** How long the receiver asked to wait, in milliseconds. */
  readonly retryAfterMs: number | null;
  /** True when the receiver no longer exists, so that the channel is removed. */
  readonly gone: boolean;

  constructor(
    message: string,
    options: {
      readonly retry?: boolean;
      readonly rejected?: boolean;
      readonly retryAfterMs?: number | null;
      readonly gone?: boolean;
    } = {},
  ) {
    super(message);
    this.gone = options.gone ?? false;
    this.rejected = options.rejected ?? this.gone;
    this.retry = options.retry ?? !this.rejected;
    this.retryAfterMs = options.retryAfterMs ?? null;
  }
}

/** @param where `host:port` */
export function notGranted(where: string): ChannelError {
  return new ChannelError(
    `This process may not connect to ${where}: restart it to grant the permissions its channels need`,
  );
}

/** Reports whether a socket failed because of an untrusted certificate, by the error's words: it has no code. */
export function isUntrusted(text: string): boolean {
  return /certificate|self.signed|UnknownIssuer|NotValidForName/i.test(text);
}

/** @throws {ChannelError} unless the response is a success */
export function requireAccepted(name: string, answer: ChannelAnswer): void {
  const { status, retryAfterMs } = answer;
  if (status >= 200 && status < 300) {
    if (contradictsStatus(answer.text)) {
      throw new ChannelError(`${name} answered that it did not accept the message`);
    }
    return;
  }
  if (status === 401 || status === 403) {
    throw new ChannelError(`${name} refused the sign-in (status ${status}): check its token`, {
      retry: false,
    });
  }
  if (status === 404 || status === 410) {
    throw new ChannelError(`${name} does not know this address (status ${status}): check its settings`, {
      retry: false,
    });
  }
  if (status === 429) throw new ChannelError(`${name} asked to wait (status 429)`, { retryAfterMs });
  const isOurs = status >= 400 && status < 500 && status !== 408;
  throw new ChannelError(`${name} answered with status ${status}`, { rejected: isOurs, retryAfterMs });
}

/** Reports whether a body contradicts its status: some receivers answer 200 even when they reject the message. */
function contradictsStatus(text: string): boolean {
  if (/^webhook message delivery failed/i.test(text)) return true;
  try {
    const { ok, success, errcode } = { ...JSON.parse(text) as object } as Readonly<Record<string, unknown>>;
    return ok === false || success === false || typeof errcode === "string";
  } catch {
    return false;
  }
}

/** Posts JSON. @throws {ChannelError} */
export async function postJson(
  name: string,
  { request }: Pick<ChannelContext, "request">,
  url: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<ChannelAnswer> {
  const answer = await request(url, {
    method: "POST",
    headers: { "content-type": "application/json; charset=utf-8", ...headers },
    body: JSON.stringify(body),
  });
  requireAccepted(name, answer);
  return answer;
}
