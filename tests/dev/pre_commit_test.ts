/** The git hook, in a separate repository. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { assertEquals, assertStringIncludes } from "../support/assert.ts";

const HOOK = fileURLToPath(new URL("../../dev/pre_commit.ts", import.meta.url));

async function inRepository(work: (folder: string, git: (...args: string[]) => string) => Promise<void>) {
  const folder = await Deno.makeTempDir({ prefix: "syntrack-hook-" });
  const git = (...args: string[]) => {
    const { code, stdout, stderr } = new Deno.Command("git", {
      args: ["-c", "user.name=Ann", "-c", "user.email=ann@example.org", ...args],
      cwd: folder,
      env: { GIT_CONFIG_GLOBAL: join(folder, "none"), GIT_CONFIG_NOSYSTEM: "1" },
    }).outputSync();
    if (code !== 0) throw new Error(new TextDecoder().decode(stderr));
    return new TextDecoder().decode(stdout);
  };
  try {
    git("init", "-q");
    await work(folder, git);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function hook(folder: string) {
  const { code, stderr } = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-config", HOOK],
    cwd: folder,
    env: { NO_COLOR: "1" },
  }).outputSync();
  return { code, stderr: new TextDecoder().decode(stderr) };
}

Deno.test("the hook formats staged files and stages them again, including names with spaces", () =>
  inRepository(async (folder, git) => {
    await Deno.writeTextFile(join(folder, "a file.ts"), "export const a   =  1\n");
    await Deno.writeTextFile(join(folder, "other.ts"), "export const b   =  1\n");
    git("add", "a file.ts");
    assertEquals(hook(folder), { code: 0, stderr: "" });
    assertEquals(git("show", ":a file.ts"), "export const a = 1;\n");
    // Unstaged changes are left alone.
    assertEquals(await Deno.readTextFile(join(folder, "other.ts")), "export const b   =  1\n");
  }));

Deno.test("a partly staged file is not changed, and lint errors or unformatted code stop the commit", () =>
  inRepository(async (folder, git) => {
    const path = join(folder, "part.ts");
    await Deno.writeTextFile(path, "export const a   =  1\n");
    git("add", "part.ts");
    await Deno.writeTextFile(path, "export const a   =  1\nexport const later   = 2\n");
    const { code, stderr } = hook(folder);
    assertEquals(code, 1);
    assertStringIncludes(stderr, "part.ts: the staged part is not formatted");
    assertEquals(await Deno.readTextFile(path), "export const a   =  1\nexport const later   = 2\n");
    await Deno.writeTextFile(path, "export function f() {\n  var x: any = 1;\n  return x;\n}\n");
    git("add", "part.ts");
    assertEquals(hook(folder).code, 1);
  }));
