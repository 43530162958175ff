/** The files beside the executable in every archive, and beside the archives in a release. */
import { join } from "node:path";
import { VERSION } from "../../lib/base/version.ts";
import { writeCompletion } from "../../lib/cli/completion.ts";
import { SHELLS } from "../../lib/cli/table_shell.ts";
import { manPage } from "../man.ts";
import type { PackedFile } from "./archive.ts";
import { findNotes, unreleasedNotes } from "./changelog.ts";
import { readFragments } from "./fragments.ts";
import { licencesText } from "./licences.ts";
import type { Package } from "./packages.ts";
import { sbomJson } from "./sbom.ts";

/** Names under which each shell looks for them. */
const COMPLETIONS = {
  bash: "syntrack",
  zsh: "_syntrack",
  fish: "syntrack.fish",
  powershell: "syntrack.ps1",
} as const;

export interface Contents {
  readonly inArchive: readonly PackedFile[];
  readonly besides: readonly PackedFile[];
}

export interface ContentsOptions {
  readonly root: string;
  readonly packages: ReadonlyMap<string, Package>;
  /** Time of the release, epoch milliseconds. */
  readonly at: number;
}

export async function makeContents({ root, packages, at }: ContentsOptions): Promise<Contents> {
  const read = (path: string) => Deno.readTextFile(join(root, path));
  const licence = await read("LICENSE");
  const denoVersion = Deno.version.deno;
  return {
    inArchive: [
      { name: "LICENSE", data: licence },
      { name: "LICENCES.txt", data: licencesText(licence, packages.values(), denoVersion) },
      { name: "CHANGELOG.md", data: await read("CHANGELOG.md") },
      { name: "share/man/man1/syntrack.1", data: manPage() },
      ...SHELLS.map((shell) => ({
        name: `share/completions/${shell}/${COMPLETIONS[shell]}`,
        data: writeCompletion(shell),
      })),
    ],
    besides: [
      { name: "install.sh", data: await read("install.sh"), executable: true },
      { name: "install.ps1", data: await read("install.ps1") },
      { name: "NOTES.md", data: await notesText(root) },
      {
        name: `syntrack-${VERSION}.cdx.json`,
        data: await sbomJson({
          version: VERSION,
          denoVersion,
          at,
          lock: await read("deno.lock"),
          packages,
        }),
      },
    ],
  };
}

async function notesText(root: string): Promise<string> {
  const changelog = await Deno.readTextFile(join(root, "CHANGELOG.md"));
  const notes = findNotes(changelog, VERSION);
  const fragments = (await readFragments(root)).map(({ text }) => text);
  // Before a version is set, the trial is of the unreleased changes.
  const text = fragments.length > 0 ? unreleasedNotes(changelog, fragments) : notes;
  return `${text ?? ""}\n`;
}
