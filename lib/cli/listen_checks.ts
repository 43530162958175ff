/** The checks of `doctor` about the addresses the dashboard listens on. */
import { planEndpoints } from "../app/serve/plan.ts";
import { formatOrigin } from "../net/address.ts";
import { directOptions } from "../sandbox/direct.ts";
import type { Check } from "./check.ts";
import type { InspectionReport } from "./inspect.ts";
import { exists } from "./new_file.ts";

/** Checks whether each address is free. */
export async function listenChecks({ program }: InspectionReport): Promise<readonly Check[]> {
  const { listen, port } = program.config;
  return await Promise.all(
    planEndpoints(listen, port).map((endpoint) =>
      "path" in endpoint ? socketCheck(endpoint.path) : portCheck(endpoint.hostname, port)
    ),
  );
}

async function portCheck(host: string, port: number): Promise<Check> {
  const about = "Port";
  if (port === 0) return { level: "ok", about, finding: "any free one" };
  try {
    Deno.listen({ hostname: host, port }).close();
    return { level: "ok", about, finding: `${port} on ${host} is free` };
  } catch (error) {
    if (error instanceof Deno.errors.AddrNotAvailable) {
      return { level: "warning", about, finding: `${host} is not an address of this machine` };
    }
    const isOurs = await isSyntrack(host, port);
    return isOurs ? { level: "ok", about, finding: `${port} on ${host} is used by a running syntrack` } : {
      level: "warning",
      about,
      finding: `${port} on ${host} is in use by another program: choose another`,
    };
  }
}

function socketCheck(path: string): Check {
  return {
    level: "ok",
    about: "Socket",
    finding: `${path}${isThere(path) ? " is there" : " will be created at the start"}`,
  };
}

function isThere(path: string): boolean {
  try {
    return exists(path);
  } catch {
    return false;
  }
}

async function isSyntrack(host: string, port: number): Promise<boolean> {
  try {
    const url = new URL(`${formatOrigin("http", host, port)}/api/health`);
    const response = await fetch(url, { ...directOptions(url), signal: AbortSignal.timeout(1000) });
    const health: unknown = await response.json();
    return typeof health === "object" && health !== null && "instance" in health;
  } catch {
    return false;
  }
}
