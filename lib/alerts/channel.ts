/** The contract of a channel: how messages leave, one file for each way. */
import type { Alert } from "../model/alerts/alert.ts";

/** One value that a channel needs. */
export interface ChannelSetting {
  readonly name: string;
  readonly help: string;
  /** Stored encrypted and never shown. */
  readonly secret?: true;
  readonly optional?: true;
  /** The only values it may have. */
  readonly choices?: readonly string[];
}

/** What leaves: one alert, or several in one message. */
export interface Message {
  /** Same for the same alerts, so that a receiver that takes idempotency keys drops a repetition. */
  readonly id: string;
  readonly alerts: readonly Alert[];
  readonly title: string;
  /** Short, for a phone. */
  readonly text: string;
  /** Everything, for mail. */
  readonly long: string;
  readonly severity: Alert["severity"];
  /** Epoch milliseconds. */
  readonly at: number;
}

export interface ChannelContext {
  /** The values that were set, secrets opened. */
  readonly settings: Readonly<Record<string, string>>;
  /** Posts to an address that may be asked; no redirects, a deadline, a bounded answer. */
  readonly request: (url: string, init: RequestInit) => Promise<ChannelAnswer>;
  /** Runs a command without a shell, with text on its standard input. */
  readonly run: (
    command: string,
    args: readonly string[],
    input: string,
    timeoutMs: number,
  ) => Promise<number>;
  readonly os: string;
  readonly now: () => number;
  readonly signal: AbortSignal;
}

export interface ChannelAnswer {
  readonly status: number;
  /** The beginning of what was answered. */
  readonly text: string;
  readonly retryAfterMs: number | null;
}

export interface ChannelType {
  /** `ntfy` */
  readonly id: string;
  /** `ntfy` as people write it: `Microsoft Teams`. */
  readonly name: string;
  readonly settings: readonly ChannelSetting[];
  /** Where hosts are fixed; those of settings are not named. */
  readonly hosts?: readonly string[];
  /** Says what is wrong with settings that were typed, or null. */
  readonly check?: (settings: Readonly<Record<string, string>>) => string | null;
  /** @throws {ChannelError} where it was not taken */
  readonly send: (message: Message, context: ChannelContext) => Promise<void>;
}

/** A message that was not taken, in words that hold no secret. */
export class ChannelError extends Error {
  override readonly name = "ChannelError";
  /** Whether trying again may help. */
  readonly retry: boolean;
  /** How long the receiver asked to wait, in milliseconds. */
  readonly retryAfterMs: number | null;

  constructor(
    message: string,
    options: { readonly retry?: boolean; readonly retryAfterMs?: number | null } = {},
  ) {
    super(message);
    this.retry = options.retry ?? true;
    this.retryAfterMs = options.retryAfterMs ?? null;
  }
}

/** @throws {ChannelError} unless the answer is a success */
export function requireTaken(name: string, answer: ChannelAnswer): void {
  const { status, retryAfterMs } = answer;
  if (status >= 200 && status < 300) return;
  if (status === 401 || status === 403) {
    throw new ChannelError(`${name} refused the sign-in (status ${status}): check its token`, {
      retry: false,
    });
  }
  if (status === 404 || status === 410) {
    throw new ChannelError(`${name} knows no such address (status ${status}): check its settings`, {
      retry: false,
    });
  }
  if (status === 429) throw new ChannelError(`${name} asked to wait (status 429)`, { retryAfterMs });
  const isOurs = status >= 400 && status < 500 && status !== 408;
  throw new ChannelError(`${name} answered with status ${status}`, { retry: !isOurs, retryAfterMs });
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
  requireTaken(name, answer);
  return answer;
}
