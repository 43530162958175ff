/** SHA256SUMS: the files of a release. It is signed, so it also says which version a release is. Pure. */
import { isVersion } from "./version_order.ts";

export const SUMS_FILE = "SHA256SUMS";
export const SIGNATURE_FILE = "SHA256SUMS.sig";

export const PLATFORMS = ["linux-x64", "linux-arm64", "macos-x64", "macos-arm64", "windows-x64"] as const;
export type Platform = typeof PLATFORMS[number];

export interface ReleaseFile {
  readonly name: string;
  /** Lower-case hex. */
  readonly sha256: string;
}

export interface Release {
  readonly version: string;
  readonly files: readonly ReleaseFile[];
}

/** Returns the name of a platform's archive. */
export function archiveName(version: string, platform: Platform): string {
  return `syntrack-${version}-${platform}.tar.gz`;
}

/** Returns the platform of a system; null for systems without builds. */
export function findPlatform({ os, arch }: { readonly os: string; readonly arch: string }): Platform | null {
  const system = { linux: "linux", darwin: "macos", windows: "windows" }[os];
  const machine = { x86_64: "x64", aarch64: "arm64" }[arch];
  return PLATFORMS.find((one) => one === `${system}-${machine}`) ?? null;
}

/** Formats it as `sha256sum` writes and checks it. */
export function sumsText(files: readonly ReleaseFile[]): string {
  return files.toSorted((a, b) => a.name < b.name ? -1 : 1)
    .map(({ name, sha256 }) => `${sha256}  ${name}\n`).join("");
}

/**
 * Parses sums whose signature was verified.
 *
 * @returns null when it is no list of sums, names a path, or mixes versions
 */
export function parseSums(text: string): Release | null {
  const files: ReleaseFile[] = [];
  for (const line of text.split("\n")) {
    if (line === "") continue;
    const [, sha256 = "", name = ""] = /^([0-9a-f]{64}) {2}([A-Za-z0-9][A-Za-z0-9._+-]*)$/.exec(line) ?? [];
    if (name === "" || files.some((file) => file.name === name)) return null;
    files.push({ name, sha256 });
  }
  const versions = new Set(files.flatMap(({ name }) => {
    const platform = PLATFORMS.find((one) => name.endsWith(`-${one}.tar.gz`));
    return platform ? [name.slice("syntrack-".length, -`-${platform}.tar.gz`.length)] : [];
  }));
  const [version = ""] = versions;
  return versions.size === 1 && isVersion(version) ? { version, files } : null;
}
