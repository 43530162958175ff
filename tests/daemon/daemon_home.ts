/** A separate home in which the whole program runs as the system runs it. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ensureBundled } from "../../dev/build.ts";
import { listRuns, type Run } from "../../lib/daemon/run_file.ts";
import { freePort } from "../support/ports.ts";
import { until } from "../support/until.ts";

const CLI = fileURLToPath(new URL("../../_program/cli.js", import.meta.url));
const RUNTIME = ["run", "-A", "--no-config", "--cached-only", "--unstable-cron", "--unstable-kv", CLI];

export interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export class DaemonHome {
  constructor(readonly folder: string) {}

  get runFolder(): string {
    return join(this.folder, ".syntrack", "run");
  }

  command(args: string, env: Readonly<Record<string, string>> = {}): Deno.Command {
    return new Deno.Command(Deno.execPath(), {
      args: [...RUNTIME, ...args.split(" ").filter((arg) => arg !== "")],
      cwd: this.folder,
      clearEnv: true,
      env: {
        PATH: Deno.env.get("PATH") ?? "",
        HOME: this.folder,
        DENO_DIR: join(this.folder, ".deno"),
        DENO_NO_UPDATE_CHECK: "1",
        SYNTRACK_RUN_COMMANDS: "off",
        SYNTRACK_TIMEZONE: "UTC",
        // These tests may themselves run in a container.
        DOCKER_CONTAINER: "0",
        SYNTHETIC_API_KEY: "syn_never-to-be-seen-1234567890",
        SYNTRACK_SYNTHETIC_BASE_URL: "http://127.0.0.1:1",
        ...env,
      },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    });
  }

  async run(args: string, env: Readonly<Record<string, string>> = {}): Promise<Result> {
    const { code, stdout, stderr } = await this.command(args, env).output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    return { code, stdout: text(stdout), stderr: text(stderr) };
  }

  /** Running servers. */
  alive(): readonly Run[] {
    return listRuns(this.runFolder).flatMap(({ run, alive }) => alive ? [run] : []);
  }

  /** Returns a free port. */
  freePort(): number {
    return freePort();
  }
}

/** Runs `work` in a home, and stops every server it leaves there. */
export async function withDaemonHome(work: (home: DaemonHome) => Promise<void>): Promise<void> {
  await ensureBundled();
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "syntrack-home-" }));
  const home = new DaemonHome(folder);
  try {
    await work(home);
  } finally {
    for (const { pid } of home.alive()) Deno.kill(pid, "SIGKILL");
    // Until then they may write.
    await until("the servers to end", () => home.alive().length === 0);
    await Deno.remove(folder, { recursive: true });
  }
}
