/** Records who did what. Repeated failures from one network share a record per interval, with a count. */
import { MINUTE_MS } from "../model/duration.ts";
import { peerGroup } from "../net/address.ts";
import type { AuditOutcome, AuditStore } from "../store/store.ts";
import type { Audit, AuditFacts, Client } from "./access.ts";
import type { Principal } from "./principal.ts";

/** Failures from one network share a record for this long. */
const GROUP_MS = 10 * MINUTE_MS;
const MAX_GROUPS = 1000;
/** Digits of a digest. */
const SHOWN_DIGITS = 8;

export interface AuditParts {
  readonly store: AuditStore;
  readonly now: () => number;
  /** Called when a record could not be written: the action has happened all the same. */
  readonly failed: (error: unknown) => void;
}

export interface AuditWriter extends Audit {
  /** Records a refused credential. @param name of an existing user; typed text could be anything */
  refuse(what: string, name: string | null, client: Client): Promise<void>;
}

export function createAudit({ store, now, failed }: AuditParts): AuditWriter {
  const groups = new Map<string, { since: number; more: number }>();

  async function append(
    { action, target = null, detail = {} }: AuditFacts,
    by: Principal | null,
    address: string | null,
    outcome: AuditOutcome,
  ) {
    try {
      await store.append({
        at: now(),
        by: by?.id ?? null,
        name: by?.name ?? "nobody",
        action,
        target,
        credential: describeCredential(by),
        outcome,
        address,
        detail,
      });
    } catch (error) {
      failed(error);
    }
  }

  return {
    record: (facts, by, address) => append(facts, by, address, "done"),
    list: (query) => store.list(query),
    words: () => store.words(),
    verify: () => store.verify(),
    async refuse(what, name, client) {
      const { address } = client;
      const key = `${what} ${address === null ? "socket" : peerGroup(address)} ${name ?? ""}`;
      const group = groups.get(key);
      if (group && now() - group.since < GROUP_MS) {
        group.more++;
        return;
      }
      const attempts = 1 + (group?.more ?? 0);
      groups.delete(key);
      groups.set(key, { since: now(), more: 0 });
      const [oldest] = groups.keys();
      if (groups.size > MAX_GROUPS && oldest !== undefined) groups.delete(oldest);
      const detail = { attempts, device: client.device };
      await append({ action: `${what} refused`, target: name, detail }, null, address, "refused");
    },
  };
}

/** Identifies the credential of a request, without helping anyone who reads it. */
function describeCredential(by: Principal | null): string | null {
  if (by === null) return null;
  const { kind, name, credentialId } = by;
  const [what, id = ""] = credentialId.split(":", 2);
  if (kind === "key") return `key ${name}`;
  if (what === "login") return `sign-in ${id.slice(0, SHOWN_DIGITS)}`;
  if (kind === "token") return `token ${id.slice(0, SHOWN_DIGITS)}`;
  return kind === "person" ? "password" : kind;
}
