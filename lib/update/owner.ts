/** Who looks after an executable: a file of a package manager is not ours to replace. Pure but for what it asks. */

export interface Owner {
  readonly name: string;
  /** What updates it. */
  readonly command: string;
}

/** Runs a command of the system to its end; 127 where it is not there. */
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

/** @param executable its real path, links followed @returns null for a file of nobody but its user */
export function ownerOf(executable: string, ask: Ask): Owner | null {
  const found = FOLDERS.find(([pattern]) => pattern.test(executable))?.[1];
  if (found) return found;
  // Where packages of the system put files; a home is never theirs.
  if (!/^\/(?:usr\/(?!local\/)|bin\/|sbin\/|opt\/)/.test(executable)) return null;
  return MANAGERS.find(([command, args]) => ask(command, [...args, executable]).code === 0)?.[2] ?? null;
}
