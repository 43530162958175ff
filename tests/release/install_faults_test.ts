/**
 * `install.sh` with failures, and with other files and lines beside its own: nothing foreign is touched, and nothing is
 * half written. Failing tools come first in PATH.
 */
import { join } from "node:path";
import { makeContents } from "../../dev/release/contents.ts";
import { listPackages } from "../../dev/release/packages.ts";
import { assert, assertEquals, assertStringIncludes } from "../support/assert.ts";
import { readProjectFile, ROOT } from "../support/sources.ts";
import { canCheck, has, INSTALLER, type Person, withPerson } from "./installing.ts";
import { writeScript } from "../support/script.ts";

const VERSIONS = ["7.2.0", "7.3.0"] as const;

function test(
  name: string,
  work: (one: Person, t: Deno.TestContext) => Promise<void>,
  needs = canCheck,
): void {
  Deno.test({
    name: `${name} (needs openssl 3, and curl or wget)`,
    ignore: !needs,
    fn: (t) => withPerson((one) => work(one, t)),
  });
}

const programOf = (version: string) => `#!/bin/sh\necho syntrack ${version}\n`;

async function publish({ site }: Person, version: string): Promise<void> {
  await site.publish(version, programOf(version));
}

/** A PATH on which `name` is this script; the real one is at `real`. */
async function withTool({ home }: Person, name: string, script: (real: string) => string) {
  const folder = join(home.folder, "site", `tools-${name}`);
  await Deno.mkdir(folder, { recursive: true });
  const { stdout } = new Deno.Command("/bin/sh", { args: ["-c", `command -v ${name}`] }).outputSync();
  const real = new TextDecoder().decode(stdout).trim();
  await writeScript(join(folder, name), `#!/bin/sh\n${script(real)}\n`);
  return { PATH: `${folder}:${Deno.env.get("PATH")}` };
}

async function isThere(path: string): Promise<boolean> {
  return await Deno.lstat(path).then(() => true, () => false);
}

test("a full disk is reported, and the previous installation stays unchanged", async (one) => {
  const [before, after] = VERSIONS;
  await publish(one, before);
  assertEquals((await one.install()).code, 0);
  const files = one.files();
  await publish(one, after);
  const full = await withTool(
    one,
    "cp",
    (real) => `case "$2" in *.part.*) printf half >"$2"; exit 1;; esac; exec ${real} "$@"`,
  );
  const { code, stdout, stderr } = await one.install("", full);
  assertEquals(code, 1);
  assertStringIncludes(stderr, `Cannot write ${join(one.bin, "syntrack")}`);
  assert(!stdout.includes("Installed"), stdout);
  assertEquals(one.files(), files);
});

test("if no copy of a profile can be made, --uninstall leaves it unchanged, and says so", async (one) => {
  await publish(one, VERSIONS[0]);
  const profile = join(one.home.folder, ".bashrc");
  await Deno.writeTextFile(profile, "alias ll='ls -l'\n");
  assertEquals((await one.install()).code, 0);
  const written = await Deno.readTextFile(profile);
  const full = await withTool(one, "grep", (real) => `case "$1" in -v*) exit 2;; esac; exec ${real} "$@"`);
  const { code, stderr } = await one.sh(`sh "${INSTALLER}" --uninstall`, full);
  assertEquals(code, 0);
  assertStringIncludes(stderr, `${profile} was not changed`);
  assertEquals(await Deno.readTextFile(profile), written);
});

test("each installation has its own line in PATH, and removes only that one", async (one) => {
  await publish(one, VERSIONS[0]);
  const { folder } = one.home;
  const [profile, other] = [join(folder, ".bashrc"), join(folder, "other")];
  await Deno.writeTextFile(profile, "alias ll='ls -l'");
  for (const args of ["", `--prefix "${other}"`]) {
    assertStringIncludes((await one.install(args)).stdout, "Added to your PATH for new shells");
  }
  assertEquals((await one.sh(". ./.bashrc; command -v syntrack")).stdout, `${other}/bin/syntrack\n`);
  assertEquals((await one.sh(`sh "${INSTALLER}" --uninstall --prefix "${other}"`)).code, 0);
  assertEquals((await one.sh(". ./.bashrc; command -v syntrack")).stdout, `${one.bin}/syntrack\n`);
  assertEquals((await one.sh(`sh "${INSTALLER}" --uninstall`)).code, 0);
  assertEquals(await Deno.readTextFile(profile), "alias ll='ls -l'\n");
});

test("--uninstall leaves foreign files in the same folders", async (one) => {
  await publish(one, VERSIONS[0]);
  const prefix = join(one.home.folder, "local");
  const theirs = [
    "share/completions/bash/git",
    "share/completions/notes.txt",
    "share/man/man1/git.1",
    "bin/git",
  ]
    .map((path) => join(prefix, path));
  for (const path of theirs) {
    await Deno.mkdir(join(path, ".."), { recursive: true });
    await Deno.writeTextFile(path, "theirs");
  }
  assertEquals((await one.install(`--prefix "${prefix}"`)).code, 0);
  const ours = [
    "share/completions/bash/syntrack",
    "share/man/man1/syntrack.1",
    "bin/syntrack",
    "LICENCES.txt",
  ]
    .map((path) => join(prefix, path));
  for (const path of ours) assert(await isThere(path), path);
  assertEquals((await one.sh(`sh "${INSTALLER}" --uninstall --prefix "${prefix}"`)).code, 0);
  for (const path of ours) assert(!await isThere(path), path);
  for (const path of theirs) assertEquals(await Deno.readTextFile(path), "theirs");
});

test("a system with glibc and musl counts as one with glibc", async (one) => {
  await publish(one, VERSIONS[0]);
  // One pattern matches, the other does not: ls lists the matches, and fails.
  const listing = (found: string) =>
    withTool(
      one,
      "ls",
      (real) =>
        `case "$*" in *musl*) exit 0;; *ld-linux*) printf '${found}'; exit 2;; esac; exec ${real} "$@"`,
    );
  const both = await one.install("", await listing("/lib64/ld-linux-x86-64.so.2\\n"));
  assertEquals([both.code, both.stderr], [0, ""]);
  const { code, stderr } = await one.install("", await listing(""));
  assertEquals(code, 1);
  assertStringIncludes(stderr, "need glibc");
}, canCheck && Deno.build.os === "linux");

/** Runs a command in a separate terminal, waits for some words, ends it, and returns the state of the terminal. */
const AT_TERMINAL = `
import os, pty, signal, sys, termios, time, select, json
how, words, *command = sys.argv[1:]
pid, fd = pty.fork()
if pid == 0:
    os.execvp(command[0], command)
out, silent, tries = b"", False, 0
def end_it():
    if how == "INT": os.write(fd, b"\\x03")
    else: os.kill(pid, signal.SIGTERM)
while True:
    # A shell that was just about to read notices a signal with the next one: people press the keys again, too.
    ready, _, _ = select.select([fd], [], [], 2 if silent else 60)
    if not ready and silent and tries < 30:
        tries += 1
        end_it()
        continue
    if not ready: break
    try: part = os.read(fd, 65536)
    except OSError: break
    if not part: break
    out += part
    if words.encode() in out and not silent:
        end = time.monotonic() + 60
        while termios.tcgetattr(fd)[3] & termios.ECHO and time.monotonic() < end: pass
        silent = True
        end_it()
_, status = os.waitpid(pid, 0)
print(json.dumps([silent, os.waitstatus_to_exitcode(status), bool(termios.tcgetattr(fd)[3] & termios.ECHO)]))
`;

for (const [how, code] of [["INT", 130], ["TERM", 143]] as const) {
  test(
    `whoever ends it with ${how} while it asks for a key can see again what is typed; needs python3`,
    async (one) => {
      await publish(one, VERSIONS[0]);
      const script = join(one.home.folder, "site", "terminal.py");
      await Deno.writeTextFile(script, AT_TERMINAL);
      const { stdout, stderr } = await one.sh(
        `python3 "${script}" ${how} SYNTHETIC_API_KEY: sh "${INSTALLER}" --no-service`,
      );
      assertEquals([stdout, stderr], [`[true, ${code}, true]\n`, ""]);
    },
    canCheck && Deno.build.os === "linux" && has("python3", "--version"),
  );
}

Deno.test("both installers know every file of an archive in share/, and remove no folder with its contents", async () => {
  const [sh, ps1] = [await readProjectFile("install.sh"), await readProjectFile("install.ps1")];
  const { inArchive } = await makeContents({ root: ROOT, packages: await listPackages(ROOT), at: 0 });
  const shared = inArchive.flatMap(({ name }) => /^share\/(.+)/.exec(name)?.[1] ?? []);
  assertEquals(shared.length, 5);
  for (const name of shared) {
    assertStringIncludes(sh, ` ${name}`);
    assertStringIncludes(ps1, `'${name.replaceAll("/", "\\")}'`);
  }
  const [recursive = ""] = /\n {4}if [^\n]*\n? *Remove-Item[^\n]*-Recurse[^\n]*/.exec(ps1) ?? [];
  assertStringIncludes(recursive, "$data");
  assertEquals(ps1.match(/Remove-Item[^\n]*-Recurse/g)?.length, 2);
  assertEquals(sh.match(/rm -rf [^\n;']+/g), ['rm -rf "$data"', 'rm -rf "$work"']);
});

Deno.test("install.ps1 keeps the variables in the PATH of Windows, and writes it only if it changes", async () => {
  const ps1 = await readProjectFile("install.ps1");
  assertStringIncludes(ps1, "'DoNotExpandEnvironmentNames'");
  assertStringIncludes(ps1, "-Type ExpandString");
  assert(!/SetEnvironmentVariable\('Path'|GetEnvironmentVariable\('Path'/.test(ps1));
});
