/** Finds what maintains an executable: we must not replace a package manager's file. Pure but for `ask`. */

export interface Owner {
  readonly name: string;
  /** The command that updates it. */
  readonly command: string;
}

/** Runs a system command to its end; 127 when it does not exist. */
export type Ask = (command: string, args: readonly string[]) => { readonly code: number };

const FOLDERS: readonly (readonly [pattern: RegExp, owner: Owner])[] = [
  [/^\/nix\/store\//, { name: "Nix", command: "nix profile upgrade syntrack" }],
  [/\/(?:Cellar|Caskroom)\//, { name: "Homebrew", command: "brew upgrade syntrack" }],
  [/^\/(?:var\/lib\/)?snapd?\//, { name: "Snap", command: "snap refresh syntrack" }],
  [/\/flatpak\//, { name: "Flatpak", command: "flatpak update" }],
  [/\/node_modules\//, { name: "npm", command: "npm update -g syntrack" }],
  [/\\scoop\\apps\\/i, { name: "Scoop", command: "scoop update syntrack" }],
  [/\\chocolatey\\/i, { name: "Chocolatey", command: "choco upgrade syntrack" }],
  [/\\WinGet\\Packages\\/i, { name: "WinGet", command: "winget upgrade syntrack" }],
];

const MANAGERS: readonly (readonly [command: string, args: readonly string[], owner: Owner])[] = [
  ["dpkg", ["-S"], { name: "APT", command: "apt upgrade syntrack" }],
  ["rpm", ["-qf"], { name: "RPM", command: "dnf upgrade syntrack" }],
  ["pacman", ["-Qo"], { name: "pacman", command: "pacman -Syu" }],
  ["apk", ["info", "--who-owns"], { name: "apk", command: "apk upgrade syntrack" }],
];

/** @param executable its real path, links resolved @returns null when no package manager owns it */
export function findOwner(executable: string, ask: Ask): Owner | null {
  const found = FOLDERS.find(([pattern]) => pattern.test(executable))?.[1];
  if (found) return found;
  // Where system packages install files, never a home folder.
  if (!/^\/(?:usr\/(?!local\/)|bin\/|sbin\/|opt\/)/.test(executable)) return null;
  return MANAGERS.find(([command, args]) => ask(command, [...args, executable]).code === 0)?.[2] ?? null;
}
