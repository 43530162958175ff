/**
 * `syntrack update` from beginning to end: a release server on this machine, an installed program, a background server,
 * and every way in which an update can be wrong.
 */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { VERSION } from "../../lib/base/version.ts";
import { archiveName } from "../../lib/update/sums.ts";
import { assert, assertEquals, assertStringIncludes } from "../support/assert.ts";
import { withInstallation } from "./installed.ts";
import { brokenProgram, createKey, PLATFORM, programOf } from "./release_site.ts";

const [NEWER, NEWEST] = ["7.2.0", "7.3.0"];

Deno.test({
  name:
    "an update is told, taken with its server, refused where it was tampered with, and taken back where it does not run",
  ignore: Deno.build.os === "windows",
  fn: (t) =>
    withInstallation(async (own) => {
      const { home, site } = own;
      const port = home.freePort();
      assertEquals((await own.run(`start --port ${port} --interval 300`)).code, 0);
      const original = await Deno.readTextFile(own.path);
      const before = await own.server();
      assertEquals(before.version, VERSION);

      await t.step("--check tells what is there, and changes nothing", async () => {
        await site.publish(NEWER, await programOf(home.folder, NEWER));
        const files = own.files();
        const { code, stdout } = await own.run("update --check");
        assertEquals(code, 0);
        assertStringIncludes(stdout, `syntrack ${NEWER} is available; this is ${VERSION}`);
        assertEquals(await own.readJson("update --check"), {
          schemaVersion: 1,
          current: VERSION,
          newest: NEWER,
          available: true,
        });
        assertEquals(own.files(), files);
        assertEquals((await own.server()).instance, before.instance);
      });

      await t.step(
        "update puts it in place, starts the server anew with its options, and keeps a copy of its data",
        async () => {
          const { code, stdout, stderr } = await own.run("update");
          assertEquals(code, 0, stderr);
          assertStringIncludes(stdout, `syntrack ${NEWER} replaces ${VERSION}`);
          assertEquals((await own.run("--version")).stdout, `syntrack ${NEWER}\n`);
          const after = await own.server();
          assertEquals([after.version, after.port, after.args], [NEWER, port, before.args]);
          assertEquals(Object.keys(own.files()).sort(), ["syntrack", "syntrack.previous"]);
          const [, copy = ""] = /Backup of the database: (.+)/.exec(stdout) ?? [];
          assertEquals((await own.run(`db check --db ${copy}`)).code, 0);
          assertStringIncludes((await own.run("update")).stdout, `syntrack ${NEWER} is installed`);
        },
      );

      const files = own.files();
      const running = await own.server();
      const isRefused = async (args: string, words: string) => {
        const { code, stderr } = await own.run(args);
        assertEquals([code, stderr.includes(words)], [1, true], stderr);
        assertStringIncludes(stderr, "Nothing was changed");
        assertEquals(own.files(), files);
        assertEquals((await own.server()).instance, running.instance);
      };

      await t.step("an archive that is not what was signed is refused", async () => {
        await site.publish(NEWEST, await programOf(home.folder, NEWEST));
        const path = site.pathOf(NEWEST, archiveName(NEWEST, PLATFORM));
        const bytes = await Deno.readFile(path);
        bytes[bytes.length - 9]! ^= 1;
        await Deno.writeFile(path, bytes);
        await isRefused("update", "is not the signed file");
      });

      await t.step("sums that were changed after they were signed are refused", async () => {
        const path = join(home.folder, "site", "latest", "download", "SHA256SUMS");
        const sums = await Deno.readTextFile(path);
        await Deno.writeTextFile(path, sums.replace(/^./, (digit) => digit === "0" ? "1" : "0"));
        await isRefused("update", "is not signed by a key this program trusts");
      });

      await t.step("a good signature of another key is refused", async () => {
        await site.publish(NEWEST, "#!/bin/sh\necho evil\n", await createKey());
        await isRefused("update --check", "is not signed by a key this program trusts");
        await isRefused("update", "is not signed by a key this program trusts");
      });

      await t.step(
        "an older release that was signed is not taken for the one that was asked for",
        async () => {
          await Deno.rename(site.pathOf(NEWER, ""), site.pathOf("7.9.9", ""));
          await isRefused("update --to 7.9.9", `Version 7.9.9 was requested, but the release is ${NEWER}`);
          await Deno.rename(site.pathOf("7.9.9", ""), site.pathOf(NEWER, ""));
        },
      );

      await t.step("an executable that does not start here is never put in place", async () => {
        await site.publish(NEWEST, "#!/bin/sh\nexit 9\n");
        await isRefused("update", "does not run on this machine");
      });

      await t.step(
        "a version that does not come up is taken back, with the database it had changed, and the server runs again",
        async () => {
          await site.publish(NEWEST, brokenProgram(NEWEST, own.database));
          const { code, stderr } = await own.run("update");
          assertEquals(code, 1);
          assertStringIncludes(
            stderr,
            "it exited with code 3 before it answered. The previous version was restored",
          );
          assertStringIncludes(stderr, "The new version had changed the form of the database");
          assertEquals((await own.run("--version")).stdout, `syntrack ${NEWER}\n`);
          assertEquals(own.files().syntrack, files.syntrack);
          const after = await own.server();
          assertEquals([after.version, after.port, after.args], [NEWER, port, before.args]);
          using database = new DatabaseSync(own.database, { readOnly: true, timeout: 60_000 });
          assert(Number(database.prepare("PRAGMA user_version").get()?.user_version) < 999);
          assertEquals((await own.run("db check")).code, 0);
        },
      );

      await t.step("--to takes a version of before as well", async () => {
        await site.publish(VERSION, original);
        const check = `update --to ${VERSION} --check`;
        // Without --to, an update would refuse it.
        assertStringIncludes(
          (await own.run(check)).stdout,
          `\`syntrack update --to ${VERSION}\` installs it`,
        );
        const { backups, ...taken } = await own.readJson(`update --to v${VERSION}`);
        assertEquals(taken, {
          schemaVersion: 1,
          current: NEWER,
          newest: VERSION,
          available: false,
          installed: VERSION,
          previous: `${own.path}.previous`,
          restarted: [`the server on port ${port}`],
        });
        assertEquals(backups.length, 1);
        assertEquals((await own.server()).version, VERSION);
      });
    }),
});
