/** Stops a server by request, through a route for those who can read its run file. */
import { timingSafeEqual } from "node:crypto";
import type { Run } from "./run_file.ts";

const STOP_PATH = "/api/control/stop";
const HEALTH_PATH = "/api/health";
/** A busy machine answers late, and then no signal is needed. */
const ASK_MS = 10_000;

/**
 * Answers requests to the control route, and null for all others. The token is the only check: no page knows it,
 * and no browser sends it by itself.
 */
export type Control = (request: Request) => Response | null;

/** @param stop called once the answer is being sent */
export function createControl(
  { token, instance }: Pick<Run, "token" | "instance">,
  stop: () => void,
): Control {
  return (request) => {
    if (new URL(request.url).pathname !== STOP_PATH) return null;
    if (request.method !== "POST") return answer(405, { error: "Use POST" }, { allow: "POST" });
    const given = /^Bearer (.+)$/.exec(request.headers.get("authorization") ?? "")?.[1] ?? "";
    if (!isSame(given, token)) return answer(401, { error: "The control token is missing or wrong" });
    setTimeout(stop, 0);
    return answer(202, { instance, stopping: true });
  };
}

/** A separate listener for the control route, on this machine only and over plain http. */
export interface ControlListener extends Disposable {
  readonly url: string;
}

/** @throws when no port is available, or the runtime denies it */
export function openControlListener(control: Control, { instance }: Pick<Run, "instance">): ControlListener {
  const closing = new AbortController();
  const { addr } = Deno.serve(
    { hostname: "127.0.0.1", port: 0, signal: closing.signal, onListen() {} },
    (request) =>
      control(request) ??
        (new URL(request.url).pathname === HEALTH_PATH
          ? answer(200, { instance })
          : answer(404, { error: "There is no such address" })),
  );
  return { url: `http://127.0.0.1:${addr.port}`, [Symbol.dispose]: () => closing.abort() };
}

/** Requests the stop. Returns true when the run confirms it. */
export async function askToStop({ url, controlUrl, token, instance }: Run): Promise<boolean> {
  try {
    const response = await fetch(new URL(STOP_PATH, controlUrl ?? url), {
      method: "POST",
      headers: { authorization: `Bearer ${token}` },
      redirect: "error",
      signal: AbortSignal.timeout(ASK_MS),
    });
    const body: { readonly instance?: unknown } = await response.json();
    return response.status === 202 && body.instance === instance;
  } catch {
    return false;
  }
}

/** Reports whether this run, and no other, answers at its address. */
export async function isAnswering(
  { url, controlUrl, instance }: Pick<Run, "url" | "controlUrl" | "instance">,
  timeoutMs = ASK_MS,
): Promise<boolean> {
  const address = controlUrl ?? url;
  // A Unix socket without another listener takes no request, so its lock has to do.
  if (!address.startsWith("http")) return true;
  try {
    const response = await fetch(new URL(HEALTH_PATH, address), {
      redirect: "error",
      signal: AbortSignal.timeout(timeoutMs),
    });
    const body: { readonly instance?: unknown } = await response.json();
    return body.instance === instance;
  } catch {
    return false;
  }
}

function isSame(given: string, wanted: string): boolean {
  const [a, b] = [new TextEncoder().encode(given), new TextEncoder().encode(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function answer(status: number, body: object, headers: Record<string, string> = {}): Response {
  return Response.json(body, { status, headers: { "cache-control": "no-store", ...headers } });
}
