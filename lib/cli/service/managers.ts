/**
 * The service managers: which one this system has, the files it takes, where they go, and how it is
 * controlled.
 */
import { join } from "../../base/path.ts";
import {
  cronLine,
  LAUNCHD_LABEL,
  launchdFile,
  openrcFile,
  windowsTask,
  withCronLine,
} from "../../daemon/service/others.ts";
import {
  COLLECT_NAME,
  SERVICE_NAME,
  type ServiceFile,
  type ServiceSpec,
  SYSTEM_HOME,
  SYSTEM_KEYS,
} from "../../daemon/service/service.ts";
import { systemdFiles } from "../../daemon/service/systemd.ts";
import { failure, type Io, usageError } from "../io.ts";
import type { Runner } from "./runner.ts";

export interface PlacedFile extends ServiceFile {
  readonly path: string;
}

/** One way for a system to start the server. */
export interface Manager {
  readonly name: string;
  readonly files: readonly PlacedFile[];
  /** Folders that must exist, each readable by its owner only. */
  readonly folders: readonly string[];
  /** Why it cannot be used here, in a sentence, or null. Checked before anything is written. */
  obstacle(): string | null;
  /** Makes the manager use the files just written. @throws {CliError} */
  enable(): void;
  /** Makes it forget them; they are removed afterwards. Never fails. */
  disable(): void;
  /** Its state, in words. */
  state(): string;
  /** Whether it runs a server. */
  isRunning(): boolean;
  /** The process id of that server; null where the manager does not tell it. */
  pid(): number | null;
  /** Ends that server until `restart`. Never fails: callers check whether the server has ended. */
  stop(): void;
  /** Whether no `stop` is still under way, which would block a start. */
  hasStopped(): boolean;
  /** Ends that server if it runs, and starts it. @throws {CliError} */
  restart(): void;
  /** What the user should know after installing it, a sentence each. */
  readonly notes: readonly string[];
}

interface ManagerContext {
  readonly io: Pick<Io, "env">;
  readonly spec: ServiceSpec;
  readonly runner: Runner;
}

/** @throws {CliError} when there is none this program knows */
export function managerFor(around: ManagerContext): Manager {
  const { runner, spec } = around;
  if (Deno.build.os === "darwin") return createLaunchd(around);
  if (Deno.build.os === "windows") return taskScheduler(around);
  if (runner.find("systemctl") !== null) return createSystemd(around);
  if (runner.find("rc-update") !== null) return createOpenrc(around);
  throw failure(
    "There is neither systemd nor OpenRC here, and nothing was changed",
    `\`syntrack service install --cron\` polls every half hour, \`syntrack start\` runs until the machine stops${
      spec.scope === "system" ? "" : ", and --print shows the files"
    }`,
  );
}

export function createSystemd({ io, spec, runner }: ManagerContext): Manager {
  const isUser = spec.scope === "user";
  const folder = isUser
    ? join(io.env.XDG_CONFIG_HOME || join(spec.home, ".config"), "systemd", "user")
    : "/etc/systemd/system";
  const scope = isUser ? ["--user"] : [];
  const files = systemdFiles(spec).map((file) => ({ ...file, path: join(folder, file.name) }));
  const started = spec.collectTimer ? `${COLLECT_NAME}.timer` : `${SERVICE_NAME}.service`;
  const runSystemctl = (...args: readonly string[]) => runner.run("systemctl", [...scope, ...args]);
  return {
    name: isUser ? "systemd, for you" : "systemd, for the machine",
    files,
    folders: isUser ? [] : [SYSTEM_KEYS],
    obstacle() {
      const { code, stderr } = runSystemctl("show-environment");
      return code === 0 ? null : `systemd does not answer (${oneLine(stderr) || `code ${code}`})`;
    },
    enable() {
      if (!isUser) {
        requireSuccess(
          runner.run("systemd-sysusers", ["--inline", `u ${SERVICE_NAME} - "Syntrack" ${SYSTEM_HOME}`]),
          "make the user syntrack",
        );
      }
      requireSuccess(runSystemctl("daemon-reload"), "have systemd read the unit");
      requireSuccess(runSystemctl("enable", started), `enable ${started}`);
      requireSuccess(runSystemctl("restart", started), `start ${started}`);
    },
    disable() {
      runSystemctl("disable", "--now", started);
      runSystemctl("daemon-reload");
    },
    state: () =>
      `${oneLine(runSystemctl("is-enabled", started).stdout)}, ${
        oneLine(runSystemctl("is-active", started).stdout)
      }`,
    isRunning: () => !spec.collectTimer && runSystemctl("is-active", started).code === 0,
    pid: () => processId(runSystemctl("show", "--property=MainPID", "--value", started).stdout),
    stop: () => void runSystemctl("stop", started),
    hasStopped: () => oneLine(runSystemctl("is-active", started).stdout) !== "deactivating",
    restart() {
      // A unit that failed to start too often must be reset, or systemd refuses to start the previous version as
      // well.
      runSystemctl("reset-failed", started);
      requireSuccess(runSystemctl("restart", started), `restart ${started}`);
    },
    notes: isUser
      ? [
        "It runs while you are signed in. `loginctl enable-linger` lets it run from start-up on",
        `Its log: journalctl --user -t ${SERVICE_NAME}`,
      ]
      : [
        `Keys: one file each in ${SYSTEM_KEYS}, named by its variable, mode 0600`,
        `Logins of vendors' tools in homes are not visible to it: install with --user for those`,
        `Its log: journalctl -t ${SERVICE_NAME}`,
      ],
  };
}

export function createLaunchd({ spec, runner }: ManagerContext): Manager {
  if (spec.scope === "system") {
    throw usageError("On macOS it runs for you, not for the machine: leave --system out");
  }
  const file = launchdFile(spec);
  const path = join(spec.home, "Library", "LaunchAgents", file.name);
  const domain = `gui/${Deno.uid()}`;
  const agent = `${domain}/${LAUNCHD_LABEL}`;
  const bootOut = () => void runner.run("launchctl", ["bootout", agent]);
  const runBootstrap = (what: string) =>
    requireSuccess(runner.run("launchctl", ["bootstrap", domain, path]), what);
  const print = () => runner.run("launchctl", ["print", agent]);
  return {
    name: "launchd, for you",
    files: [{ ...file, path }],
    folders: [join(spec.home, ".syntrack", "logs")],
    obstacle: () => runner.find("launchctl") === null ? "launchctl is not installed" : null,
    enable() {
      bootOut();
      runBootstrap("have launchd start it");
    },
    disable: bootOut,
    state: () => print().code === 0 ? "loaded" : "not loaded",
    isRunning: () => /^\s*state = running$/m.test(print().stdout),
    pid: () => processId(/^\s*pid = (\d+)$/m.exec(print().stdout)?.[1] ?? ""),
    // launchd starts a killed agent again, with whatever version is installed by then.
    stop: bootOut,
    hasStopped: () => print().code !== 0,
    restart() {
      if (print().code !== 0) return runBootstrap("have launchd start it again");
      requireSuccess(runner.run("launchctl", ["kickstart", "-k", agent]), "have launchd restart it");
    },
    notes: [],
  };
}

function taskScheduler({ io, spec, runner }: ManagerContext): Manager {
  if (spec.scope === "system") {
    throw usageError(
      "It never runs as LocalSystem, which would not see your logins: leave --system out. " +
        "For a Windows service, run `syntrack serve` with `shawl`",
    );
  }
  const user = [io.env.USERDOMAIN, io.env.USERNAME].filter(Boolean).join("\\");
  const file = windowsTask(spec, user);
  const path = join(spec.home, ".syntrack", file.name);
  return {
    name: "Task Scheduler, at log-on",
    files: [{ ...file, path }],
    folders: [],
    obstacle: () => runner.find("schtasks") === null ? "schtasks is not installed" : null,
    enable() {
      requireSuccess(
        runner.run("schtasks", ["/Create", "/F", "/TN", SERVICE_NAME, "/XML", path]),
        "make the task",
      );
      requireSuccess(runner.run("schtasks", ["/Run", "/TN", SERVICE_NAME]), "start the task");
    },
    disable() {
      runner.run("schtasks", ["/End", "/TN", SERVICE_NAME]);
      runner.run("schtasks", ["/Delete", "/F", "/TN", SERVICE_NAME]);
    },
    state: () => runner.run("schtasks", ["/Query", "/TN", SERVICE_NAME]).code === 0 ? "there" : "not there",
    // Its state is in the system's language, so this only checks whether the task exists.
    isRunning: () => runner.run("schtasks", ["/Query", "/TN", SERVICE_NAME]).code === 0,
    pid: () => null,
    stop: () => void runner.run("schtasks", ["/End", "/TN", SERVICE_NAME]),
    hasStopped: () => true,
    restart() {
      runner.run("schtasks", ["/End", "/TN", SERVICE_NAME]);
      requireSuccess(runner.run("schtasks", ["/Run", "/TN", SERVICE_NAME]), "start the task");
    },
    notes: [],
  };
}

function createOpenrc({ spec, runner }: ManagerContext): Manager {
  if (spec.scope === "user" || spec.collectTimer) {
    throw usageError(
      "OpenRC runs a server for the machine: use --system, or --cron for polls every half hour",
    );
  }
  const file = openrcFile(spec);
  return {
    name: "OpenRC, for the machine",
    files: [{ ...file, path: join("/etc/init.d", file.name) }],
    folders: [],
    obstacle: () => runner.find("rc-service") === null ? "rc-service is not installed" : null,
    enable() {
      runner.run("addgroup", ["-S", SERVICE_NAME]);
      runner.run("adduser", ["-S", "-D", "-H", "-h", SYSTEM_HOME, "-G", SERVICE_NAME, SERVICE_NAME]);
      requireSuccess(
        runner.run("rc-update", ["add", SERVICE_NAME, "default"]),
        "add it to the default runlevel",
      );
      requireSuccess(runner.run("rc-service", [SERVICE_NAME, "restart"]), "start it");
    },
    disable() {
      runner.run("rc-service", [SERVICE_NAME, "stop"]);
      runner.run("rc-update", ["del", SERVICE_NAME, "default"]);
    },
    state: () => oneLine(runner.run("rc-service", [SERVICE_NAME, "status"]).stdout),
    isRunning: () => runner.run("rc-service", [SERVICE_NAME, "status"]).code === 0,
    // Its pid file names the supervisor.
    pid: () => null,
    stop: () => void runner.run("rc-service", [SERVICE_NAME, "stop"]),
    hasStopped: () => true,
    restart: () => requireSuccess(runner.run("rc-service", [SERVICE_NAME, "restart"]), "restart it"),
    notes: [],
  };
}

/** The line in the user's crontab; cron has no file of ours. */
export function createCron({ spec, runner }: ManagerContext): Manager {
  const read = () => {
    const { code, stdout } = runner.run("crontab", ["-l"]);
    return code === 0 ? stdout : "";
  };
  const write = (text: string) => runner.run("crontab", ["-"], text);
  return {
    name: "cron, for you",
    files: [],
    folders: [join(spec.home, ".syntrack", "logs")],
    obstacle: () => runner.find("crontab") === null ? "the command crontab is not installed" : null,
    enable: () => requireSuccess(write(withCronLine(read(), cronLine(spec))), "write the crontab"),
    disable: () => void write(withCronLine(read(), null)),
    state: () => withCronLine(read(), null) === read() ? "no line of ours" : "a line every half hour",
    // It runs no server, and starts whatever is installed by then.
    isRunning: () => false,
    pid: () => null,
    stop: () => {},
    hasStopped: () => true,
    restart: () => {},
    notes: [`It writes to ${join(spec.home, ".syntrack", "logs", "syntrack.log")}, each run with its time`],
  };
}

function requireSuccess(
  { code, stderr }: { readonly code: number; readonly stderr: string },
  what: string,
): void {
  if (code !== 0) throw failure(`Cannot ${what}: ${oneLine(stderr) || `code ${code}`}`);
}

/** Parses a process id; systemd says 0 when nothing runs. */
function processId(text: string): number | null {
  return Number(text.trim()) || null;
}

function oneLine(text: string): string {
  return text.trim().split("\n")[0]?.trim() ?? "";
}
