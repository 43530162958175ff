/**
 * Simulates a host such as Deno Deploy: starts instances, fires the cron on any of them, passes requests to any, and
 * kills them. They share a database; each has a folder that is lost with it.
 */
import { fileURLToPath } from "node:url";

export interface PlatformOptions {
  /** The value of `SYNTRACK_DB`. */
  readonly database: string;
  readonly vendor: string;
  readonly accounts: number;
  /** The runtime of the instances. */
  readonly runtime?: string;
  /** The simulated time, epoch milliseconds. */
  readonly now: () => number;
  readonly env?: Readonly<Record<string, string>>;
  /** Receives the log of the instances. */
  readonly report?: (line: string) => void;
}

export interface Instance {
  readonly alive: boolean;
  /** Fires the cron; false if the instance was killed meanwhile. */
  cron(aheadMs?: number): Promise<boolean>;
  /** Sends a request as a program with a token; null if the instance was killed meanwhile. */
  ask(path: string): Promise<{ readonly status: number; readonly text: string } | null>;
  kill(): Promise<void>;
}

export const TOKEN = "simulated-token-0123456789abcdef";
/** 32 bytes that are not secret. */
export const VAULT_KEY = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

const PROGRAM = fileURLToPath(new URL("./instance.ts", import.meta.url));
const CONFIG = fileURLToPath(new URL("../../deno.json", import.meta.url));

export async function startInstance(options: PlatformOptions): Promise<Instance> {
  const folder = await Deno.makeTempDir({ prefix: "syntrack-instance-" });
  const child = new Deno.Command(options.runtime ?? Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--no-check",
      "--cached-only",
      "--no-lock",
      "--unstable-kv",
      "--unstable-cron",
      `--config=${CONFIG}`,
      PROGRAM,
    ],
    cwd: folder,
    clearEnv: true,
    env: {
      PATH: Deno.env.get("PATH") ?? "",
      // Set where the database is on a server.
      DENO_KV_ACCESS_TOKEN: Deno.env.get("DENO_KV_ACCESS_TOKEN") ?? "",
      // The runtime's compilation cache is not on the instance's disk.
      ...createCacheVariables(),
      HOME: folder,
      NO_COLOR: "1",
      DENO_NO_UPDATE_CHECK: "1",
      SYNTRACK_DB: options.database,
      SYNTRACK_ADMIN_PASS: "simulated password",
      SYNTRACK_AUTH_TOKENS: TOKEN,
      SYNTRACK_VAULT_KEY: VAULT_KEY,
      SYNTRACK_POLL_INTERVAL: "60",
      SIM_VENDOR: options.vendor,
      SIM_ACCOUNTS: String(options.accounts),
      SIM_NOW: String(options.now()),
      ...options.env,
    },
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let alive = true;
  const copied = follow(child.stderr, (line) => options.report?.(line));
  const port = await firstLine(child.stdout);

  async function send(path: string, now: number): Promise<Response | null> {
    const headers = { "x-sim-now": String(now), authorization: `Bearer ${TOKEN}` };
    try {
      return await fetch(`http://127.0.0.1:${port}${path}`, { headers });
    } catch {
      // It was killed before it answered.
      return null;
    }
  }

  return {
    get alive() {
      return alive;
    },
    async cron(aheadMs = 0) {
      const response = await send("/__cron", options.now() + aheadMs);
      return await readBody(response) === "done";
    },
    async ask(path) {
      const response = await send(path, options.now());
      const text = await readBody(response);
      return response && text !== null ? { status: response.status, text } : null;
    },
    async kill() {
      if (!alive) return;
      alive = false;
      try {
        child.kill("SIGKILL");
      } catch {
        options.report?.("error: an instance ended unexpectedly");
      }
      await child.status;
      await copied;
      await Deno.remove(folder, { recursive: true });
    },
  };
}

async function readBody(response: Response | null): Promise<string | null> {
  try {
    return await response?.text() ?? null;
  } catch {
    return null;
  }
}

function createCacheVariables(): Record<string, string> {
  const home = Deno.env.get("HOME") ?? Deno.env.get("USERPROFILE") ?? "";
  const dir = Deno.env.get("DENO_DIR") ??
    (Deno.build.os === "darwin"
      ? `${home}/Library/Caches/deno`
      : Deno.build.os === "windows"
      ? `${Deno.env.get("LOCALAPPDATA")}\\deno`
      : `${Deno.env.get("XDG_CACHE_HOME") || `${home}/.cache`}/deno`);
  return { DENO_DIR: dir };
}

async function firstLine(stream: ReadableStream<Uint8Array>): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  void follow(stream, resolve).then(() => reject(new Error("The instance ended before it listened")));
  return await promise;
}

async function follow(stream: ReadableStream<Uint8Array>, report: (line: string) => void): Promise<void> {
  let rest = "";
  const decoder = new TextDecoder();
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) report(line);
  }
}
