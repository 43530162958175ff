/** What compose.yaml and the files for Kubernetes say agrees with the image and with the program. */
import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import { readProjectFile } from "../support/sources.ts";

const dockerfile = await readProjectFile("Dockerfile");
const compose = await readProjectFile("compose.yaml");
const folder = new URL("../../deploy/kubernetes/", import.meta.url);
const manifests = Object.fromEntries(
  await Promise.all(
    [...Deno.readDirSync(folder)].map(async ({ name }) =>
      [name, await Deno.readTextFile(new URL(name, folder))] as const
    ),
  ),
);
const deployment = manifests["deployment.yaml"] ?? "";

Deno.test("every variable that the image and the manifests set is one that the program or its runtime reads", async () => {
  const names: Readonly<Record<string, readonly string[]>> = JSON.parse(
    await readProjectFile("tests/fixtures/names.json"),
  );
  const known = new Set([
    ...names["environment variables"] ?? [],
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

Deno.test("no manifest holds a secret: each is a file", () => {
  for (const [name, text] of Object.entries({ ...manifests, "compose.yaml": compose })) {
    for (const [line, variable = ""] of text.matchAll(/(\w*(?:PASS|KEY|TOKEN|SECRET|COOKIE)\w*)\b.*/g)) {
      if (/^[A-Z_]+$/.test(variable)) assertMatch(variable, /_FILE$/, `${name}: ${line}`);
    }
  }
});

Deno.test("user, port and volume are those of the image wherever they are named", () => {
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

Deno.test("root is read-only, nothing is gained and no capability is left, under Compose as under Kubernetes", () => {
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
