/** The fake vendors behind a real socket on the loopback address. */
import type { Clock } from "../base/clock.ts";
import { createStory, type Story, type StoryOptions } from "./story.ts";

export interface VendorServer {
  /** Where it listens, for example `http://127.0.0.1:40123`. */
  readonly origin: string;
  readonly story: Story;
  /** The same without the socket: answers as of the clock. */
  handler(request: Request): Response;
  close(): Promise<void>;
}

/** Listens on a free port of 127.0.0.1. The time of every answer is the clock's. */
export function startVendorServer(
  options: StoryOptions & { readonly clock: Pick<Clock, "now"> },
): VendorServer {
  const story = createStory(options);
  const handler = (request: Request) => story.answer(request, options.clock.now());
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, handler);
  return {
    origin: `http://127.0.0.1:${server.addr.port}`,
    story,
    handler,
    close: () => server.shutdown(),
  };
}
