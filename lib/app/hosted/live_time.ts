/**
 * Live streams on a platform that bills for the time they are open. A page receives changes for some minutes;
 * then its stream ends, and the browser returns once a minute for the changes since.
 *
 * The hub pushes the changes of this instance. Changes of other instances are looked up when the store reports
 * them, and regularly in any case: a store may report none, or only those of this instance.
 */
import type { Clock } from "../../base/clock.ts";
import { SECOND_MS } from "../../model/duration.ts";

/** How long the browser then stays away. */
const REST_MS = 60 * SECOND_MS;
/** A browser that returns only receives what is there. */
const GLANCE_MS = 2 * SECOND_MS;
/** How often to look while the store reports changes of others. */
const ASK_RARELY_MS = 30 * SECOND_MS;
/** Changes of others within this time are looked up once. */
const GATHER_MS = SECOND_MS;

export interface LiveTimeParts {
  readonly clock: Pick<Clock, "sleep">;
  /** How long a stream may be open, in milliseconds. */
  readonly maxMs: number;
  /** Called while streams are open, to learn what other instances changed; resolves to whether they did. */
  readonly look: () => Promise<boolean>;
  /** How often to look unless the store reports changes, in milliseconds. */
  readonly lookEveryMs: number;
  /** Calls `onChange` when the others may have changed something. Returns a function that stops it. */
  readonly watch: (onChange: () => void) => () => void;
}

/** Returns a function that limits the time of an answer that is an event stream. */
export function createLiveTime(parts: LiveTimeParts): (request: Request, answer: Response) => Response {
  const { clock, maxMs, look, lookEveryMs, watch } = parts;
  let open = 0;
  let looking = false;
  /** Ends the wait for the next look: the store reported something, or the last page is closed. */
  let wake = new AbortController();
  let gone = new AbortController();

  async function lookWhileOpen(): Promise<void> {
    if (looking) return;
    looking = true;
    wake = new AbortController();
    let isNotified = false;
    /** Whether the store reported the last change of others, which not every store does. */
    let reportsOthers = false;
    const unwatch = watch(() => {
      isNotified = true;
      wake.abort();
    });
    while (open > 0) {
      if (!isNotified) await clock.sleep(reportsOthers ? ASK_RARELY_MS : lookEveryMs, wake.signal);
      if (open === 0) break;
      const wasNotified = isNotified;
      isNotified = false;
      wake = new AbortController();
      // The database may be back at the next look.
      if (!await look().catch(() => false)) continue;
      reportsOthers = wasNotified;
      await clock.sleep(GATHER_MS, gone.signal);
    }
    unwatch();
    looking = false;
  }

  return (request, answer) => {
    const isStream = answer.headers.get("content-type")?.startsWith("text/event-stream");
    if (!isStream || !answer.body) return answer;
    if (open++ === 0) gone = new AbortController();
    void lookWhileOpen();
    const isBack = request.headers.has("last-event-id");
    const over = new AbortController();
    const reader = answer.body.getReader();
    let ended = false;

    function leave(): void {
      if (ended) return;
      ended = true;
      over.abort();
      if (--open > 0) return;
      gone.abort();
      wake.abort();
    }

    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        void clock.sleep(isBack ? Math.min(GLANCE_MS, maxMs) : maxMs, over.signal).then(() => {
          if (ended) return;
          leave();
          controller.enqueue(new TextEncoder().encode(`retry: ${REST_MS}\n\n`));
          controller.close();
          void reader.cancel().catch(() => {});
        });
      },
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (ended) return;
          if (!done) return controller.enqueue(value);
          leave();
          controller.close();
        } catch (error) {
          leave();
          throw error;
        }
      },
      async cancel() {
        leave();
        await reader.cancel();
      },
    });
    const { status, statusText, headers } = answer;
    return new Response(body, { status, statusText, headers });
  };
}
