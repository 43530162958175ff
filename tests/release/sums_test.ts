/** Release metadata: version order, checksums, and trusted signatures. */
import fc from "fast-check";
import { makeKey, readSigningKey } from "../../dev/release/signing_key.ts";
import { NoReleaseServer, RELEASE_KEYS, releaseServer } from "../../lib/update/release_server.ts";
import { isSignedBy } from "../../lib/update/signature.ts";
import { archiveName, findPlatform, parseSums, PLATFORMS, sumsText } from "../../lib/update/sums.ts";
import { compareVersions, isVersion } from "../../lib/update/version_order.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "../support/assert.ts";

const encode = (text: string) => new TextEncoder().encode(text);
const hex = (digit: string) => digit.repeat(64);

Deno.test("versions are ordered by Semantic Versioning", () => {
  const ordered = [
    "0.1.0",
    "0.2.0-alpha",
    "0.2.0-alpha.1",
    "0.2.0-alpha.beta",
    "0.2.0-beta",
    "0.2.0-beta.2",
    "0.2.0-beta.11",
    "0.2.0-rc.1",
    "0.2.0",
    "0.10.0",
    "1.0.0",
  ];
  const numbers = fc.integer({ min: 0, max: ordered.length - 1 });
  fc.assert(fc.property(numbers, numbers, (a, b) => {
    assertEquals(Math.sign(compareVersions(ordered[a]!, ordered[b]!)), Math.sign(a - b));
  }));
  for (const wrong of ["", "1", "v1.0.0", "1.0", "01.0.0", "1.0.0+build", "1.0.0/..", "latest"]) {
    assert(!isVersion(wrong), wrong);
  }
});

Deno.test("checksums are parsed, with the version and the archive of each platform", () => {
  const names = [
    ...PLATFORMS.map((one) => archiveName("0.2.0", one)),
    "install.sh",
    "syntrack-0.2.0.cdx.json",
  ];
  const files = names.map((name, at) => ({ name, sha256: hex(String(at)) }));
  const release = parseSums(sumsText(files));
  assertEquals(release?.version, "0.2.0");
  const byName = (a: { readonly name: string }, b: { readonly name: string }) => a.name < b.name ? -1 : 1;
  assertEquals(release?.files.toSorted(byName), files.toSorted(byName));
  assertEquals(findPlatform({ os: "darwin", arch: "aarch64" }), "macos-arm64");
  assertEquals(findPlatform({ os: "freebsd", arch: "x86_64" }), null);
});

Deno.test("checksums with paths, a repeated file, no archive or two versions are no release", () => {
  const line = (name: string, sum = hex("a")) => `${sum}  ${name}\n`;
  const archive = archiveName("0.2.0", "linux-x64");
  assert(parseSums(line(archive)) !== null);
  for (
    const text of [
      "",
      "<!doctype html>\n",
      line("install.sh"),
      line(archive) + line(archive, hex("b")),
      line(archive) + line(archiveName("0.3.0", "macos-x64")),
      line(`../${archive}`),
      line(archive) + line("/etc/passwd"),
      line(archive, "A".repeat(64)),
      line(archive, hex("a").slice(1)),
      line(archiveName("latest", "linux-x64")),
    ]
  ) assertEquals(parseSums(text), null, text);
});

Deno.test("a signature is valid only for its bytes and its key", async () => {
  const [key, other] = [await makeKey(), await makeKey()];
  const signing = await readSigningKey(new Map([["SYNTRACK_RELEASE_KEY", key.pem]]));
  assertEquals(signing?.publicKey, key.publicKey);
  const bytes = encode("sums\n");
  const signature = await signing!.sign(bytes);
  assert(await isSignedBy([other.publicKey, key.publicKey], bytes, signature));
  assert(!await isSignedBy([other.publicKey], bytes, signature));
  assert(!await isSignedBy([], bytes, signature));
  assert(!await isSignedBy([key.publicKey], encode("sums \n"), signature));
  assert(!await isSignedBy([key.publicKey], bytes, signature.slice(1)));
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 63 }),
      fc.integer({ min: 1, max: 255 }),
      async (at, change) => {
        const broken = signature.slice();
        broken[at] = broken[at]! ^ change;
        assert(!await isSignedBy([key.publicKey], bytes, broken));
      },
    ),
    { numRuns: 30 },
  );
});

Deno.test("a key comes from a variable or a private file, and errors do not show it", async () => {
  const { pem, publicKey } = await makeKey();
  const path = await Deno.makeTempFile({ prefix: "syntrack-key-" });
  try {
    await Deno.writeTextFile(path, pem);
    if (Deno.build.os !== "windows") await Deno.chmod(path, 0o600);
    const env = (name: string, value: string) => new Map([[name, value]]);
    assertEquals((await readSigningKey(env("SYNTRACK_RELEASE_KEY_FILE", path)))?.publicKey, publicKey);
    assertEquals(await readSigningKey(new Map()), null);
    const wrong = await assertRejects(() => readSigningKey(env("SYNTRACK_RELEASE_KEY", pem.slice(0, 60))));
    assert(!String(wrong).includes(pem.slice(30, 50)));
    if (Deno.build.os !== "windows") {
      await Deno.chmod(path, 0o644);
      const open = await assertRejects(() => readSigningKey(env("SYNTRACK_RELEASE_KEY_FILE", path)));
      assert(String(open).includes("chmod 600"));
    }
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("a release server is encrypted or local, and none is contacted while nothing is published", async () => {
  const { publicKey: key } = await makeKey();
  const server = (url: string, keys = key) =>
    releaseServer({ SYNTRACK_UPDATE_URL: url, SYNTRACK_UPDATE_KEY: keys });
  assertEquals(server("https://mirror.example/releases").url.href, "https://mirror.example/releases/");
  assertEquals(server("http://127.0.0.1:8080", `${key}, ${key}`).keys.slice(-2), [key, key]);
  for (
    const url of [
      "http://mirror.example",
      "ftp://mirror.example",
      "https://user@mirror.example",
      "mirror",
      "file:///x",
    ]
  ) {
    assert(assertThrows(() => server(url)) instanceof NoReleaseServer, url);
  }
  assert(assertThrows(() => server("https://mirror.example", key.slice(1))) instanceof NoReleaseServer);
  if (RELEASE_KEYS.length > 0) assertEquals(releaseServer({}).keys, RELEASE_KEYS);
  else assert(String(assertThrows(() => releaseServer({}))).includes("No release of syntrack is public yet"));
});
