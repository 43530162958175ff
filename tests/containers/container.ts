/** Runs a program in separate namespaces on a read-only root, as in a container. */
import { join } from "node:path";

export const USER = 65_532;

/** Prepares every container: a read-only root, memory for /tmp, the volume, and no network. */
const PREPARE = `set -e
mount --bind "$ROOT" "$ROOT"
mount -o remount,ro,bind "$ROOT"
mount -t tmpfs tmpfs "$ROOT/tmp"
mount -t proc proc "$ROOT/proc"
mount --rbind /dev "$ROOT/dev"
mount --bind "$DATA" "$ROOT/app/data"
ip link set lo up
exec chroot --groups= --userspec=${USER}:${USER} "$ROOT" "$@"`;

export interface ContainerParts {
  readonly root: string;
  /** The folder behind the volume. */
  readonly data: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export interface Ended {
  readonly code: number;
  readonly output: string;
}

export class Container implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #env: Readonly<Record<string, string>>;
  readonly ended: Promise<Ended>;

  constructor({ root, data, args, env }: ContainerParts) {
    this.#env = env;
    this.#process = new Deno.Command("unshare", {
      args: [
        ...["--mount", "--pid", "--net", "--ipc", "--uts", "--fork", "--kill-child"],
        ...["/bin/sh", "-c", PREPARE, "sh", ...args],
      ],
      // The environment of the image, and the variables for the mounts.
      clearEnv: true,
      env: { ...env, ROOT: root, DATA: data, PATH: `${env.PATH}:/usr/sbin:/sbin` },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.ended = this.#process.output().then(({ code, stdout, stderr }) => {
      const text = new TextDecoder();
      return { code, output: text.decode(stdout) + text.decode(stderr) };
    });
  }

  /** Resolves to the outer id of its first process; null before it has started. */
  async first(): Promise<number | null> {
    const { pid } = this.#process;
    const children = await Deno.readTextFile(`/proc/${pid}/task/${pid}/children`).catch(() => "");
    const [child] = children.trim().split(" ");
    return child ? Number(child) : null;
  }

  /** Runs a program of the image in it. */
  async exec(...args: readonly string[]): Promise<Ended> {
    const first = await this.first();
    if (first === null) return { code: -1, output: "it does not run" };
    const user = ["--setuid", String(USER), "--setgid", String(USER)];
    const { code, stdout, stderr } = await new Deno.Command("nsenter", {
      args: ["--target", String(first), "--mount", "--pid", "--net", "--root", "--wd", ...user, ...args],
      clearEnv: true,
      env: { ...this.#env, PATH: `${this.#env.PATH}:/usr/bin` },
    }).output();
    const text = new TextDecoder();
    return { code, output: text.decode(stdout) + text.decode(stderr) };
  }

  /** Waits until the program is healthy or has ended. */
  async untilHealthy(): Promise<Ended> {
    let over = false;
    void this.ended.then(() => over = true);
    let last = await this.exec("/usr/local/bin/syntrack", "health");
    while (last.code !== 0 && !over) last = await this.exec("/usr/local/bin/syntrack", "health");
    return last;
  }

  async stop(): Promise<Ended> {
    const first = await this.first();
    if (first !== null) Deno.kill(first, "SIGTERM");
    return await this.ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const first = await this.first();
    if (first !== null) Deno.kill(first, "SIGKILL");
    await this.ended;
  }
}

/** Creates a folder for the volume that belongs to the user of the image, with these files. */
export async function volume(
  folder: string,
  files: Readonly<Record<string, string>>,
): Promise<string> {
  await Deno.mkdir(folder, { mode: 0o700 });
  for (const [name, text] of Object.entries(files)) {
    await Deno.writeTextFile(join(folder, name), text, { mode: 0o400 });
    await Deno.chown(join(folder, name), USER, USER);
  }
  await Deno.chown(folder, USER, USER);
  return folder;
}
