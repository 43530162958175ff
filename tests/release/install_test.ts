/**
 * `install.sh` from beginning to end, as a user would run it: install, reinstall, update, tampered releases, without
 * a network, and uninstall. The release server is on this machine. Needs openssl 3 and curl or wget.
 */
import { join } from "node:path";
import { VERSION } from "../../lib/base/version.ts";
import { RELEASE_KEYS } from "../../lib/update/release_server.ts";
import { archiveName } from "../../lib/update/sums.ts";
import { assert, assertEquals, assertStringIncludes } from "../support/assert.ts";
import { readProjectFile } from "../support/sources.ts";
import { canCheck, has, INSTALLER, withPerson } from "./installing.ts";
import { brokenProgram, createKey, PLATFORM, programOf } from "./release_site.ts";
import { writeScript } from "../support/script.ts";

Deno.test({
  name:
    "install, install again, update, roll back, tampered releases, offline, uninstall (needs openssl 3, and curl or wget)",
  ignore: !canCheck,
  fn: (t) =>
    withPerson(async (one) => {
      const { home, site } = one;
      const program = join(one.bin, "syntrack");
      await site.publish(VERSION, await programOf(home.folder, VERSION));
      await Deno.writeTextFile(join(home.folder, ".bashrc"), "alias ll='ls -l'\n\n");
      await Deno.writeTextFile(join(home.folder, "old.env"), "SYNTHETIC_API_KEY=syn_kept-1234567890\n", {
        mode: 0o644,
      });

      await t.step(
        "it is fetched, checked, and put into ~/.syntrack with its man page; keys are taken over with mode 0600",
        async () => {
          const { code, stdout, stderr } = await one.install("--env old.env");
          assertEquals([code, stderr], [0, ""]);
          for (
            const words of [
              "Signature verified",
              "Checksum verified",
              `Installed syntrack ${VERSION}: ${program}`,
            ]
          ) {
            assertStringIncludes(stdout, words);
          }
          assertEquals((await one.sh(`"${program}" --version`)).stdout, `syntrack ${VERSION}\n`);
          const env = join(home.folder, ".syntrack", ".env");
          assertEquals(await Deno.readTextFile(env), "SYNTHETIC_API_KEY=syn_kept-1234567890\n");
          assertEquals((await Deno.stat(env)).mode! & 0o777, 0o600);
          assertEquals((await Deno.stat(join(home.folder, ".syntrack"))).mode! & 0o777, 0o700);
          assertStringIncludes(
            await Deno.readTextFile(join(home.folder, ".syntrack", "share", "man", "man1", "syntrack.1")),
            ".TH SYNTRACK",
          );
          // A shell that reads its profile finds it by its name.
          assertEquals((await one.sh(". ./.profile; syntrack --version")).stdout, `syntrack ${VERSION}\n`);
        },
      );

      await t.step("a second time changes nothing", async () => {
        const files = one.files();
        const { code, stdout } = await one.install();
        assertEquals(code, 0);
        assertStringIncludes(stdout, `syntrack ${VERSION} is already installed`);
        assertEquals(one.files(), files);
      });

      await t.step(
        "the installed program updates itself with its server, and takes a version back that does not come up",
        async () => {
          const port = home.freePort();
          assertEquals((await one.sh(`"${program}" start --port ${port}`)).code, 0);
          await site.publish("7.2.0", await programOf(home.folder, "7.2.0"));
          const updated = await one.sh(`"${program}" update`);
          assertEquals(updated.code, 0, updated.stderr);
          assertEquals(home.alive().map(({ version }) => version), ["7.2.0"]);
          await site.publish(
            "7.3.0",
            brokenProgram("7.3.0", join(home.folder, ".syntrack", "data", "syntrack.db")),
          );
          assertStringIncludes(
            (await one.sh(`"${program}" update`)).stderr,
            "The previous version was restored",
          );
          assertEquals(home.alive().map(({ version }) => version), ["7.2.0"]);
          assertEquals((await one.sh(`"${program}" --version`)).stdout, "syntrack 7.2.0\n");
        },
      );

      const isRefused = async (args: string, words: string, env: Readonly<Record<string, string>> = {}) => {
        const files = one.files();
        const { code, stderr } = await one.install(args, env);
        assertEquals([code, stderr.includes(words)], [1, true], stderr);
        assertEquals(one.files(), files);
      };

      await t.step("a tampered archive is refused", async () => {
        await site.publish("7.4.0", "#!/bin/sh\necho syntrack 7.4.0\n");
        const path = site.pathOf("7.4.0", archiveName("7.4.0", PLATFORM));
        const bytes = await Deno.readFile(path);
        bytes[20]! ^= 1;
        await Deno.writeFile(path, bytes);
        await isRefused("", "is not the signed file");
      });

      await t.step("tampered sums are refused, and so is a good signature of another key", async () => {
        await site.publish("7.4.0", "#!/bin/sh\necho syntrack 7.4.0\n", await createKey());
        await isRefused("", "is not signed by a key this installer trusts");
        await isRefused("--version 7.4.0", "is not signed by a key this installer trusts");
        await site.publish("7.4.0", "#!/bin/sh\necho syntrack 7.4.0\n");
        const sums = join(home.folder, "site", "latest", "download", "SHA256SUMS");
        await Deno.writeTextFile(sums, `${await Deno.readTextFile(sums)}\n`);
        await isRefused("", "is not signed by a key this installer trusts");
      });

      await t.step(
        "where the signature cannot be checked it says so, and refuses unless told otherwise",
        async () => {
          const tools = join(home.folder, "site", "tools");
          await Deno.mkdir(tools, { recursive: true });
          await writeScript(join(tools, "openssl"), "#!/bin/sh\nexit 1\n");
          const env = { PATH: `${tools}:${Deno.env.get("PATH")}` };
          await isRefused("--version 7.2.0", "The signature cannot be verified here", env);
          const { code, stderr } = await one.install("--version 7.2.0 --allow-unverified", env);
          assertEquals(code, 0);
          assertStringIncludes(stderr, "The signature could not be verified");
        },
      );

      await t.step(
        "a release server that is not there, a version that is not there, and wrong arguments change nothing",
        async () => {
          await isRefused("--version 7.9.0", "Cannot fetch");
          await isRefused("", "Cannot fetch", { SYNTRACK_UPDATE_URL: "http://127.0.0.1:1" });
          await isRefused("", "is not the address of a release server", {
            SYNTRACK_UPDATE_URL: "http://mirror.example",
          });
          const withoutKey = RELEASE_KEYS.length > 0
            ? "is not signed by"
            : "No release of syntrack is public yet";
          await isRefused("--version 7.2.0", withoutKey, { SYNTRACK_UPDATE_KEY: "" });
          await isRefused("--version ../7.2.0", "is not a version");
          await isRefused("--everything", "unknown: --everything");
        },
      );

      await t.step(
        "--offline installs an archive that lies beside its signed sums, without asking anybody",
        async () => {
          const asked = site.asked.length;
          const archive = site.pathOf("7.2.0", archiveName("7.2.0", PLATFORM));
          const { code, stdout } = await one.install(
            `--prefix "${home.folder}/else where" --offline "${archive}"`,
          );
          assertEquals(code, 0);
          assertStringIncludes(stdout, "Signature verified");
          assertEquals((await one.sh("'./else where/bin/syntrack' --version")).stdout, "syntrack 7.2.0\n");
          assertEquals(site.asked.length, asked);
        },
      );

      await t.step(
        "--uninstall stops the server and removes what was installed; data and settings stay unless told",
        async () => {
          assertEquals(
            (await one.sh(`sh "${INSTALLER}" --uninstall --prefix "${home.folder}/else where"`)).code,
            0,
          );
          const { code, stdout } = await one.sh(`sh "${INSTALLER}" --uninstall`);
          assertEquals(code, 0);
          assertStringIncludes(stdout, "Data, settings and logs stay");
          assertEquals(home.alive(), []);
          const left = [...Deno.readDirSync(join(home.folder, ".syntrack"))].map(({ name }) => name).sort();
          assertEquals(
            left.filter((name) => name === "bin" || name === "share" || name === "LICENCES.txt"),
            [],
          );
          assert(left.includes("data") && left.includes(".env"));
          assertEquals(await Deno.readTextFile(join(home.folder, ".bashrc")), "alias ll='ls -l'\n\n");
          assertEquals(await Deno.readTextFile(join(home.folder, ".profile")), "");
          assertEquals((await one.sh(`sh "${INSTALLER}" --uninstall --purge`)).code, 0);
          assertEquals(await Deno.stat(join(home.folder, ".syntrack")).catch(() => null), null);
        },
      );
    }),
});

Deno.test({
  name: "the system service is installed with it, once (needs openssl 3, and curl or wget)",
  ignore: !canCheck || Deno.build.os !== "linux",
  fn: () =>
    withPerson(async (one) => {
      await one.site.publish(VERSION, await programOf(one.home.folder, VERSION));
      // A systemd that records its commands.
      const tools = join(one.home.folder, "site", "tools");
      await Deno.mkdir(tools, { recursive: true });
      const told = join(one.home.folder, "site", "told");
      await writeScript(join(tools, "systemctl"), `#!/bin/sh\necho "$@" >>"${told}"\n`);
      const env = { PATH: `${tools}:${Deno.env.get("PATH")}` };
      const first = await one.sh(`sh "${INSTALLER}"`, env);
      assertEquals(first.code, 0, first.stderr);
      assertStringIncludes(first.stdout, "Installed: systemd, for you");
      assertStringIncludes(await Deno.readTextFile(told), "--user restart syntrack.service");
      await Deno.remove(told);
      assertStringIncludes(
        (await one.sh(`sh "${INSTALLER}"`, env)).stdout,
        "The service is already installed",
      );
      const after = await Deno.readTextFile(told).catch(() => "");
      assert(!after.includes("restart"), after);
    }),
});

Deno.test({
  name: "install.sh is plain POSIX without shellcheck findings (needs shellcheck)",
  ignore: !has("shellcheck", "--version"),
  fn() {
    const { stdout } = new Deno.Command("shellcheck", { args: ["--shell=sh", INSTALLER] }).outputSync();
    assertEquals(new TextDecoder().decode(stdout), "");
  },
});

Deno.test("install.ps1 has the same features as install.sh, and checks before it writes", async () => {
  const [sh, ps1] = [await readProjectFile("install.sh"), await readProjectFile("install.ps1")];
  const flags = [...sh.matchAll(/^ {2}--([a-z-]+) /gm)].map(([, name = ""]) => name.replaceAll("-", ""));
  assertEquals(flags.length, 8);
  const parameters = /param\(([^]*?)\n\)/.exec(ps1)?.[1]?.toLowerCase() ?? "";
  for (const flag of flags) assertStringIncludes(parameters, `]$${flag === "env" ? "envfile" : flag}`);
  const order = [
    "Assert-Signed $sums",
    "$sum -cne $wanted[$name]",
    "tar.exe' @('-xzf'",
    "Move-Item -LiteralPath $part",
  ];
  const places = order.map((words) => ps1.indexOf(words));
  assert(places.every((place) => place > 0));
  assertEquals(places, places.toSorted((a, b) => a - b));
  // The same test vector as the other, so that both detect an openssl that cannot verify.
  for (const [vector = ""] of sh.matchAll(/[A-Za-z0-9+/]{43}=(?=')|[A-Za-z0-9+/]{86}==/g)) {
    assertStringIncludes(ps1, vector);
  }
});
