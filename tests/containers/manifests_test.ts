/** compose.yaml and the files for Kubernetes agree with the image and the program. */
import { ALLOCATOR } from "../../lib/daemon/allocator.ts";
import { join } from "node:path";
import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import { readProjectFile } from "../support/sources.ts";

const dockerfile = await readProjectFile("Dockerfile");
const compose = await readProjectFile("compose.yaml");
const docs = await readProjectFile("docs/containers.md");
const folder = new URL("../../deploy/kubernetes/", import.meta.url);
const manifests = Object.fromEntries(
  await Promise.all(
    [...Deno.readDirSync(folder)].map(async ({ name }) =>
      [name, await Deno.readTextFile(new URL(name, folder))] as const
    ),
  ),
);
const deployment = manifests["deployment.yaml"] ?? "";

Deno.test("every variable in the image and the manifests is read by the program or its runtime", async () => {
  const names: Readonly<Record<string, readonly string[]>> = JSON.parse(
    await readProjectFile("tests/fixtures/names.json"),
  );
  const known = new Set([
    ...names["environment variables"] ?? [],
    ...Object.keys(ALLOCATOR),
    ...["DOCKER_CONTAINER", "HOME", "PATH", "TZ", "DENO_DIR", "DENO_NO_UPDATE_CHECK"],
  ]);
  const set = [
    ...dockerfile.matchAll(/^(?:ENV| {3}) +(\w+)=/gm),
    ...compose.matchAll(/^ {6}(?:# )?([A-Z]\w+):/gm),
    ...deployment.matchAll(/^ +- name: ([A-Z]\w+)$/gm),
  ].map(([, name = ""]) => name);
  assert(set.length >= 12, String(set));
  assertEquals(set.filter((name) => !known.has(name) && !known.has(name.replace(/_FILE$/, ""))), []);
});

Deno.test("no manifest contains a secret: each is a file", () => {
  for (const [name, text] of Object.entries({ ...manifests, "compose.yaml": compose })) {
    for (const [line, variable = ""] of text.matchAll(/(\w*(?:PASS|KEY|TOKEN|SECRET|COOKIE)\w*)\b.*/g)) {
      if (/^[A-Z_]+$/.test(variable)) assertMatch(variable, /_FILE$/, `${name}: ${line}`);
    }
  }
});

Deno.test("user, port and volume are those of the image everywhere", () => {
  const [, user = ""] = /^USER (\d+):\d+$/m.exec(dockerfile) ?? [];
  const [, port = ""] = /^EXPOSE (\d+)$/m.exec(dockerfile) ?? [];
  const [, volume = ""] = /^VOLUME (\S+)$/m.exec(dockerfile) ?? [];
  for (const name of ["runAsUser", "runAsGroup", "fsGroup"]) {
    assertMatch(deployment, new RegExp(`^ +${name}: ${user}$`, "m"));
  }
  assertMatch(deployment, new RegExp(`containerPort: ${port}$`, "m"));
  assertMatch(manifests["service.yaml"] ?? "", new RegExp(`port: ${port}$`, "m"));
  assertMatch(compose, new RegExp(`"127\\.0\\.0\\.1:${port}:${port}"`));
  assertMatch(compose, new RegExp(`- data:${volume}$`, "m"));
  assertMatch(deployment, new RegExp(`mountPath: ${volume}$`, "m"));
});

Deno.test("root is read-only, without privilege escalation and capabilities, in Compose and in Kubernetes", () => {
  for (const line of ["read_only: true", "- ALL", "- no-new-privileges:true"]) {
    assertMatch(compose, new RegExp(`^ +${line}$`, "m"));
  }
  for (
    const line of [
      "runAsNonRoot: true",
      "readOnlyRootFilesystem: true",
      "allowPrivilegeEscalation: false",
      "type: RuntimeDefault",
      "automountServiceAccountToken: false",
    ]
  ) {
    assertMatch(deployment, new RegExp(`^ +${line}$`, "m"));
  }
  assertMatch(deployment, /drop: \[ALL\]/);
});

Deno.test("the base names every file beside it", () => {
  const listed = [...(manifests["kustomization.yaml"] ?? "").matchAll(/^ +- (\w+\.yaml)$/gm)].map((
    [, name],
  ) => name);
  const there = Object.keys(manifests).filter((name) => name !== "kustomization.yaml");
  assertEquals(listed.toSorted(), there.toSorted());
});

const SECRETS = /^ *(?:# {3})?((?:mkdir|chmod|printf|sudo)[^#\n]* secrets\b[^#\n]*?) *(?:#.*)?$/gm;

/** The commands in a text that write the files with secrets. */
function secretCommands(text: string): readonly string[] {
  return [...text.matchAll(SECRETS)].map(([, command = ""]) => command);
}

/** Runs a command line as an unprivileged user, and its `sudo` parts as root. */
async function runAsPerson(line: string, folder: string, uid: number): Promise<void> {
  const asked = join(folder, "asked");
  const script = `sudo() { printf '%s\\n' "$@" > asked; }\nset -e\n${line}`;
  const options = { cwd: folder, clearEnv: true, env: { PATH: Deno.env.get("PATH") ?? "" } };
  const own = await new Deno.Command("sh", { ...options, args: ["-c", script], uid, gid: uid }).output();
  assert(own.success, `${line}: ${new TextDecoder().decode(own.stderr)}`);
  const words = (await Deno.readTextFile(asked).catch(() => "")).split("\n").slice(0, -1);
  await Deno.remove(asked).catch(() => {});
  if (words.length === 0) return;
  const root = await new Deno.Command(words[0]!, { ...options, args: words.slice(1) }).output();
  assert(root.success, `${line}: ${new TextDecoder().decode(root.stderr)}`);
}

Deno.test("the folder of secrets is neither in an image nor in the repository", async () => {
  assertMatch(await readProjectFile(".dockerignore"), /^secrets$/m);
  assertMatch(await readProjectFile(".gitignore"), /^\/secrets\/$/m);
});

Deno.test("compose.yaml names the same commands for secrets as the documentation", () => {
  const commands = secretCommands(docs);
  assertEquals(commands.length, 5);
  assertEquals(secretCommands(compose), commands);
});

Deno.test({
  name: "these commands make every secret of compose.yaml private to the user of the image (needs root)",
  ignore: Deno.build.os !== "linux" || Deno.uid() !== 0,
  async fn() {
    const [, user = ""] = /^USER (\d+):\d+$/m.exec(dockerfile) ?? [];
    const named = [...compose.matchAll(/file: \.\/(secrets\/\w+)$/gm)].map(([, path = ""]) => path);
    assertEquals(named.length, 2);
    const person = 12_345;
    const folder = await Deno.makeTempDir({ prefix: "syntrack-secrets-" });
    try {
      await Deno.chown(folder, person, person);
      await Deno.chmod(folder, 0o755);
      for (const line of secretCommands(docs)) await runAsPerson(line, folder, person);
      for (const path of named) {
        assertEquals((await Deno.stat(join(folder, path))).mode! & 0o777, 0o400, path);
        const canRead = (uid: number) =>
          new Deno.Command("cat", { args: [path], cwd: folder, uid, gid: uid }).outputSync().success;
        assertEquals([Number(user), person, person + 1].map(canRead), [true, false, false], path);
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
