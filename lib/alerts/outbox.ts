/**
 * The messages to send: one document for each alert and channel, kept after sending so that nothing is sent
 * twice. Its id derives from both, so storing it again, by another process or after a crash, changes nothing.
 */
import type { Alert } from "../model/alerts/alert.ts";
import { retryDelayMs } from "../model/alerts/delivery.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../model/duration.ts";
import type { AddedDoc, Store } from "../store/store.ts";

export type DeliveryState = "waiting" | "sent" | "given-up" | "expired";

/** The delivery of one alert through one channel. Instants are epoch milliseconds. */
export interface Delivery {
  readonly alert: Alert;
  readonly channel: string;
  readonly state: DeliveryState;
  readonly createdAt: number;
  /** The next attempt; for finished deliveries, when they ended. */
  readonly dueAt: number;
  readonly attempts: number;
  /** Why it was delayed or not sent, one line; empty when there is nothing to say. */
  readonly note: string;
  /** True when quiet hours held it back: all such messages are sent as one. */
  readonly held?: true;
  /** The last attempt that failed; absent before the first. */
  readonly triedAt?: number;
  /** Until when the receiver asked to wait. */
  readonly askedUntil?: number;
}

export interface StoredDelivery extends Delivery {
  readonly id: string;
}

export interface Outbox {
  /** Returns all stored ones, oldest first. */
  list(now: number): Promise<readonly StoredDelivery[]>;
  /** Returns one as it is stored now; null when there is none. */
  get(id: string, now: number): Promise<StoredDelivery | null>;
  /** Claims the right to send these for a while; null when another process has it. */
  claim(ids: readonly string[], now: number): Promise<Claim | null>;
  /**
   * Ends a claim; if it expired and another process has claimed the deliveries since, leaves them to that process.
   */
  release(claim: Claim, now: number): Promise<void>;
  sent(delivery: StoredDelivery, now: number): Promise<void>;
  /** Plans another attempt while the message is still of use; gives up what the receiver rejected. */
  failed(delivery: StoredDelivery, failure: Failure, now: number): Promise<DeliveryState>;
  /** Gives up without an attempt, which does not count against the channel. @param note why, one line */
  giveUp(delivery: StoredDelivery, note: string, now: number): Promise<void>;
}

/** The right of one process to send deliveries. */
export interface Claim {
  readonly ids: readonly string[];
  readonly owner: string;
}

interface ClaimDoc {
  readonly owner: string;
}

export interface Failure {
  readonly message: string;
  /** False when someone has to fix the channel first; then it is tried rarely. */
  readonly retry: boolean;
  /** Whether the receiver rejected this message, and will again. */
  readonly rejected?: boolean;
  readonly retryAfterMs: number | null;
}

const KEEP_MS = 60 * DAY_MS;
/**
 * How long a claim lasts, plus a time for each message: some receivers take one request for each alert of a
 * digest.
 */
const CLAIM_MS = 3 * MINUTE_MS;
const CLAIM_MS_EACH = 15_000;
/** How often to try a channel that someone has to fix. */
const BROKEN_RETRY_MS = HOUR_MS;
/** The last attempt is made this long before a message expires. */
const LAST_ATTEMPT_MS = MINUTE_MS;
/** Neither quiet hours nor a receiver delay a message for longer, so a longer wait comes from a wrong clock. */
const MAX_WAIT_MS = DAY_MS + 2 * HOUR_MS;
const CLAIM_PREFIX = "claim ";

/** Builds the document of a new delivery. */
export function deliveryDoc(delivery: Delivery, now: number): AddedDoc {
  return {
    kind: "outbox",
    id: `${delivery.channel} ${delivery.alert.id}`,
    doc: delivery,
    expiresAt: now + KEEP_MS,
  };
}

/**
 * Returns the waiting messages of a channel to send now, in order: one that failed before precedes newer ones.
 *
 * @param waiting oldest first
 * @param changedAt when the settings of the channel were changed, which may have fixed it
 */
export function selectDue<T extends Delivery>(
  waiting: readonly T[],
  now: number,
  changedAt = 0,
): readonly T[] {
  const isDue = ({ dueAt, triedAt }: Delivery) =>
    dueAt <= now || dueAt - now > MAX_WAIT_MS || triedAt !== undefined && changedAt > triedAt;
  const isAsked = waiting.some(({ askedUntil = 0, triedAt = 0 }) =>
    askedUntil > now && askedUntil - now <= MAX_WAIT_MS && changedAt <= triedAt
  );
  if (isAsked || !waiting.some(isDue)) return [];
  return waiting.filter((one) => one.triedAt !== undefined || isDue(one));
}

/** Returns null when there is no time for another attempt before the message expires. */
function nextAttempt(
  expiresAt: number,
  now: number,
  { delayMs, retryAfterMs }: { readonly delayMs: number; readonly retryAfterMs: number | null },
): number | null {
  const dueAt = now + Math.max(delayMs, retryAfterMs ?? 0);
  if (dueAt < expiresAt) return dueAt;
  const last = expiresAt - LAST_ATTEMPT_MS;
  return retryAfterMs === null && last - now >= LAST_ATTEMPT_MS ? last : null;
}

export function createOutbox(docs: Store["docs"]): Outbox {
  const put = ({ id, ...delivery }: StoredDelivery, now: number) =>
    docs.put("outbox", id, delivery, now, { expiresAt: now + KEEP_MS });

  async function release({ ids, owner }: Claim, now: number): Promise<void> {
    for (const id of ids) {
      const claim = await docs.get<ClaimDoc>("outbox", `${CLAIM_PREFIX}${id}`, now);
      if (claim?.owner === owner) await docs.delete("outbox", `${CLAIM_PREFIX}${id}`);
    }
  }

  return {
    async list(now) {
      const all = await docs.list<Delivery>("outbox", now);
      return all
        .filter(({ id, doc }) => !id.startsWith(CLAIM_PREFIX) && typeof doc.alert?.id === "string")
        .map(({ id, doc }) => ({ ...doc, id }))
        .sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));
    },
    async get(id, now) {
      const doc = await docs.get<Delivery>("outbox", id, now);
      return doc === null ? null : { ...doc, id };
    },
    async claim(ids, now) {
      const owner = crypto.randomUUID();
      const claim: ClaimDoc = { owner };
      const claimed: string[] = [];
      for (const id of ids) {
        const isFree = await docs.put("outbox", `${CLAIM_PREFIX}${id}`, claim, now, {
          ifAbsent: true,
          expiresAt: now + CLAIM_MS + ids.length * CLAIM_MS_EACH,
        });
        if (isFree) claimed.push(id);
        else break;
      }
      if (claimed.length === ids.length) return { ids, owner };
      await release({ ids: claimed, owner }, now);
      return null;
    },
    release,
    async sent(delivery, now) {
      await put({ ...delivery, state: "sent", attempts: delivery.attempts + 1, dueAt: now, note: "" }, now);
    },
    async failed(delivery, { message, retry, rejected = false, retryAfterMs }, now) {
      const attempts = delivery.attempts + 1;
      const next = rejected ? null : nextAttempt(delivery.alert.expiresAt, now, {
        delayMs: retry ? retryDelayMs(attempts) : BROKEN_RETRY_MS,
        retryAfterMs,
      });
      const state: DeliveryState = next === null ? "given-up" : "waiting";
      const note = state === "given-up" && !rejected
        ? `${message}; given up after ${attempts} attempt${attempts === 1 ? "" : "s"}`
        : message;
      const { askedUntil: _before, ...rest } = delivery;
      const wait = retryAfterMs !== null && { askedUntil: now + retryAfterMs };
      await put({ ...rest, ...wait, state, attempts, dueAt: next ?? now, triedAt: now, note }, now);
      return state;
    },
    async giveUp(delivery, note, now) {
      await put({ ...delivery, state: "given-up", dueAt: now, note }, now);
    },
  };
}
