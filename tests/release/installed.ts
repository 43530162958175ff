/** A program installed in a separate home, which gets updates from a release server on this machine. */
import { join } from "node:path";
import { VERSION } from "../../lib/base/version.ts";
import { listRuns } from "../../lib/daemon/run_file.ts";
import { type DaemonHome, withDaemonHome } from "../daemon/daemon_home.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { programOf, ReleaseSite } from "./release_site.ts";
import { writeScript } from "../support/script.ts";

/** The installation in a home, started as a user would. */
export class Installation {
  readonly path: string;
  readonly database: string;
  constructor(readonly home: DaemonHome, readonly site: ReleaseSite) {
    this.path = join(home.folder, ".syntrack", "bin", "syntrack");
    this.database = join(home.folder, ".syntrack", "data", "syntrack.db");
  }

  env(): Record<string, string> {
    return {
      PATH: Deno.env.get("PATH") ?? "",
      HOME: this.home.folder,
      DENO_DIR: join(this.home.folder, ".deno"),
      DENO_NO_UPDATE_CHECK: "1",
      DOCKER_CONTAINER: "0",
      SYNTRACK_RUN_COMMANDS: "off",
      SYNTRACK_TIMEZONE: "UTC",
      SYNTHETIC_API_KEY: "syn_never-to-be-seen-1234567890",
      SYNTRACK_SYNTHETIC_BASE_URL: "http://127.0.0.1:1",
      SYNTRACK_UPDATE_URL: this.site.url,
      SYNTRACK_UPDATE_KEY: this.site.key.publicKey,
    };
  }

  async run(args: string, env: Readonly<Record<string, string>> = {}, program = this.path) {
    const { code, stdout, stderr } = await new Deno.Command(program, {
      args: args.split(" "),
      cwd: this.home.folder,
      clearEnv: true,
      env: { ...this.env(), ...env },
      stdin: "null",
    }).output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    return { code, stdout: text(stdout), stderr: text(stderr) };
  }

  /** Runs a command that must succeed, and resolves to what it prints as JSON. */
  async readJson(args: string) {
    const { code, stdout, stderr } = await this.run(`${args} --json`);
    assertEquals(code, 0, stderr);
    return JSON.parse(stdout);
  }

  /** Resolves to the publicly visible state of the running server: its version, and whether it answers. */
  async server() {
    const [found, ...others] = listRuns(this.home.runFolder).filter(({ alive }) => alive);
    assertEquals(others, []);
    assert(found, "No server runs");
    const health = await (await fetch(`${found.run.url}/api/health`)).json();
    assertEquals(health.instance, found.run.instance);
    return found.run;
  }

  /** Returns all files an update could leave behind or change, by name and content. */
  files(): Readonly<Record<string, string>> {
    const folder = join(this.path, "..");
    return Object.fromEntries(
      [...Deno.readDirSync(folder)].map(({ name }) => [name, Deno.readTextFileSync(join(folder, name))]),
    );
  }
}

export async function withInstallation(work: (installed: Installation) => Promise<void>): Promise<void> {
  await withDaemonHome(async (home) => {
    const site = await ReleaseSite.open(home.folder);
    try {
      const own = new Installation(home, site);
      await Deno.mkdir(join(own.path, ".."), { recursive: true });
      await writeScript(own.path, await programOf(home.folder, VERSION));
      await work(own);
    } finally {
      await site.close();
    }
  });
}
