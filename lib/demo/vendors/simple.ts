/** A fake vendor from a table: a key, and a response for each path. */
import type { Gauge, Level, Vendor, VendorRequest } from "./vendor.ts";

export interface SimpleVendor {
  readonly id: string;
  /** The secret, sent as a bearer token unless `header` names another header. */
  readonly key: string;
  readonly header?: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly method?: "GET" | "POST";
  /** By path: the body of the response, or a whole response. */
  readonly routes: Readonly<Record<string, (req: VendorRequest) => unknown>>;
  readonly gauges?: readonly Gauge[];
  readonly levels?: readonly Level[];
  readonly admits?: (request: Request) => boolean;
  /** The body of an incomprehensible response, for vendors where a list would be no surprise. */
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
    answer(req) {
      const body = routes[new URL(req.request.url).pathname]?.(req);
      return body instanceof Response ? body : Response.json(body);
    },
    unreadable: () => Response.json(options.nonsense ?? [{ name: "allowance", left: "most of it" }]),
  };
}

/** Returns a vendor's answer for something it does not have. */
export function notFound(): Response {
  return Response.json({ error: { code: 404, status: "NOT_FOUND", message: "Not found" } }, { status: 404 });
}
