/** The licence texts of everything an executable contains. */
import { join } from "node:path";
import type { Package } from "./packages.ts";

const TEXTS = /^(?:licen[cs]e|copying|notice)(?:[.-].*)?$/i;

/** Returns the SPDX identifier a package names, or null. */
export function readLicence({ localPath }: Pick<Package, "localPath">): string | null {
  const { license }: { readonly license?: unknown } = JSON.parse(
    Deno.readTextFileSync(join(localPath, "package.json")),
  );
  return typeof license === "string" && license !== "" ? license : null;
}

/**
 * Returns one text with all licences: ours, those of packages, and where to find those of the runtime.
 *
 * @throws {Error} for a packed package without a licence text
 */
export function licencesText(
  own: string,
  packages: Iterable<Package>,
  denoVersion: string,
): string {
  const packed = [...packages].filter((one) => one.packed).toSorted((a, b) => a.name < b.name ? -1 : 1);
  return [
    formatSection("Syntrack", own),
    ...packed.map((one) =>
      formatSection(`${one.name} ${one.version} (${readLicence(one) ?? "see below"})`, readLicenceText(one))
    ),
    formatSection(
      `Deno ${denoVersion} (MIT)`,
      [
        // The same licence as ours, with other authors.
        own.replace(/^Copyright .*$/m, "Copyright 2018-2026 the Deno authors").trim(),
        "",
        "It contains V8 (BSD-3-Clause), SQLite (public domain), ICU (Unicode-3.0) and packages of Rust, whose names and",
        `licences are in https://github.com/denoland/deno/blob/v${denoVersion}/Cargo.lock and on crates.io.`,
      ].join("\n"),
    ),
  ].join("\n");
}

function formatSection(title: string, text: string): string {
  return `${"=".repeat(78)}\n${title}\n${"=".repeat(78)}\n\n${text.trim()}\n`;
}

function readLicenceText({ name, version, localPath }: Package): string {
  const files = [...Deno.readDirSync(localPath)].filter(({ name, isFile }) => isFile && TEXTS.test(name));
  if (files.length === 0) throw new Error(`${name} ${version} has no licence text in its package`);
  return files.map((file) => Deno.readTextFileSync(join(localPath, file.name))).toSorted().join("\n\n");
}
