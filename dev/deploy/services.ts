/**
 * Generates the files for service managers that users copy by hand, from the templates of `syntrack service
 * install`.
 */
import { cronLine, launchdFile, openrcFile, windowsTask } from "../../lib/daemon/service/others.ts";
import { type ServiceFile, type ServiceSpec, SYSTEM_HOME } from "../../lib/daemon/service/service.ts";
import { systemdFiles } from "../../lib/daemon/service/systemd.ts";

const SYSTEM: ServiceSpec = {
  program: ["/usr/local/bin/syntrack"],
  scope: "system",
  tailscale: false,
  home: SYSTEM_HOME,
  collectTimer: false,
};
const MAC: ServiceSpec = { ...SYSTEM, scope: "user", home: "/Users/you" };
const USER: ServiceSpec = { ...SYSTEM, scope: "user", home: "/home/you" };
const WINDOWS: ServiceSpec = { ...USER, program: ["C:\\Users\\you\\.syntrack\\bin\\syntrack.exe"] };

/** Returns the text of each file by its path in the project. */
export function serviceFiles(): Readonly<Record<string, string>> {
  const listFiles = (folder: string, files: readonly ServiceFile[]) =>
    files.map(({ name, text }): readonly [string, string] => [`deploy/${folder}/${name}`, text]);
  return Object.fromEntries([
    ...listFiles("systemd", systemdFiles(SYSTEM)),
    ...listFiles("systemd", systemdFiles({ ...SYSTEM, collectTimer: true })),
    ...listFiles("systemd/user", systemdFiles(USER)),
    ...listFiles("systemd/user", systemdFiles({ ...USER, collectTimer: true })),
    ...listFiles("launchd", [launchdFile(MAC)]),
    ...listFiles("windows", [windowsTask(WINDOWS, "you")]),
    ...listFiles("openrc", [openrcFile(SYSTEM)]),
    ["deploy/cron/syntrack.cron", `${cronLine(USER)}\n`],
  ]);
}
