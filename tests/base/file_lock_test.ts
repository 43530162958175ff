import { join } from "node:path";
import { isFileLocked, tryLockFile } from "../../lib/base/file_lock.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { withFolder } from "../store/folder.ts";

Deno.test("a lock is held by one at a time, shown to others, and free again once released", () =>
  withFolder((folder) => {
    const path = join(folder, "lock");
    assertEquals(isFileLocked(path), false, "no file, no lock");
    const first = tryLockFile(path);
    assert(first);
    assertEquals([tryLockFile(path), isFileLocked(path)], [null, true]);
    first.release();
    assertEquals(isFileLocked(path), false);
    using second = tryLockFile(path);
    first.release();
    assert(second && isFileLocked(path), "a second release does not concern the next holder");
  }));

Deno.test("a lock on a file that its last holder has removed is none", () =>
  withFolder((folder) => {
    const path = join(folder, "lock");
    using first = tryLockFile(path);
    Deno.removeSync(path);
    using second = tryLockFile(path);
    assert(first && second, "the new file is another one");
  }));

Deno.test("a file that cannot be opened is reported as such", () =>
  withFolder((folder) => {
    let error: unknown;
    try {
      tryLockFile(join(folder, "absent", "lock"));
    } catch (caught) {
      error = caught;
    }
    assert(error instanceof Deno.errors.NotFound);
  }));

Deno.test({
  name: "a released lock is free at once, though child processes are being started all the time",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withFolder(async (folder) => {
      // Another thread, as the runtime starts processes while other threads run.
      const code = `
        postMessage("ready");
        for (;;) await Promise.all([1, 2, 3, 4].map(() => new Deno.Command("true").output()));
      `;
      const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
      const worker = new Worker(url, { type: "module" });
      await new Promise((resolve) => worker.onmessage = resolve);
      let refused = 0;
      try {
        for (let round = 0; round < 100; round++) {
          for (let i = 0; i < 100; i++) {
            const lock = tryLockFile(join(folder, "lock"));
            if (lock === null) refused++;
            else lock.release();
          }
          await new Promise((resolve) => setTimeout(resolve));
        }
      } finally {
        worker.terminate();
        URL.revokeObjectURL(url);
      }
      assertEquals(refused, 0);
    }),
});
