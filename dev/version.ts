/**
 * Sets the next version wherever it is named, and makes its section of CHANGELOG.md from the entries under
 * "Unreleased" and the files in `changes/`, which it removes.
 *
 *     deno task version 0.2.0 [--date 2026-12-01]
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { VERSION } from "../lib/base/version.ts";
import { compareVersions, isVersion } from "../lib/update/version_order.ts";
import { withRelease } from "./release/changelog.ts";
import { readFragments } from "./release/fragments.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

if (import.meta.main) {
  const { positionals: [version = ""], values } = parseArgs({
    allowPositionals: true,
    options: { date: { type: "string", default: new Date().toISOString().slice(0, 10) } },
  });
  if (!isVersion(version) || compareVersions(version, VERSION) <= 0) {
    console.error(`Give a version after ${VERSION}, such as deno task version 0.2.0`);
    Deno.exit(2);
  }
  const fragments = await readFragments(ROOT);
  const changelog = await Deno.readTextFile(`${ROOT}CHANGELOG.md`);
  const released = withRelease(changelog, fragments.map(({ text }) => text), version, values.date);
  await replaceIn("deno.json", `"version": "${VERSION}"`, `"version": "${version}"`);
  await replaceIn("lib/base/version.ts", `VERSION = "${VERSION}"`, `VERSION = "${version}"`);
  await Deno.writeTextFile(`${ROOT}CHANGELOG.md`, released);
  for (const { path } of fragments) await Deno.remove(path);
  console.log(`${VERSION} -> ${version}. Look at the changes, commit them, and tag the commit v${version}`);
}

async function replaceIn(path: string, from: string, to: string): Promise<void> {
  const text = await Deno.readTextFile(ROOT + path);
  if (text.split(from).length !== 2) throw new Error(`${path} does not hold ${from} exactly once`);
  await Deno.writeTextFile(ROOT + path, text.replace(from, to));
}
