/** A fake vendor from a table: a key, and for each path what it says. */
import type { Gauge, Level, Vendor, VendorRequest } from "./vendor.ts";

export interface SimpleVendor {
  readonly id: string;
  /** The secret, which the request carries as a bearer unless `header` names where it stands. */
  readonly key: string;
  readonly header?: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly method?: "GET" | "POST";
  /** By path: the body of the answer, or a whole response. */
  readonly routes: Readonly<Record<string, (asked: VendorRequest) => unknown>>;
  readonly gauges?: readonly Gauge[];
  readonly levels?: readonly Level[];
  readonly admits?: (request: Request) => boolean;
  /** The body nobody can make sense of, where a list is no surprise to whoever asks. */
  readonly nonsense?: unknown;
}

export function simpleVendor(options: SimpleVendor): Vendor {
  const { id, key, header = "authorization", environment, routes, gauges = [], levels = [] } = options;
  return {
    id,
    environment,
    paths: Object.keys(routes),
    ...options.method ? { method: options.method } : {},
    isSeldom: true,
    gauges,
    levels,
    admits: options.admits ?? ((request) => {
      const given = request.headers.get(header);
      return given === key || given === `Bearer ${key}`;
    }),
    refusal: () => Response.json({ error: { message: "The credential is not valid" } }, { status: 401 }),
    answer(asked) {
      const body = routes[new URL(asked.request.url).pathname]?.(asked);
      return body instanceof Response ? body : Response.json(body);
    },
    unreadable: () => Response.json(options.nonsense ?? [{ name: "allowance", left: "most of it" }]),
  };
}

/** What a vendor says of something it does not have. */
export function notFound(): Response {
  return Response.json({ error: { code: 404, status: "NOT_FOUND", message: "Not found" } }, { status: 404 });
}
