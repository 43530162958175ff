/** A user with a separate home who runs `install.sh` with a release server on this machine. */
import { join } from "node:path";
import { type DaemonHome, withDaemonHome } from "../daemon/daemon_home.ts";
import { ROOT } from "../support/sources.ts";
import { ReleaseSite } from "./release_site.ts";

export function has(tool: string, ...args: readonly string[]): boolean {
  try {
    return new Deno.Command(tool, { args: [...args], stdout: "null", stderr: "null" }).outputSync().success;
  } catch {
    return false;
  }
}

/** Whether openssl can verify Ed25519 signatures of files; LibreSSL and versions before 3 cannot. */
function hasOpenSsl3(): boolean {
  try {
    const { stdout } = new Deno.Command("openssl", { args: ["version"] }).outputSync();
    return Number(/^OpenSSL (\d+)\./.exec(new TextDecoder().decode(stdout))?.[1]) >= 3;
  } catch {
    return false;
  }
}

export const canCheck = Deno.build.os !== "windows" && hasOpenSsl3() &&
  (has("curl", "--version") || has("wget", "--version"));
export const INSTALLER = join(ROOT, "install.sh");

export class Person {
  readonly bin: string;
  constructor(readonly home: DaemonHome, readonly site: ReleaseSite) {
    this.bin = join(home.folder, ".syntrack", "bin");
  }

  #env(env: Readonly<Record<string, string>>): Record<string, string> {
    return {
      PATH: Deno.env.get("PATH") ?? "",
      HOME: this.home.folder,
      TMPDIR: this.home.folder,
      DENO_DIR: join(this.home.folder, ".deno"),
      DENO_NO_UPDATE_CHECK: "1",
      DOCKER_CONTAINER: "0",
      SYNTRACK_RUN_COMMANDS: "off",
      SYNTRACK_SYNTHETIC_BASE_URL: "http://127.0.0.1:1",
      SYNTRACK_UPDATE_URL: this.site.url,
      SYNTRACK_UPDATE_KEY: this.site.key.publicKey,
      ...env,
    };
  }

  async sh(command: string, env: Readonly<Record<string, string>> = {}) {
    const { code, stdout, stderr } = await new Deno.Command("/bin/sh", {
      args: ["-c", command],
      cwd: this.home.folder,
      clearEnv: true,
      env: this.#env(env),
      stdin: "null",
    }).output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    return { code, stdout: text(stdout), stderr: text(stderr) };
  }

  install(args = "", env: Readonly<Record<string, string>> = {}) {
    return this.sh(`sh "${INSTALLER}" --no-service ${args}`, env);
  }

  /** Returns every file in the home that an installation could change, with content, mode and time. */
  files(): Readonly<Record<string, string>> {
    const found: Record<string, string> = {};
    const walk = (folder: string) => {
      for (const { name, isDirectory } of Deno.readDirSync(folder)) {
        const path = join(folder, name);
        if (/^(?:site|\.deno|program-.*|data|logs|run)$/.test(name)) continue;
        if (isDirectory) walk(path);
        else {
          const { mode, mtime, ino } = Deno.statSync(path);
          found[path.slice(this.home.folder.length + 1)] = `${
            (mode ?? 0) & 0o777
          } ${mtime?.getTime()} ${ino} ${Deno.readTextFileSync(path)}`;
        }
      }
    };
    walk(this.home.folder);
    return found;
  }
}

export async function withPerson(work: (person: Person) => Promise<void>): Promise<void> {
  await withDaemonHome(async (home) => {
    const site = await ReleaseSite.open(home.folder);
    try {
      await work(new Person(home, site));
    } finally {
      await site.close();
    }
  });
}
