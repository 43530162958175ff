/**
 * `syntrack update` if a service manager keeps the server running, and if other servers run beside it. The manager is a
 * stand-in: systemd is not available everywhere.
 */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { VERSION } from "../../lib/base/version.ts";
import { isManagedBy } from "../../lib/cli/update/servers.ts";
import { openrcFile, windowsTask } from "../../lib/daemon/service/others.ts";
import { createLaunchd } from "../../lib/cli/service/managers.ts";
import type { CommandResult } from "../../lib/cli/service/runner.ts";
import { assert, assertEquals, assertStringIncludes } from "../support/assert.ts";
import { type Installation, withInstallation } from "./installed.ts";
import { has } from "./installing.ts";
import { brokenProgram, programOf } from "./release_site.ts";
import { ServiceManager } from "./service_manager.ts";
import { writeScript } from "../support/script.ts";

const [NEWER, NEWEST] = ["7.2.0", "7.3.0"];

/** Polls until the server of this port is healthy, and returns its run. */
async function untilUp(own: Installation, port: number) {
  while ((await own.run(`health --port ${port}`)).code !== 0);
  const run = own.home.alive().find((one) => one.port === port);
  assert(run);
  return run;
}

Deno.test({
  name:
    "a service is ended, replaced and started by its manager; one that does not come up is the one of before again (needs curl)",
  ignore: Deno.build.os !== "linux" || !has("curl", "--version"),
  fn: (t) =>
    withInstallation(async (own) => {
      const { home, site } = own;
      const port = home.freePort();
      await using manager = await ServiceManager.open(home.folder, {
        ...own.env(),
        SYNTRACK_PORT: String(port),
      });
      const env = { PATH: `${manager.folder}:${Deno.env.get("PATH")}`, SYNTRACK_PORT: String(port) };
      const { code, stderr } = await own.run("service install --user", env);
      assertEquals(code, 0, stderr);
      const before = await untilUp(own, port);
      assertEquals([before.version, before.pid, before.program], [VERSION, manager.pid, own.path]);

      const [clonePort, otherPort] = [home.freePort(), home.freePort()];
      assertEquals((await home.run(`start --port ${clonePort} --interval 300`)).code, 0);
      const other = join(home.folder, "other", "syntrack");
      await Deno.mkdir(join(other, ".."));
      await writeScript(other, await Deno.readTextFile(own.path));
      assertEquals((await own.run(`start --port ${otherPort} --interval 300`, {}, other)).code, 0);
      const theirs = () =>
        home.alive().flatMap((run) => run.port === port ? [] : `${run.instance} ${run.pid} ${run.version}`);
      const untouched = theirs();
      assertEquals(untouched.length, 2);

      await t.step("it is ended before its database is copied, and comes up as the new one", async () => {
        await site.publish(NEWER, await programOf(home.folder, NEWER));
        manager.told.length = 0;
        const { code, stdout, stderr } = await own.run("update", env);
        assertEquals(code, 0, stderr);
        assertStringIncludes(stdout, "Restarted: the service (systemd, for you)");
        const [, copy = ""] = /Backup of the database: (.+)/.exec(stdout) ?? [];
        assertEquals((await own.run(`db check --db ${copy}`)).code, 0);
        const after = await untilUp(own, port);
        assertEquals([after.version, after.pid], [NEWER, manager.pid]);
        assert(after.instance !== before.instance);
        const changes = manager.told.filter((words) => /^(?:stop|restart|reset-failed) /.test(words));
        assertEquals(changes, [
          "stop syntrack.service",
          "reset-failed syntrack.service",
          "restart syntrack.service",
        ]);
      });

      await t.step("servers of a clone and of another installation go on as they are", () => {
        assertEquals(theirs(), untouched);
      });

      await t.step(
        "a version that its manager cannot keep running is taken back, with the database",
        async () => {
          const executable = await Deno.readTextFile(own.path);
          await site.publish(NEWEST, brokenProgram(NEWEST, own.database));
          const { code, stderr } = await own.run("update", env);
          assertEquals(code, 1);
          assertStringIncludes(
            stderr,
            "the service (systemd, for you) did not start with it: it did not answer",
          );
          assertStringIncludes(stderr, "The previous version was restored");
          assertStringIncludes(stderr, "The new version had changed the form of the database");
          assert(!stderr.includes("did not start again"), stderr);
          assertEquals(await Deno.readTextFile(own.path), executable);
          const after = await untilUp(own, port);
          assertEquals([after.version, after.pid], [NEWER, manager.pid]);
          using database = new DatabaseSync(own.database, { readOnly: true, timeout: 60_000 });
          assert(Number(database.prepare("PRAGMA user_version").get()?.user_version) < 999);
          assertEquals(theirs(), untouched);
        },
      );
    }),
});

Deno.test("if a manager states no process, the run is the one that its file starts", async () => {
  const folder = await Deno.makeTempDir({ prefix: "syntrack-manager-" });
  try {
    for (
      const executable of ["/usr/local/bin/syntrack", "C:\\Users\\Tom & Ann\\.syntrack\\bin\\syntrack.exe"]
    ) {
      for (const tailscale of [false, true]) {
        const spec = {
          program: [executable],
          scope: "user",
          tailscale,
          home: "/home/you",
          collectTimer: false,
        } as const;
        for (const file of [openrcFile(spec), windowsTask(spec, "you")]) {
          const path = join(folder, file.name);
          await Deno.writeTextFile(path, file.text);
          const manager = { pid: () => null, files: [{ ...file, path }] };
          const isMeant = (args: readonly string[], program = executable) =>
            isManagedBy(manager, program)({ pid: 1, args });
          const words = tailscale ? ["--tailscale"] : [];
          assertEquals(
            [isMeant(words), isMeant([...words, "--port", "9300"]), isMeant(words, "/opt/other/syntrack")],
            [true, false, false],
            `${file.name} of ${executable}`,
          );
        }
      }
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test({
  name: "a launchd agent is unloaded to stop it, and loaded or restarted to start it",
  ignore: Deno.build.os === "windows",
  fn() {
    const asked: string[] = [];
    let loaded = true;
    const runner = {
      find: (command: string) => `/bin/${command}`,
      run(command: string, [verb = "", ...args]: readonly string[]): CommandResult {
        asked.push([command, verb, ...args].join(" "));
        if (verb === "bootout") loaded = false;
        if (verb === "bootstrap") loaded = true;
        const stdout = loaded && verb === "print" ? "\tstate = running\n\n\tpid = 4242\n" : "";
        return { code: loaded ? 0 : 113, stdout, stderr: "" };
      },
    };
    const spec = {
      program: [],
      scope: "user",
      tailscale: false,
      home: "/Users/you",
      collectTimer: false,
    } as const;
    const manager = createLaunchd({ io: { env: {} }, spec, runner });
    const changes = () => asked.splice(0).filter((words) => !words.includes(" print "));
    const domain = `gui/${Deno.uid()}`;
    assertEquals([manager.isRunning(), manager.pid(), manager.hasStopped()], [true, 4242, false]);
    manager.restart();
    assertEquals(changes(), [`launchctl kickstart -k ${domain}/dev.syntrack`]);
    manager.stop();
    assertEquals([manager.isRunning(), manager.pid(), manager.hasStopped()], [false, null, true]);
    manager.restart();
    assertEquals(changes(), [
      `launchctl bootout ${domain}/dev.syntrack`,
      `launchctl bootstrap ${domain} /Users/you/Library/LaunchAgents/dev.syntrack.plist`,
    ]);
  },
});
