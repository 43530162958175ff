/**
 * Builds images with `buildah` (from Debian's package) out of files of this machine, without daemon and network. If
 * that is impossible, the tests that need it are reported as ignored, with the reason in their name.
 */
import { dirname, join } from "node:path";

const TOOLS = ["buildah", "unshare", "nsenter", "chroot", "ip", "ldd"] as const;

export function imageTest(name: string, work: (builder: Builder) => Promise<void>): void {
  const why = reasonAgainst();
  Deno.test({
    name: why === null ? name : `${name} (ignored: ${why})`,
    ignore: why !== null,
    async fn() {
      const folder = await Deno.makeTempDir({ prefix: "syntrack-image-" });
      try {
        await work(new Builder(folder));
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
  });
}

function reasonAgainst(): string | null {
  if (Deno.build.os !== "linux") return "images are of Linux";
  if (Deno.uid() !== 0) return "making another root folder needs root";
  const missing = TOOLS.find((tool) => output(tool, ["--version"]) === null);
  if (missing === "ip" && output("ip", ["-V"]) !== null) return refusal();
  return missing === undefined ? refusal() : `there is no ${missing}, see Debian's package buildah`;
}

/** A container around these tests may not allow creating containers. */
function refusal(): string | null {
  const tried = output("unshare", [
    "--mount",
    "--pid",
    "--net",
    "--fork",
    "mount",
    "-t",
    "tmpfs",
    "tmpfs",
    "/tmp",
  ]);
  return tried === null ? "new namespaces and mounts are forbidden here" : null;
}

function output(program: string, args: readonly string[]): string | null {
  try {
    const { success, stdout } = new Deno.Command(program, { args: [...args], stderr: "null" }).outputSync();
    return success ? new TextDecoder().decode(stdout) : null;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

export class Builder {
  constructor(readonly folder: string) {}

  /** Runs it with separate storage. @throws with its whole output if it fails */
  async run(...args: readonly string[]): Promise<string> {
    const stores = ["--storage-driver", "vfs", "--root", join(this.folder, "store"), "--runroot"];
    const { success, stdout, stderr } = await new Deno.Command("buildah", {
      args: [...stores, join(this.folder, "run"), ...args],
      env: { BUILDAH_ISOLATION: "chroot", TMPDIR: this.folder },
    }).output();
    const text = new TextDecoder();
    if (!success) throw new Error(`buildah ${args.join(" ")}:\n${text.decode(stdout)}${text.decode(stderr)}`);
    return text.decode(stdout).trim();
  }

  /** Builds an image from files of this machine: the runtime's libraries, and the runtime itself for builds. */
  async base(image: string, withRuntime: boolean): Promise<void> {
    const root = join(this.folder, image);
    for (const name of ["etc", "proc", "dev", "sys", "run"]) {
      await Deno.mkdir(join(root, name), { recursive: true });
    }
    await Deno.mkdir(join(root, "tmp"));
    await Deno.chmod(join(root, "tmp"), 0o1777);
    for (const [library] of (output("ldd", [Deno.execPath()]) ?? "").matchAll(/\/\S+/g)) {
      await Deno.mkdir(dirname(join(root, library)), { recursive: true });
      await Deno.copyFile(library, join(root, library));
    }
    if (withRuntime) {
      await Deno.mkdir(join(root, "usr/bin"), { recursive: true });
      await Deno.copyFile(Deno.execPath(), join(root, "usr/bin/deno"));
    }
    const container = await this.run("from", "scratch");
    await this.run("copy", "--quiet", container, root, "/");
    const variables = ["PATH=/usr/bin:/bin", "DENO_DIR=/deno-dir"].flatMap((one) => ["--env", one]);
    await this.run("config", ...variables, container);
    await this.run("commit", "--quiet", "--rm", container, image);
    await Deno.remove(root, { recursive: true });
  }

  /** Returns the files of an image as a folder that may be changed. */
  async unpack(image: string): Promise<string> {
    return await this.run("mount", await this.run("from", image));
  }
}
