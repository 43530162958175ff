/**
 * A vendor and a receiver of messages, as the instances of a simulation see them. It knows to the unit what was consumed
 * and which messages arrived.
 */

/** What one account has consumed. */
export interface Consumption {
  /** In the window that is running. */
  used: number;
  /** In all since the first answer. */
  total: number;
  /** How many requests are being answered; never more than one. */
  busy: number;
}

export interface Vendor {
  readonly port: number;
  readonly accounts: ReadonlyMap<string, Consumption>;
  /** Ids of the alerts in messages, as they came. */
  readonly messages: readonly string[];
  /** Accounts that two instances asked about at once. */
  readonly overlaps: readonly string[];
  /** When the window ends, epoch milliseconds. */
  readonly resetsAt: number;
  /** Begins a new window; only while all that was answered is stored. */
  reset(): void;
  stop(): Promise<void>;
}

export const LIMIT = 400;
/** What was consumed before anybody looked. */
export const FIRST_USED = 10;
/** Short, so that a simulation sees many ends. */
export const WINDOW_MS = 30 * 60_000;

/** How long whoever receives messages takes to answer, at most. */
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
    // The figure is of the moment at which it is asked for, and takes a while to arrive.
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
      // Several alerts may come as one message.
      const { alerts } = await request.json() as { readonly alerts: readonly { readonly id: string }[] };
      messages.push(...alerts.map(({ id }) => id));
      // It has it, and takes a while to say so: whoever is killed meanwhile does not know.
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
