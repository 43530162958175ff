/**
 * A stand-in for systemd's user manager: runs the unit, restarts it after failures, gives up after too many starts,
 * and answers the `systemctl` in `folder`. Needs curl.
 */
import { join } from "node:path";
import { writeScript } from "../support/script.ts";

const RESTART_MS = 2_000;
const MAX_STARTS = 10;

export class ServiceManager implements AsyncDisposable {
  /** The commands it received, one per line. */
  readonly told: string[] = [];
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  #process: Deno.ChildProcess | null = null;
  #wanted = false;
  #starts = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  private constructor(readonly folder: string, readonly unit: string, readonly env: Record<string, string>) {
    this.#server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
      const [verb = "", ...rest] = (await request.text()).trim().replace(/^--user /, "").split(" ");
      this.told.push([verb, ...rest].join(" "));
      return new Response(await this.#answer(verb));
    });
  }

  /** @param env environment of what it starts */
  static async open(home: string, env: Record<string, string>): Promise<ServiceManager> {
    const unit = join(home, ".config", "systemd", "user", "syntrack.service");
    const manager = new ServiceManager(join(home, "manager"), unit, env);
    await Deno.mkdir(manager.folder);
    const { port } = manager.#server.addr;
    const script = `#!/bin/sh
answer=$(curl -sS --data-binary "$*" http://127.0.0.1:${port}/) || exit 9
printf '%s\\n' "\${answer#* }"
exit "\${answer%% *}"
`;
    await writeScript(join(manager.folder, "systemctl"), script);
    return manager;
  }

  get pid(): number | null {
    return this.#process?.pid ?? null;
  }

  /** @returns the exit code of systemctl, a space, and its output */
  async #answer(verb: string): Promise<string> {
    const runs = this.#process !== null;
    if (verb === "is-active") return runs ? "0 active" : "3 inactive";
    if (verb === "show") return `0 ${this.pid ?? 0}`;
    if (verb === "reset-failed") this.#starts = 0;
    if (verb === "stop" || verb === "disable") await this.#stop();
    if (verb === "restart") {
      await this.#stop();
      this.#wanted = true;
      if (!this.#start()) return "1 start request repeated too quickly";
    }
    return "0 ";
  }

  #start(): boolean {
    if (++this.#starts > MAX_STARTS) return false;
    const [, line = ""] = /^ExecStart=(.+)$/m.exec(Deno.readTextFileSync(this.unit)) ?? [];
    const [program = "", ...args] = line.split(" ");
    const process = new Deno.Command(program, {
      args,
      clearEnv: true,
      env: this.env,
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    this.#process = process;
    void process.status.then(({ success }) => {
      this.#process = null;
      if (this.#wanted && !success) this.#timer = setTimeout(() => this.#start(), RESTART_MS);
    });
    return true;
  }

  async #stop(): Promise<void> {
    this.#wanted = false;
    clearTimeout(this.#timer);
    const process = this.#process;
    if (process === null) return;
    try {
      process.kill("SIGTERM");
    } catch {
      // It has already ended.
    }
    await process.status;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stop();
    await this.#server.shutdown();
  }
}
