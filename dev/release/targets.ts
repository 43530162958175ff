/** The systems executables are built for, and how to tell one from another by its first bytes. */
import { type Platform, PLATFORMS } from "../../lib/update/sums.ts";

export interface Target {
  readonly platform: Platform;
  /** As `deno compile --target` names it. */
  readonly triple: string;
  readonly executable: "syntrack" | "syntrack.exe";
}

const TRIPLES: Readonly<Record<Platform, string>> = {
  "linux-x64": "x86_64-unknown-linux-gnu",
  "linux-arm64": "aarch64-unknown-linux-gnu",
  "macos-x64": "x86_64-apple-darwin",
  "macos-arm64": "aarch64-apple-darwin",
  "windows-x64": "x86_64-pc-windows-msvc",
};

export const TARGETS: readonly Target[] = PLATFORMS.map((platform) => ({
  platform,
  triple: TRIPLES[platform],
  executable: platform === "windows-x64" ? "syntrack.exe" : "syntrack",
}));

/** Returns the platform an executable runs on, from its header; null when it is none of ours. */
export function platformOfExecutable(bytes: Uint8Array): Platform | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 64) return null;
  // ELF: the machine is at offset 18.
  if (view.getUint32(0) === 0x7f454c46) {
    return { 0x3e: "linux-x64", 0xb7: "linux-arm64" }[view.getUint16(18, true)] as Platform ?? null;
  }
  // Mach-O, 64 bits.
  if (view.getUint32(0, true) === 0xfeedfacf) {
    return { 0x01000007: "macos-x64", 0x0100000c: "macos-arm64" }[view.getUint32(4, true)] as Platform ??
      null;
  }
  // MZ: the offset of the PE header is at 60, the machine after its four letters.
  if (view.getUint16(0) === 0x4d5a) {
    const at = view.getUint32(60, true);
    return at + 6 <= bytes.length && view.getUint16(at + 4, true) === 0x8664 ? "windows-x64" : null;
  }
  return null;
}
