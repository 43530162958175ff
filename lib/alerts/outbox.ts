/**
 * The messages to send: one document for each alert and channel, kept after sending so that nothing is sent
 * twice. Its id derives from both, so storing it again, by another process or after a crash, changes nothing.
 */
import type { Alert } from "../model/alerts/alert.ts";
import { retryDelayMs } from "../model/alerts/delivery.ts";
import { DAY_MS, MINUTE_MS } from "../model/duration.ts";
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
  /** Ends a claim; one that ended by itself and is another process's now stays that process's. */
  release(claim: Claim, now: number): Promise<void>;
  sent(delivery: StoredDelivery, now: number): Promise<void>;
  /** Plans another attempt, or gives up when that is pointless or would be too late. */
  failed(delivery: StoredDelivery, failure: Failure, now: number): Promise<DeliveryState>;
  /** Gives up without an attempt, which says nothing about the channel. @param note why, one line */
  giveUp(delivery: StoredDelivery, note: string, now: number): Promise<void>;
}

/** The right to send deliveries, of one process. */
export interface Claim {
  readonly ids: readonly string[];
  readonly owner: string;
}

interface ClaimDoc {
  readonly owner: string;
}

export interface Failure {
  readonly message: string;
  readonly retry: boolean;
  readonly retryAfterMs: number | null;
}

const KEEP_MS = 60 * DAY_MS;
/** How long a claim lasts, and longer by each message: some receivers are asked once for each of a digest. */
const CLAIM_MS = 3 * MINUTE_MS;
const CLAIM_MS_EACH = 15_000;
/** Messages not accepted for this long are given up, even before they expire. */
const MAX_TRYING_MS = 12 * 3_600_000;
const CLAIM_PREFIX = "claim ";

/** The document of a new delivery. */
export function deliveryDoc(delivery: Delivery, now: number): AddedDoc {
  return {
    kind: "outbox",
    id: `${delivery.channel} ${delivery.alert.id}`,
    doc: delivery,
    expiresAt: now + KEEP_MS,
  };
}

export function createOutbox(docs: Store["docs"]): Outbox {
  const put = ({ id, ...delivery }: StoredDelivery, now: number) =>
    docs.put("outbox", id, delivery, now, { expiresAt: now + KEEP_MS });

  async function release({ ids, owner }: Claim, now: number): Promise<void> {
    for (const id of ids) {
      const held = await docs.get<ClaimDoc>("outbox", `${CLAIM_PREFIX}${id}`, now);
      if (held?.owner === owner) await docs.delete("outbox", `${CLAIM_PREFIX}${id}`);
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
      const held: string[] = [];
      for (const id of ids) {
        const isFree = await docs.put("outbox", `${CLAIM_PREFIX}${id}`, claim, now, {
          ifAbsent: true,
          expiresAt: now + CLAIM_MS + ids.length * CLAIM_MS_EACH,
        });
        if (isFree) held.push(id);
        else break;
      }
      if (held.length === ids.length) return { ids, owner };
      await release({ ids: held, owner }, now);
      return null;
    },
    release,
    async sent(delivery, now) {
      await put({ ...delivery, state: "sent", attempts: delivery.attempts + 1, dueAt: now, note: "" }, now);
    },
    async failed(delivery, { message, retry, retryAfterMs }, now) {
      const attempts = delivery.attempts + 1;
      const dueAt = now + Math.max(retryDelayMs(attempts), retryAfterMs ?? 0);
      const tooLate = dueAt >= delivery.alert.expiresAt || dueAt - delivery.createdAt > MAX_TRYING_MS;
      const state: DeliveryState = retry && !tooLate ? "waiting" : "given-up";
      const note = state === "given-up" && retry
        ? `${message}; given up after ${attempts} attempts`
        : message;
      await put({ ...delivery, state, attempts, dueAt: state === "waiting" ? dueAt : now, note }, now);
      return state;
    },
    async giveUp(delivery, note, now) {
      await put({ ...delivery, state: "given-up", dueAt: now, note }, now);
    },
  };
}
