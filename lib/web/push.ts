/** Notifications of browsers: the key to subscribe to, their subscriptions, and the first message to them. */
import { HttpError } from "fresh";
import type { AppContext } from "../app/context.ts";
import { canonicalAddress } from "../net/address.ts";
import { FieldsError } from "./failure.ts";

export interface SubscribeRequest {
  readonly endpoint: string;
  readonly p256dh: string;
  readonly auth: string;
  readonly browser: string;
}

export interface SubscribeResult {
  /** The name of its channel. */
  readonly channel: string;
  /** Why the first message was not accepted, for people; null when it was. */
  readonly problem: string | null;
}

/** Given to push services as the contact, where this server has no public address. */
const UNKNOWN_OWNER = "mailto:owner@example.org";

/** @throws {HttpError} 422 for an invalid subscription, 409 when no secret can be stored */
export async function subscribeBrowser(
  { push, alerts }: Pick<AppContext, "push" | "alerts">,
  request: SubscribeRequest,
  url: URL,
  signal: AbortSignal,
): Promise<SubscribeResult> {
  const channel = await withFieldErrors(() => push.subscribe({ ...request, subject: chooseSubject(url) }));
  try {
    await alerts.test(channel, signal);
    return { channel: channel.id, problem: null };
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "ChannelError") throw error;
    return { channel: channel.id, problem: error.message };
  }
}

export async function unsubscribeBrowser(
  { push }: Pick<AppContext, "push">,
  endpoint: string,
): Promise<boolean> {
  return await withFieldErrors(() => push.unsubscribe(endpoint));
}

/**
 * Returns null when no secret can be stored, as with a database in memory. @throws {HttpError} 409 when the vault
 * is broken
 */
export async function keyOfPush({ push }: Pick<AppContext, "push">): Promise<string | null> {
  try {
    return await push.publicKey();
  } catch (error) {
    if ((error as { readonly kind?: unknown }).kind === "no-key") return null;
    return await withFieldErrors(() => Promise.reject(error));
  }
}

async function withFieldErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Error && error.name === "ChannelSettingsError") {
      throw new FieldsError([{ field: "endpoint", message: error.message }]);
    }
    if (error instanceof Error && error.name === "VaultError") throw new HttpError(409, error.message);
    throw error;
  }
}

function chooseSubject({ protocol, hostname, origin }: URL): string {
  const isPublic = protocol === "https:" && hostname.includes(".") && canonicalAddress(hostname) === null;
  return isPublic ? origin : UNKNOWN_OWNER;
}
