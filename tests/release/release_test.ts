/** What `deno task release` builds from the current project, except for the executables themselves. */
import { join } from "node:path";
import { packTarGz } from "../../dev/release/archive.ts";
import { makeContents } from "../../dev/release/contents.ts";
import { listPackages } from "../../dev/release/packages.ts";
import { makeKey, readSigningKey } from "../../dev/release/signing_key.ts";
import { signSums, writeSums } from "../../dev/release/sums_file.ts";
import { platformOfExecutable, TARGETS } from "../../dev/release/targets.ts";
import { TRUST_FILES, trustIn, withTrust } from "../../dev/release/trust.ts";
import { ensureBuilt } from "../../dev/build.ts";
import { VERSION } from "../../lib/base/version.ts";
import { RELEASE_KEYS, RELEASES_URL } from "../../lib/update/release_server.ts";
import { archiveName } from "../../lib/update/sums.ts";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "../support/assert.ts";
import { readProjectFile, ROOT } from "../support/sources.ts";

const AT = Date.UTC(2026, 10, 29, 12);

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "syntrack-release-" });
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function run(command: string, args: readonly string[], cwd: string) {
  const { code, stdout, stderr } = new Deno.Command(command, { args: [...args], cwd }).outputSync();
  const text = new TextDecoder();
  return { code, output: text.decode(stdout) + text.decode(stderr) };
}

function has(tool: string, ...args: readonly string[]): boolean {
  try {
    return run(tool, args, ".").code === 0;
  } catch {
    return false;
  }
}

await ensureBuilt();
await Deno.mkdir(join(ROOT, "_program"), { recursive: true });
const packages = await listPackages(ROOT);

Deno.test("the SBOM names every package of the lock file with its digest and licence, and which are packed", async () => {
  const { besides } = await makeContents({ root: ROOT, packages, at: AT });
  const { data } = besides.find(({ name }) => name === `syntrack-${VERSION}.cdx.json`)!;
  const bom = JSON.parse(String(data));
  assertEquals([bom.bomFormat, bom.specVersion, bom.metadata.component.version], [
    "CycloneDX",
    "1.6",
    VERSION,
  ]);
  assertEquals(bom.metadata.timestamp, "2026-11-29T12:00:00.000Z");
  const libraries = bom.components.filter((one: { type: string }) => one.type === "library");
  const lock = JSON.parse(await readProjectFile("deno.lock"));
  assertEquals(libraries.length, Object.keys(lock.npm).length);
  for (const one of libraries) {
    const purl = decodeURIComponent(one.purl);
    const [key] = Object.keys(lock.npm).filter((key) =>
      `pkg:npm/${key}`.startsWith(purl) && /^(?:_|$)/.test(`pkg:npm/${key}`.slice(purl.length))
    );
    assert(key !== undefined, purl);
    const [{ alg, content }] = one.hashes;
    assertEquals([alg, `sha512-${Uint8Array.fromHex(content).toBase64()}`], [
      "SHA-512",
      lock.npm[key].integrity,
    ]);
    assert(one.licenses?.length > 0, `${purl} has no licence`);
  }
  const scopeOf = (name: string) => libraries.find((one: { name: string }) => one.name === name)?.scope;
  assertEquals(["commander", "valibot", "nodemailer", "preact"].map(scopeOf), Array(4).fill("required"));
  assertEquals(["fast-check", "axe-core", "playwright-core"].map(scopeOf), Array(3).fill("excluded"));
  const refs = bom.components.map((one: Record<string, string>) => one["bom-ref"]);
  assertEquals(new Set(refs).size, refs.length);
  for (const { ref, dependsOn } of bom.dependencies) {
    for (const one of [ref, ...dependsOn]) {
      assert(refs.includes(one) || one === bom.metadata.component["bom-ref"], one);
    }
  }
});

Deno.test("an archive contains man page, completions for four shells and the licence of each packed package", async () => {
  const { inArchive } = await makeContents({ root: ROOT, packages, at: AT });
  const textOf = (name: string) => String(inArchive.find((file) => file.name === name)?.data);
  assertStringIncludes(textOf("share/man/man1/syntrack.1"), ".TH SYNTRACK 1");
  for (const path of ["bash/syntrack", "zsh/_syntrack", "fish/syntrack.fish", "powershell/syntrack.ps1"]) {
    assertStringIncludes(textOf(`share/completions/${path}`), "syntrack");
  }
  const licences = textOf("LICENCES.txt");
  for (const { name, version, packed } of packages.values()) {
    assertEquals(licences.includes(`\n${name} ${version} (`), packed, name);
  }
  assertStringIncludes(licences, "the Deno authors");
  assert((licences.match(/Permission is hereby granted|Redistribution and use/g)?.length ?? 0) >= 10);
});

Deno.test("the same files make the same archive, and tar unpacks it with its modes (needs tar)", () =>
  inFolder(async (folder) => {
    const files = [
      { name: "syntrack", data: new Uint8Array([1, 2, 3]), executable: true },
      { name: "share/man/man1/syntrack.1", data: "page" },
    ];
    const archive = packTarGz("syntrack-1.0.0-linux-x64", files, AT);
    assertEquals(packTarGz("syntrack-1.0.0-linux-x64", files.toReversed(), AT), archive);
    await Deno.writeFile(join(folder, "a.tar.gz"), archive);
    assertEquals(run("tar", ["xzf", "a.tar.gz"], folder).code, 0);
    const own = join(folder, "syntrack-1.0.0-linux-x64");
    assertEquals(await Deno.readFile(join(own, "syntrack")), files[0]?.data);
    const info = await Deno.stat(join(own, "syntrack"));
    if (Deno.build.os !== "windows") assertEquals((info.mode ?? 0) & 0o777, 0o755);
    assertEquals(info.mtime?.getTime(), AT);
  }));

Deno.test({
  name: "checksums and signature can be verified by hand, with sha256sum and openssl (needs both)",
  ignore: !has("openssl", "version") || !has("sha256sum", "--version"),
  fn: () =>
    inFolder(async (folder) => {
      const { pem, publicKey } = await makeKey();
      const key = (await readSigningKey(new Map([["SYNTRACK_RELEASE_KEY", pem]])))!;
      const name = archiveName("0.2.0", "linux-x64");
      await Deno.writeTextFile(join(folder, name), "archive");
      await writeSums(folder);
      await signSums(folder, key, [publicKey]);
      assertEquals(run("sha256sum", ["--check", "--strict", "SHA256SUMS"], folder).output, `${name}: OK\n`);
      // The twelve bytes before the key identify Ed25519.
      const spki = `-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA${publicKey}\n-----END PUBLIC KEY-----\n`;
      await Deno.writeTextFile(join(folder, "key.pem"), spki);
      const verify = () =>
        run(
          "openssl",
          ["pkeyutl", "-verify", "-pubin", "-inkey", "key.pem", "-rawin"]
            .concat("-in", "SHA256SUMS", "-sigfile", "SHA256SUMS.sig"),
          folder,
        );
      assertEquals(verify().code, 0);
      await Deno.writeTextFile(join(folder, "SHA256SUMS"), "other\n");
      assertEquals(verify().code, 1);
    }),
});

Deno.test("nothing is signed that differs from the checksums, or with a key no program trusts", () =>
  inFolder(async (folder) => {
    const { pem, publicKey } = await makeKey();
    const key = (await readSigningKey(new Map([["SYNTRACK_RELEASE_KEY", pem]])))!;
    const path = join(folder, archiveName("0.2.0", "linux-x64"));
    await Deno.writeTextFile(path, "archive");
    await writeSums(folder);
    assertStringIncludes(String(await assertRejects(() => signSums(folder, key))), "does not trust the key");
    await Deno.writeTextFile(path, "another archive");
    assertStringIncludes(
      String(await assertRejects(() => signSums(folder, key, [publicKey]))),
      "nothing was signed",
    );
    assertEquals([...Deno.readDirSync(folder)].some(({ name }) => name === "SHA256SUMS.sig"), false);
  }));

Deno.test("an executable is recognized by its first bytes, so that none is packed for another system", async () => {
  const bytes = new Uint8Array(256);
  const view = new DataView(bytes.buffer);
  assertEquals(platformOfExecutable(bytes), null);
  view.setUint32(0, 0x7f454c46);
  view.setUint16(18, 0xb7, true);
  assertEquals(platformOfExecutable(bytes), "linux-arm64");
  view.setUint32(0, 0xfeedfacf, true);
  view.setUint32(4, 0x0100000c, true);
  assertEquals(platformOfExecutable(bytes), "macos-arm64");
  view.setUint16(0, 0x4d5a);
  view.setUint32(60, 128, true);
  view.setUint16(132, 0x8664, true);
  assertEquals(platformOfExecutable(bytes), "windows-x64");
  const own = platformOfExecutable(await Deno.readFile(Deno.execPath()));
  assertEquals(TARGETS.find(({ triple }) => triple === Deno.build.target)?.platform ?? null, own);
});

Deno.test("program and installers trust the same keys at the same address, and a new key gets into all of them", async () => {
  const texts = await Promise.all(
    TRUST_FILES.map(async (path) => [path, await readProjectFile(path)] as const),
  );
  for (const [path, text] of texts) {
    assertEquals(trustIn(path, text), { url: RELEASES_URL, keys: RELEASE_KEYS }, path);
    const trust = {
      url: "https://elsewhere.example/releases",
      keys: ["A".repeat(43) + "=", "B".repeat(43) + "="],
    };
    assertEquals(trustIn(path, withTrust(path, text, trust)), trust, path);
  }
});
