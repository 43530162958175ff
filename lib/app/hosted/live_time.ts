/**
 * Live streams on a host that bills for the time they are open. A page is pushed what changes for some minutes; then its
 * stream ends, and the browser comes back once a minute for what changed meanwhile.
 *
 * What this instance does itself is pushed by its hub. What others do is looked for when the store tells of it, and now
 * and then in any case: a store need not tell, or not of other instances.
 */
import type { Clock } from "../../base/clock.ts";
import { SECOND_MS } from "../../model/duration.ts";

/** How long the browser stays away then. */
const REST_MS = 60 * SECOND_MS;
/** One that comes back only takes what is there. */
const GLANCE_MS = 2 * SECOND_MS;
/** How often is asked while the store tells of what others do. */
const ASK_RARELY_MS = 30 * SECOND_MS;
/** What others do within this time of their last change is looked for once. */
const GATHER_MS = SECOND_MS;

export interface LiveTimeParts {
  readonly clock: Pick<Clock, "sleep">;
  /** How long a stream may be open. */
  readonly mostMs: number;
  /** Called while streams are open, to learn what other instances changed; resolves to whether they did. */
  readonly look: () => Promise<boolean>;
  /** How often, unless the store tells. */
  readonly lookEveryMs: number;
  /** Calls `told` when the others may have changed something. Returns what ends it. */
  readonly watch: (told: () => void) => () => void;
}

/** Returns a function that limits an answer when it is a stream of events. */
export function createLiveTime(parts: LiveTimeParts): (request: Request, answer: Response) => Response {
  const { clock, mostMs, look, lookEveryMs, watch } = parts;
  let open = 0;
  let looking = false;
  /** Ends the wait for the next look: the store told something, or the last page is gone. */
  let wake = new AbortController();
  let gone = new AbortController();

  async function lookWhileOpen(): Promise<void> {
    if (looking) return;
    looking = true;
    wake = new AbortController();
    let isTold = false;
    /** Whether the store told of the last change of others, which not every one does. */
    let tellsOfOthers = false;
    const unwatch = watch(() => {
      isTold = true;
      wake.abort();
    });
    while (open > 0) {
      if (!isTold) await clock.sleep(tellsOfOthers ? ASK_RARELY_MS : lookEveryMs, wake.signal);
      if (open === 0) break;
      const wasTold = isTold;
      isTold = false;
      wake = new AbortController();
      // A database that is away comes back.
      if (!await look().catch(() => false)) continue;
      tellsOfOthers = wasTold;
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
        void clock.sleep(isBack ? Math.min(GLANCE_MS, mostMs) : mostMs, over.signal).then(() => {
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
