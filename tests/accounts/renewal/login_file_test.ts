/** The file of a vendor's login while it is renewed: on a full disk, and mounted by itself. */
import { join } from "node:path";
import { holdLogin } from "../../../lib/accounts/renewal/login_file.ts";
import { replaceFile } from "../../../lib/base/whole_file.ts";
import { withFolder } from "../../store/folder.ts";
import { assert, assertEquals, assertThrows } from "../../support/assert.ts";
import { until } from "../../support/until.ts";

Deno.test("disk space for the new login is reserved before the vendor is asked, and the login fits into it", () =>
  withFolder((folder) => {
    const path = join(folder, "login.json");
    const old = "x".repeat(3_000);
    Deno.writeTextFileSync(path, old);
    using held = holdLogin(path);
    const [part = ""] = [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) =>
      name.endsWith(".syntrack-new")
    );
    assert(Deno.statSync(join(folder, part)).size >= old.length);
    held!.replace("short");
    assertEquals(Deno.readTextFileSync(path), "short");
    return Promise.resolve();
  }));

const isRoot = Deno.build.os === "linux" && Deno.uid() === 0 && mayMount();

function mayMount(): boolean {
  const folder = Deno.makeTempDirSync();
  try {
    const mounted = mount(folder, "64k");
    if (mounted) unmount(folder);
    return mounted;
  } finally {
    Deno.removeSync(folder);
  }
}

function mount(folder: string, size: string): boolean {
  const args = ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", folder];
  try {
    return new Deno.Command("mount", { args, stdout: "null", stderr: "null" }).outputSync().success;
  } catch {
    return false;
  }
}

function unmount(folder: string): boolean {
  return new Deno.Command("umount", { args: [folder], stdout: "null", stderr: "null" }).outputSync().success;
}

/** Returns whether a file is mounted by itself afterwards, as a container does with a single file. */
function mountFile(from: string, at: string): boolean {
  const args = ["--bind", from, at];
  return new Deno.Command("mount", { args, stdout: "null", stderr: "null" }).outputSync().success;
}

Deno.test({
  name: `a login that is mounted by itself receives the new text${
    isRoot ? "" : " (skipped: only root may mount)"
  }`,
  ignore: !isRoot,
  fn: () =>
    withFolder(async (folder) => {
      const [outside, path] = [join(folder, "outside.json"), join(folder, "login.json")];
      Deno.writeTextFileSync(outside, JSON.stringify({ refresh: "one-time", pad: "x".repeat(3_000) }));
      Deno.writeTextFileSync(path, "");
      assert(mountFile(outside, path));
      try {
        const after = JSON.stringify({ refresh: "the next one" });
        {
          using held = holdLogin(path);
          held!.replace(after);
        }
        assertEquals([Deno.readTextFileSync(path), Deno.readTextFileSync(outside)], [after, after]);
        replaceFile(path, "{}");
        assertEquals(Deno.readTextFileSync(outside), "{}");
        const left = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
        assertEquals(left, ["login.json", "outside.json"]);
      } finally {
        await until("the file to be unused", () => unmount(path));
      }
    }),
});

Deno.test({
  name: `a full disk is detected before the vendor is asked${
    isRoot ? "" : " (skipped: only root may mount a disk that small)"
  }`,
  ignore: !isRoot,
  fn: () =>
    withFolder(async (folder) => {
      assert(mount(folder, "64k"));
      try {
        const path = join(folder, "login.json");
        const old = JSON.stringify({ refresh: "one-time", pad: "x".repeat(3_000) });
        Deno.writeTextFileSync(path, old);
        const filler = Deno.openSync(join(folder, "filler"), { write: true, create: true });
        assertThrows(() => {
          for (;;) filler.writeSync(new Uint8Array(1024));
        });
        filler.close();
        assertThrows(() => holdLogin(path));
        assertEquals(Deno.readTextFileSync(path), old);
        assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name).sort(), ["filler", "login.json"]);
        // With space again, it is stored.
        Deno.removeSync(join(folder, "filler"));
        using held = holdLogin(path);
        held!.replace(old.replace("one-time", "the next one"));
        assertEquals(JSON.parse(Deno.readTextFileSync(path)).refresh, "the next one");
      } finally {
        // A child process that another test is just starting has a copy of every file that was open here.
        await until("the disk to be unused", () => unmount(folder));
      }
      return Promise.resolve();
    }),
});
