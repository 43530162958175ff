/**
 * A vendor and a receiver of messages for the instances of a simulation. It knows exactly what was consumed and which
 * messages arrived.
 */

/** Consumption of one account. */
export interface Consumption {
  /** In the current window. */
  used: number;
  /** In total since the first answer. */
  total: number;
  /** Number of requests being answered; never more than one. */
  busy: number;
}

export interface Vendor {
  readonly port: number;
  readonly accounts: ReadonlyMap<string, Consumption>;
  /** Ids of the alerts in messages, in order of arrival. */
  readonly messages: readonly string[];
  /** Accounts that two instances polled at once. */
  readonly overlaps: readonly string[];
  /** When the window ends, epoch milliseconds. */
  readonly resetsAt: number;
  /** Begins a new window; only while all answers are stored. */
  reset(): void;
  stop(): Promise<void>;
}

export const LIMIT = 400;
/** Consumption before the first poll. */
export const FIRST_USED = 10;
/** Short, so that a simulation contains many resets. */
export const WINDOW_MS = 30 * 60_000;

/** Maximum time until the receiver of messages answers. */
const MAX_MESSAGE_MS = 100;

export interface VendorOptions {
  readonly accounts: number;
  readonly now: () => number;
  /** Between 0 and 1. */
  readonly random: () => number;
}

export function startVendor({ accounts: count, now, random }: VendorOptions): Vendor {
  let resetsAt = now() + WINDOW_MS;
  const begun = { used: FIRST_USED, total: 0, busy: 0 };
  const accounts = new Map(Array.from({ length: count }, (_, place) => [`a${place}`, { ...begun }]));
  const messages: string[] = [];
  const overlaps: string[] = [];

  async function answer(account: string): Promise<Response> {
    const own = accounts.get(account);
    if (!own) return new Response("unknown", { status: 404 });
    if (own.busy > 0) overlaps.push(account);
    own.busy++;
    // The figure is from the time of the request, and takes a while to arrive.
    const more = Math.floor(random() * 80);
    own.used += more;
    own.total += more;
    const { used } = own;
    const endsAt = resetsAt;
    await new Promise((resolve) => setTimeout(resolve, random() * 30));
    own.busy--;
    return Response.json({ used, limit: LIMIT, resetsAt: endsAt });
  }

  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/message") {
      // One message may contain several alerts.
      const { alerts } = await request.json() as { readonly alerts: readonly { readonly id: string }[] };
      messages.push(...alerts.map(({ id }) => id));
      // The message arrived, but the answer takes a while: an instance killed meanwhile does not know.
      await new Promise((resolve) => setTimeout(resolve, random() * MAX_MESSAGE_MS));
      return new Response("ok");
    }
    return await answer(pathname.slice("/usage/".length));
  });

  return {
    port: server.addr.port,
    accounts,
    messages,
    overlaps,
    get resetsAt() {
      return resetsAt;
    },
    reset() {
      resetsAt += WINDOW_MS;
      for (const own of accounts.values()) own.used = 0;
    },
    stop: () => server.shutdown(),
  };
}
