/** The fake vendors behind a real socket on the loopback address. */
import type { Clock } from "../base/clock.ts";
import { createStory, type Story, type StoryOptions } from "./story.ts";

export interface VendorServer {
  /** Its origin, for example `http://127.0.0.1:40123`. */
  readonly origin: string;
  readonly story: Story;
  /** Answers without the socket, as of the clock. */
  handler(request: Request): Response;
  close(): Promise<void>;
}

/** Listens on a free port of 127.0.0.1. Every response is as of the clock. */
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
