/**
 * A real executable: compiled, packed, installed, updated while a server runs, and removed.
 *
 * `deno compile` needs a slim runtime that is not available everywhere. This test is skipped unless that runtime is in the
 * cache, or DENORT_BIN names one; if it needs another deno, SYNTRACK_TEST_COMPILER names that.
 */
import { join } from "node:path";
import { compileTarget } from "../../dev/release/compile_target.ts";
import { TARGETS } from "../../dev/release/targets.ts";
import { VERSION } from "../../lib/base/version.ts";
import { assert, assertEquals, assertStringIncludes } from "../support/assert.ts";
import { ROOT } from "../support/sources.ts";
import { withDaemonHome } from "../daemon/daemon_home.ts";
import { brokenProgram, programOf, ReleaseSite } from "./release_site.ts";

const COMPILER = Deno.env.get("SYNTRACK_TEST_COMPILER");
const TARGET = TARGETS.find(({ triple }) => triple === Deno.build.target);

function hasRuntime(): boolean {
  if (TARGET === undefined || Deno.build.os === "windows") return false;
  if (Deno.env.get("DENORT_BIN")) return true;
  const { stdout } = new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).outputSync();
  const { denoDir }: { readonly denoDir: string } = JSON.parse(new TextDecoder().decode(stdout));
  try {
    const folder = join(denoDir, "dl", "release", `v${Deno.version.deno}`);
    return Deno.statSync(join(folder, `denort-${TARGET.triple}.zip`)).isFile;
  } catch {
    return false;
  }
}

Deno.test({
  name:
    "a real executable is compiled, packed, installed and removed (needs the runtime of deno compile: DENORT_BIN)",
  ignore: !hasRuntime(),
  fn: (t) =>
    withDaemonHome(async (home) => {
      const site = await ReleaseSite.open(home.folder);
      const sh = async (command: string) => {
        const { code, stdout, stderr } = await new Deno.Command("/bin/sh", {
          args: ["-c", command],
          cwd: home.folder,
          clearEnv: true,
          env: {
            PATH: `${home.folder}/.syntrack/bin:${Deno.env.get("PATH")}`,
            HOME: home.folder,
            TMPDIR: home.folder,
            DOCKER_CONTAINER: "0",
            SYNTRACK_RUN_COMMANDS: "off",
            SYNTHETIC_API_KEY: "syn_never-to-be-seen-1234567890",
            SYNTRACK_SYNTHETIC_BASE_URL: "http://127.0.0.1:1",
            SYNTRACK_UPDATE_URL: site.url,
            SYNTRACK_UPDATE_KEY: site.key.publicKey,
          },
          stdin: "null",
        }).output();
        const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
        return { code, stdout: text(stdout), stderr: text(stderr) };
      };
      try {
        const compiled = await compileTarget(TARGET!, {
          root: ROOT,
          folder: home.folder,
          ...COMPILER ? { compiler: COMPILER } : {},
        });
        assert("bytes" in compiled, "missing" in compiled ? compiled.missing : "");
        await site.publish(VERSION, compiled.bytes);
        const installed = await sh(`sh "${ROOT}/install.sh" --no-service`);
        assertEquals(installed.code, 0, installed.stderr);
        assertStringIncludes(installed.stdout, "Signature verified");
        assertEquals((await sh("syntrack --version")).stdout, `syntrack ${VERSION}\n`);
        assertEquals((await sh("syntrack update --check --json")).code, 0);
        assertStringIncludes((await sh("syntrack doctor")).stdout, "Account synthetic/default");

        await t.step({
          name: "it is updated with its server, and taken back where the new one does not come up",
          // Programs compiled with an older deno lack file locks, without which no server can be detected.
          ignore: COMPILER !== undefined,
          async fn() {
            const port = home.freePort();
            const started = await sh(`syntrack start --port ${port}`);
            assertEquals(started.code, 0, started.stderr);
            await site.publish("7.2.0", await programOf(home.folder, "7.2.0"));
            const updated = await sh("syntrack update");
            assertEquals(updated.code, 0, updated.stderr);
            assertEquals(home.alive().map((run) => [run.version, run.port]), [["7.2.0", port]]);
            await site.publish("7.3.0", brokenProgram("7.3.0", `${home.folder}/.syntrack/data/syntrack.db`));
            assertStringIncludes((await sh("syntrack update")).stderr, "The previous version was restored");
            assertEquals(home.alive().map(({ version }) => version), ["7.2.0"]);
          },
        });

        assertEquals((await sh(`sh "${ROOT}/install.sh" --uninstall`)).code, 0);
        assertEquals((await sh("syntrack --version")).code, 127);
      } finally {
        await site.close();
      }
    }),
});
