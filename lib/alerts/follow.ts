/**
 * Follows the polls: sends what was stored with them without delaying them, and evaluates polls that another
 * process stored without their alerts.
 */
import type { Hub } from "../base/hub.ts";
import type { AccountKey } from "../model/quota.ts";
import type { Log } from "../provider/context.ts";
import type { Alerts } from "./alerts.ts";
import type { Mirror } from "./mirror.ts";

/** Alerts that follow the polls. */
export interface AlertFollower {
  /** Evaluates all accounts and sends what is due; resolves to whether all could be evaluated. */
  tick(): Promise<boolean>;
  /** Sends what is due, when the polls so far were evaluated. */
  send(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Checks after each poll what it raised, and sends due messages; evaluates everything once a minute through
 * `tick`.
 */
export function followAlerts(
  alerts: Pick<Alerts, "evaluate" | "takeRaised" | "deliver">,
  mirror: Pick<Mirror, "sync">,
  { hub, log }: { readonly hub: Hub; readonly log: Log },
): AlertFollower {
  const stopping = new AbortController();
  const { signal } = stopping;
  let delivering: Promise<void> | undefined;
  let again = false;
  const pending = new Set<Promise<unknown>>();
  /** The pending ones that follow a poll. */
  const evaluating = new Set<Promise<void>>();

  async function deliver(): Promise<void> {
    do {
      again = false;
      await alerts.deliver(signal);
    } while (again && !signal.aborted);
  }

  function wake(): Promise<void> {
    again = true;
    return delivering ??= deliver().catch(report).finally(() => delivering = undefined);
  }

  function report(error: unknown): void {
    log.error("Alerts failed", {
      error: error instanceof Error ? `${error.name}: ${error.message}` : "unknown",
    });
  }

  function track(work: Promise<unknown>): void {
    pending.add(work);
    void work.finally(() => pending.delete(work));
  }

  async function consider(account?: AccountKey): Promise<void> {
    const own = account === undefined ? null : alerts.takeRaised(account);
    const raised = own ?? await alerts.evaluate(account);
    // Separate from the messages, so that a hanging broker delays none.
    track(mirror.sync(signal).catch(report));
    if (raised.length === 0) return;
    hub.publish({ kind: "alerts", account: account ?? null });
    await wake();
  }

  const leave = hub.listen(({ kind, account, elsewhere }) => {
    if (kind !== "account" || account === null || elsewhere || signal.aborted) return;
    const own = consider(account).catch(report).finally(() => evaluating.delete(own));
    evaluating.add(own);
    track(own);
  });

  return {
    async tick() {
      const isEvaluated = await consider().then(() => true, (error) => (report(error), false));
      await wake();
      return isEvaluated;
    },
    async send() {
      await Promise.all(evaluating);
      await wake();
    },
    async stop() {
      leave();
      stopping.abort();
      await Promise.all([...pending, delivering]);
    },
  };
}
