/**
 * Live streams on a host that bills for the time they are open. A page is pushed what changes for some minutes; then its
 * stream ends, and the browser comes back once a minute for what changed meanwhile.
 */
import type { Clock } from "../../base/clock.ts";
import { SECOND_MS } from "../../model/duration.ts";

/** How long the browser stays away then. */
const REST_MS = 60 * SECOND_MS;
/** One that comes back only takes what is there. */
const GLANCE_MS = 2 * SECOND_MS;

export interface LiveTimeParts {
  readonly clock: Pick<Clock, "sleep">;
  /** How long a stream may be open. */
  readonly mostMs: number;
  /** Called while streams are open, to learn what other instances changed. */
  readonly look: () => Promise<void>;
  /** How often. */
  readonly lookEveryMs: number;
}

/** Returns a function that limits an answer when it is a stream of events. */
export function createLiveTime(parts: LiveTimeParts): (request: Request, answer: Response) => Response {
  const { clock, mostMs, look, lookEveryMs } = parts;
  let open = 0;
  let looking = false;

  async function lookWhileOpen(): Promise<void> {
    if (looking) return;
    looking = true;
    const { signal } = new AbortController();
    while (open > 0) {
      await clock.sleep(lookEveryMs, signal);
      // A database that is away comes back.
      if (open > 0) await look().catch(() => {});
    }
    looking = false;
  }

  return (request, answer) => {
    const isStream = answer.headers.get("content-type")?.startsWith("text/event-stream");
    if (!isStream || !answer.body) return answer;
    open++;
    void lookWhileOpen();
    const isBack = request.headers.has("last-event-id");
    const over = new AbortController();
    const reader = answer.body.getReader();
    let ended = false;

    function leave(): void {
      if (ended) return;
      ended = true;
      open--;
      over.abort();
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
