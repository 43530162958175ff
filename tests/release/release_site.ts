/**
 * A release server on this machine, and releases for it. Instead of an executable, they contain a small script that
 * runs the real program with another version: an executable would be 94 MB and need a runtime that is not available
 * everywhere. `real_executable_test.ts` does the same with a real one.
 */
import { join } from "node:path";
import { packTarGz } from "../../dev/release/archive.ts";
import { ensureBundled } from "../../dev/build.ts";
import { makeKey, readSigningKey, type SigningKey } from "../../dev/release/signing_key.ts";
import { signSums, writeSums } from "../../dev/release/sums_file.ts";
import { VERSION } from "../../lib/base/version.ts";
import { archiveName, findPlatform } from "../../lib/update/sums.ts";
import { ROOT } from "../support/sources.ts";

export const PLATFORM = findPlatform(Deno.build)!;

export class ReleaseSite {
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  /** Requested paths. */
  readonly asked: string[] = [];

  private constructor(readonly folder: string, readonly key: SigningKey) {
    this.#server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
      const { pathname } = new URL(request.url);
      this.asked.push(pathname);
      const file = await Deno.open(join(folder, "site", pathname)).catch(() => null);
      return file ? new Response(file.readable) : new Response("Not found", { status: 404 });
    });
  }

  static async open(folder: string): Promise<ReleaseSite> {
    return new ReleaseSite(folder, await createKey());
  }

  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  pathOf(version: string, name: string): string {
    return join(this.folder, "site", "download", `v${version}`, name);
  }

  /** Publishes a version as the newest: its archive with `program` as executable, checksums and signature. */
  async publish(version: string, program: string | Uint8Array<ArrayBuffer>, key = this.key): Promise<void> {
    const folder = this.pathOf(version, "");
    await Deno.remove(folder, { recursive: true }).catch(() => {});
    await Deno.mkdir(folder, { recursive: true });
    const name = archiveName(version, PLATFORM);
    const archive = packTarGz(name.replace(".tar.gz", ""), [
      { name: PLATFORM.startsWith("windows") ? "syntrack.exe" : "syntrack", data: program, executable: true },
      { name: "LICENCES.txt", data: "licences\n" },
      { name: "share/man/man1/syntrack.1", data: `.TH SYNTRACK 1 "" "${version}"\n` },
      { name: "share/completions/bash/syntrack", data: "# completions\n" },
    ], 1_700_000_000_000);
    await Deno.writeFile(join(folder, name), archive);
    await writeSums(folder);
    await signSums(folder, key, [key.publicKey]);
    await this.pointLatestAt(version);
  }

  /** The target of `latest`. */
  async pointLatestAt(version: string): Promise<void> {
    const latest = join(this.folder, "site", "latest", "download");
    await Deno.remove(latest, { recursive: true }).catch(() => {});
    await Deno.mkdir(latest, { recursive: true });
    for (const { name } of Deno.readDirSync(this.pathOf(version, ""))) {
      await Deno.copyFile(this.pathOf(version, name), join(latest, name));
    }
  }

  async close(): Promise<void> {
    await this.#server.shutdown();
  }
}

export async function createKey(): Promise<SigningKey> {
  const { pem } = await makeKey();
  return (await readSigningKey(new Map([["SYNTRACK_RELEASE_KEY", pem]])))!;
}

/** Returns a script that runs the real program with another version, as if the script were the executable. */
export async function programOf(folder: string, version: string): Promise<string> {
  await ensureBundled();
  const own = join(folder, `program-${version}`);
  await Deno.mkdir(join(own, "_program"), { recursive: true });
  await Deno.symlink(join(ROOT, "_fresh"), join(own, "_fresh"));
  for (const { name } of Deno.readDirSync(join(ROOT, "_program"))) {
    if (!name.endsWith(".js")) continue;
    const text = await Deno.readTextFile(join(ROOT, "_program", name));
    await Deno.writeTextFile(join(own, "_program", name), text.replaceAll(`"${VERSION}"`, `"${version}"`));
  }
  const entry = join(own, "_program", "installed.js");
  await Deno.writeTextFile(
    entry,
    `import { start } from "./start.js";\n` +
      `Deno.exitCode = await start(Deno.args.slice(1), { executable: Deno.args[0] });\n`,
  );
  const runtime = `"${Deno.execPath()}" run -A --no-config --cached-only --unstable-cron --unstable-kv`;
  return `#!/bin/sh\n# Stands for the executable of syntrack ${version}.\nexec ${runtime} "${entry}" "$0" "$@"\n`;
}

/** Returns a version that answers --version, migrates the database to its own schema, and exits instead of serving. */
export function brokenProgram(version: string, dbPath: string): string {
  const spoil =
    `import { DatabaseSync } from "node:sqlite"; new DatabaseSync("${dbPath}").exec("PRAGMA user_version = 999")`;
  return [
    "#!/bin/sh",
    `[ "$1" = --version ] && { echo "syntrack ${version}"; exit 0; }`,
    `"${Deno.execPath()}" eval '${spoil}'`,
    "exit 3",
    "",
  ].join("\n");
}
