/** Stopping a server by asking it: a route that only whoever can read its run file can use. */
import { timingSafeEqual } from "node:crypto";
import type { Run } from "./run_file.ts";

const STOP_PATH = "/api/control/stop";
const HEALTH_PATH = "/api/health";
const ASK_MS = 2_000;

/**
 * Answers what is addressed to the control route, and null for everything else. The token is all that counts: no
 * page knows it, and no browser sends it by itself.
 */
export type Control = (request: Request) => Response | null;

/** @param stop called once the answer is on its way */
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

/** A door of its own for the control route, on this machine alone and over plain http. */
export interface ControlDoor extends Disposable {
  readonly url: string;
}

/** @throws where no port can be had, or the runtime does not allow it */
export function openControlDoor(control: Control, { instance }: Pick<Run, "instance">): ControlDoor {
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

/** Whether the run was asked and said that it stops. */
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

/** Whether what answers at an address is this run and none other. */
export async function isAnswering(
  { url, controlUrl, instance }: Pick<Run, "url" | "controlUrl" | "instance">,
  timeoutMs = ASK_MS,
): Promise<boolean> {
  const asked = controlUrl ?? url;
  // On a socket of the file system without another door its lock has to do.
  if (!asked.startsWith("http")) return true;
  try {
    const response = await fetch(new URL(HEALTH_PATH, asked), {
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
