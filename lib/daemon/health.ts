/** Checks the health of a background server. */
import { isAnswering } from "./control.ts";
import type { Run } from "./run_file.ts";

export type HealthAnswer =
  /** The expected server, which can read its data. */
  | "ok"
  /** The expected server, which reports a problem. */
  | "failing"
  /** Another server or program answers there. */
  | "stranger"
  | "silent";

export async function askHealth(run: Run, timeoutMs: number): Promise<HealthAnswer> {
  const { url, instance } = run;
  // With a Unix socket or its own certificate, being the expected server is enough.
  if (!url.startsWith("http://")) return await isAnswering(run, timeoutMs) ? "ok" : "silent";
  try {
    const response = await fetch(new URL("/api/health", url), {
      redirect: "error",
      signal: AbortSignal.timeout(timeoutMs),
    });
    const body = await response.json().catch(() => null) as { readonly instance?: unknown } | null;
    if (body?.instance !== instance) return "stranger";
    return response.ok ? "ok" : "failing";
  } catch {
    return "silent";
  }
}
