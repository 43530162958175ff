/** When `syntrack update` does nothing, and which servers it contacts. */
import { main } from "../../lib/cli/main.ts";
import { createSystemd, managerFor } from "../../lib/cli/service/managers.ts";
import type { CommandResult } from "../../lib/cli/service/runner.ts";
import { fetchRelease } from "../../lib/update/download.ts";
import { RELEASE_KEYS } from "../../lib/update/release_server.ts";
import { findOwner } from "../../lib/update/owner.ts";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "../support/assert.ts";
import { importsOf, projectSources } from "../support/sources.ts";
import { type CliHome, withCliHome } from "../cli/support.ts";
import { createKey, ReleaseSite } from "./release_site.ts";

async function update(
  place: CliHome,
  { args = [], env = {}, executable }: {
    readonly args?: readonly string[];
    readonly env?: Readonly<Record<string, string>>;
    readonly executable?: string;
  } = {},
) {
  const io = place.io({ env: { DOCKER_CONTAINER: "0", ...env } });
  const code = await main(["update", ...args], { ...io, ...executable ? { executable } : {} });
  return { code, ...io.ran() };
}

Deno.test("a clone, a container and a packaged file are left alone, with the right way to update them", () =>
  withCliHome(async (place) => {
    const clone = await update(place);
    assertEquals(clone.code, 1);
    assertStringIncludes(clone.stderr, "runs from a clone");
    assertStringIncludes(clone.stderr, "git pull");
    const executable = `${place.folder}/syntrack`;
    const container = await update(place, { executable, env: { DOCKER_CONTAINER: "1" } });
    assertStringIncludes(container.stderr, "Use a newer image");
    if (Deno.build.os !== "windows") {
      const cellar = `${place.folder}/Cellar/syntrack/0.1.0/bin`;
      await Deno.mkdir(cellar, { recursive: true });
      await Deno.writeTextFile(`${cellar}/syntrack`, "");
      await Deno.symlink(`${cellar}/syntrack`, executable);
      assertStringIncludes((await update(place, { executable })).stderr, "belongs to Homebrew");
    }
    const nix = await update(place, { executable: "/nix/store/abc-syntrack-0.1.0/bin/syntrack" });
    assertStringIncludes(nix.stderr, "belongs to Nix");
    assertStringIncludes(nix.stderr, "nix profile upgrade");
  }));

Deno.test("a packaged file is recognized by its folder, or by asking the package manager", () => {
  const nobody = () => ({ code: 1 });
  const owner = (path: string, ask = nobody) => findOwner(path, ask)?.name ?? null;
  assertEquals(owner("/opt/homebrew/Cellar/syntrack/0.1.0/bin/syntrack"), "Homebrew");
  assertEquals(owner("C:\\Users\\you\\scoop\\apps\\syntrack\\current\\syntrack.exe"), "Scoop");
  assertEquals(owner("/home/you/.syntrack/bin/syntrack"), null);
  assertEquals(owner("/usr/bin/syntrack"), null);
  const asked: string[] = [];
  const apt = (command: string, args: readonly string[]) => {
    asked.push([command, ...args].join(" "));
    return { code: command === "dpkg" ? 0 : 127 };
  };
  assertEquals(findOwner("/usr/bin/syntrack", apt)?.name, "APT");
  assertEquals(asked, ["dpkg -S /usr/bin/syntrack"]);
  // Folders of users, and homes, do not belong to a package manager.
  assertEquals(findOwner("/usr/local/bin/syntrack", apt), null);
});

Deno.test({
  name: "while no release is public no server is contacted, and it says so (until a key is trusted)",
  ignore: RELEASE_KEYS.length > 0,
  fn: () =>
    withCliHome(async (place) => {
      const { code, stderr } = await update(place, { args: ["--check"] });
      assertEquals(code, 1);
      assertStringIncludes(stderr, "No release of syntrack is public yet");
      assertStringIncludes(stderr, "nothing was contacted");
    }),
});

Deno.test("an invalid version is a usage error", () =>
  withCliHome(async (place) => {
    const { code, stderr } = await update(place, { args: ["--to", "latest"] });
    assertEquals(code, 2);
    assertStringIncludes(stderr, `"latest" is not a version`);
  }));

Deno.test({
  name: "a .env of a folder cannot change whose releases are trusted (until a key is trusted)",
  ignore: RELEASE_KEYS.length > 0,
  fn: () =>
    withCliHome(async (place) => {
      const { publicKey } = await createKey();
      await Deno.writeTextFile(
        `${place.folder}/.env`,
        `SYNTRACK_UPDATE_URL=http://127.0.0.1:1\nSYNTRACK_UPDATE_KEY=${publicKey}\n`,
      );
      const { stderr } = await update(place, { args: ["--check"] });
      assertStringIncludes(stderr, "No release of syntrack is public yet");
    }),
});

Deno.test("the two variables work where they apply, and are reported where they do not", () =>
  withCliHome(async (place) => {
    const env = { SYNTRACK_UPDATE_URL: "https://mirror.example", SYNTRACK_UPDATE_KEY: "key" };
    const known = await place.run("config", { env });
    assert(!(known.stdout + known.stderr).includes("SYNTRACK_UPDATE"));
    await Deno.writeTextFile(`${place.folder}/.env`, "SYNTRACK_UPDATE_URL=https://mirror.example\n");
    const { stdout, stderr } = await place.run("config");
    assertStringIncludes(stdout + stderr, "SYNTRACK_UPDATE_URL");
    assertStringIncludes(stdout + stderr, "only read from the environment of the process");
  }));

Deno.test("only `syntrack update` and the daily check can request a release, and no list of permissions names the server while the check is off", async () => {
  const sources = await projectSources();
  const importers = sources.filter((source) =>
    /^(?:lib|routes|providers|islands)\//.test(source.path) && !source.path.startsWith("lib/update/") &&
    importsOf(source).some(({ target, typeOnly }) => target === "lib/update/download.ts" && !typeOnly)
  );
  assertEquals(importers.map(({ path }) => path).sort(), [
    "lib/app/release_check.ts",
    "lib/cli/commands/update.ts",
  ]);
  await withCliHome(async (place) => {
    const { stdout } = await place.run("doctor --permissions", {
      env: { SYNTRACK_UPDATE_URL: "https://mirror.example/releases" },
    });
    assert(stdout.includes("--allow-net"));
    assert(!stdout.includes("mirror.example"));
  });
});

Deno.test("redirects are followed only to encrypted addresses, and too large answers are aborted", async () => {
  const folder = await Deno.makeTempDir({ prefix: "syntrack-site-" });
  const site = await ReleaseSite.open(folder);
  try {
    await site.publish("7.2.0", "#!/bin/sh\n");
    const server = { url: new URL(`${site.url}/`), keys: [site.key.publicKey] };
    const through = (location: string) => ({
      server,
      userAgent: "syntrack/test",
      fetch: (url: URL, init: RequestInit) =>
        url.pathname.startsWith("/latest/")
          ? Promise.resolve(new Response(null, { status: 302, headers: { location } }))
          : fetch(url, init),
    });
    const release = await fetchRelease({ server, userAgent: "syntrack/test" });
    assertEquals(release.version, "7.2.0");
    const away = await assertRejects(() => fetchRelease(through("http://elsewhere.example/SHA256SUMS")));
    assertStringIncludes(String(away), "not encrypted");
    const round = await assertRejects(() => fetchRelease(through(`${site.url}/latest/download/SHA256SUMS`)));
    assertStringIncludes(String(round), "redirects too often");
    await Deno.writeTextFile(`${folder}/site/latest/download/SHA256SUMS`, "a".repeat(100_000));
    const large = await assertRejects(() => fetchRelease({ server, userAgent: "syntrack/test" }));
    assertStringIncludes(String(large), "is larger than");
  } finally {
    await site.close();
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test({
  name: "a running service is restarted by its manager, and one that only polls is not",
  ignore: Deno.build.os !== "linux",
  fn() {
    const asked: string[] = [];
    const runner = {
      find: (command: string) => `/usr/bin/${command}`,
      run(command: string, args: readonly string[]): CommandResult {
        asked.push([command, ...args].join(" "));
        return { code: 0, stdout: "", stderr: "" };
      },
    };
    const spec = {
      program: [],
      scope: "user",
      tailscale: false,
      home: "/home/you",
      collectTimer: false,
    } as const;
    const manager = managerFor({ io: { env: {} }, spec, runner });
    assert(manager.isRunning());
    manager.restart();
    assertEquals(asked, [
      "systemctl --user is-active syntrack.service",
      "systemctl --user reset-failed syntrack.service",
      "systemctl --user restart syntrack.service",
    ]);
    assert(!createSystemd({ io: { env: {} }, spec: { ...spec, collectTimer: true }, runner }).isRunning());
  },
});
