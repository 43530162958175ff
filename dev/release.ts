/**
 * Builds the files of a release in `dist/release/`: an archive for each system with the executable, man page,
 * completions and licences; an SBOM; both installers; checksums of all of it, and their signature.
 *
 *     deno task release [--target linux-x64 ...] [--allow-missing] [--output FOLDER] [--tag v0.2.0]
 *     deno task release --sign FOLDER
 *
 * Reports what cannot be built here; the exit code is then 1 unless `--allow-missing` is given. The key for
 * the signature comes from SYNTRACK_RELEASE_KEY_FILE or SYNTRACK_RELEASE_KEY; without it the checksums are
 * not signed, which `--sign` does later and elsewhere.
 */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { VERSION } from "../lib/base/version.ts";
import { KEY_VARIABLE } from "../lib/update/release_server.ts";
import { archiveName, PLATFORMS } from "../lib/update/sums.ts";
import { ensureBundled } from "./build.ts";
import { packTarGz } from "./release/archive.ts";
import { findNotes } from "./release/changelog.ts";
import { compileTarget } from "./release/compile_target.ts";
import { makeContents } from "./release/contents.ts";
import { readFragments } from "./release/fragments.ts";
import { listPackages } from "./release/packages.ts";
import { readSigningKey } from "./release/signing_key.ts";
import { signSums, writeSums } from "./release/sums_file.ts";
import { type Target, TARGETS } from "./release/targets.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

interface Options {
  readonly targets: readonly Target[];
  readonly allowMissing: boolean;
  readonly output: string;
  readonly tag: string | undefined;
  readonly compiler: string | undefined;
}

/** @returns the exit code */
async function makeRelease({ targets, allowMissing, output, tag, compiler }: Options): Promise<number> {
  await checkVersion(tag);
  await ensureBundled({ force: true });
  const work = `${output}.making`;
  await Deno.remove(work, { recursive: true }).catch(() => {});
  await Deno.mkdir(work, { recursive: true });
  try {
    const at = await releaseTime();
    const contents = await makeContents({ root: ROOT, packages: await listPackages(ROOT), at });
    const missing: string[] = [];
    for (const target of targets) {
      const compiled = await compileTarget(target, {
        root: ROOT,
        folder: work,
        ...compiler ? { compiler } : {},
      });
      if ("missing" in compiled) {
        missing.push(target.platform);
        console.error(`Missing: ${target.platform}: ${compiled.missing}`);
        continue;
      }
      const name = archiveName(VERSION, target.platform);
      const executable = { name: target.executable, data: compiled.bytes, executable: true };
      const archive = packTarGz(name.replace(/\.tar\.gz$/, ""), [executable, ...contents.inArchive], at);
      await Deno.writeFile(join(work, name), archive);
      console.log(
        `Made ${name}: ${formatMegabytes(archive)} MB, the executable ${formatMegabytes(compiled.bytes)} MB`,
      );
    }
    if (missing.length > 0 && (!allowMissing || missing.length === targets.length)) {
      console.error(
        `Nothing was made: ${
          missing.join(", ")
        } cannot be built here. deno compile needs a runtime (denort) for each ` +
          "target, which it downloads from dl.deno.land. --allow-missing makes the others",
      );
      return 1;
    }
    for (const { name, data, executable } of contents.besides) {
      const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
      await Deno.writeFile(join(work, name), bytes, { mode: executable ? 0o755 : 0o644 });
    }
    await writeSums(work);
    await sign(work);
    await Deno.remove(output, { recursive: true }).catch(() => {});
    await Deno.mkdir(dirname(output), { recursive: true });
    await Deno.rename(work, output);
    console.log(`syntrack ${VERSION} is in ${output}`);
    if (missing.length > 0) console.error(`It lacks ${missing.join(", ")}`);
    return 0;
  } finally {
    await Deno.remove(work, { recursive: true }).catch(() => {});
  }
}

/** Signs when a key is given. */
async function sign(folder: string): Promise<boolean> {
  const key = await readSigningKey();
  if (key === null) {
    console.error(
      "Not signed: set SYNTRACK_RELEASE_KEY_FILE, or sign it elsewhere with deno task release --sign",
    );
    return false;
  }
  const trusted = (Deno.env.get(KEY_VARIABLE) ?? "").split(/[\s,]+/).filter((one) => one !== "");
  await signSums(folder, key, trusted);
  console.log(`Signed by ${key.publicKey}`);
  return true;
}

/** @throws {Error} when the places that name the version disagree */
async function checkVersion(tag: string | undefined): Promise<void> {
  const manifest: { readonly version: string } = JSON.parse(await Deno.readTextFile(`${ROOT}deno.json`));
  if (manifest.version !== VERSION) {
    throw new Error(
      `deno.json says ${manifest.version}, lib/base/version.ts ${VERSION}: use deno task version`,
    );
  }
  if (tag === undefined) return;
  if (tag !== `v${VERSION}`) throw new Error(`The tag ${tag} is not v${VERSION}, which the program is`);
  const changelog = await Deno.readTextFile(`${ROOT}CHANGELOG.md`);
  if (findNotes(changelog, VERSION) === null || (await readFragments(ROOT)).length > 0) {
    throw new Error(
      `CHANGELOG.md has no part for ${VERSION}, or changes/ is not empty: use deno task version`,
    );
  }
}

/**
 * The time of all files: the commit's, or SOURCE_DATE_EPOCH, so that the same sources give the same bytes.
 */
async function releaseTime(): Promise<number> {
  const given = Number(Deno.env.get("SOURCE_DATE_EPOCH"));
  if (Number.isInteger(given) && given > 0) return given * 1000;
  const git = new Deno.Command("git", { args: ["log", "-1", "--format=%ct"], cwd: ROOT, stderr: "null" });
  const { success, stdout } = await git.output().catch(() => ({ success: false, stdout: new Uint8Array() }));
  return success ? Number(new TextDecoder().decode(stdout)) * 1000 : 0;
}

function formatMegabytes(bytes: Uint8Array): string {
  return (bytes.length / 1e6).toFixed(1);
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      target: { type: "string", multiple: true },
      "allow-missing": { type: "boolean", default: false },
      output: { type: "string", default: `${ROOT}dist/release` },
      tag: { type: "string" },
      compiler: { type: "string" },
      sign: { type: "string" },
    },
  });
  const unknown = (values.target ?? []).filter((name) => !PLATFORMS.some((one) => one === name));
  if (unknown.length > 0) {
    console.error(`Unknown: ${unknown.join(", ")}. Targets are ${PLATFORMS.join(", ")}`);
    Deno.exit(2);
  }
  try {
    if (values.sign !== undefined) Deno.exit(await sign(values.sign) ? 0 : 1);
    Deno.exit(
      await makeRelease({
        targets: TARGETS.filter(({ platform }) => values.target?.includes(platform) ?? true),
        allowMissing: values["allow-missing"],
        output: values.output,
        tag: values.tag,
        compiler: values.compiler,
      }),
    );
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    Deno.exit(1);
  }
}
