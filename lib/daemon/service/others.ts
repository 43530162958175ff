/** Service files for launchd, the Task Scheduler of Windows, OpenRC and cron. */
import { ALLOCATOR } from "../allocator.ts";
import {
  DESCRIPTION,
  MARK,
  quoteForShell,
  serverArgs,
  SERVICE_NAME,
  type ServiceFile,
  type ServiceSpec,
  SYSTEM_SETTINGS,
  xmlEscaped,
} from "./service.ts";

export const LAUNCHD_LABEL = "dev.syntrack";

/** A launchd agent, which runs as the user. It restarts after failures only. */
export function launchdFile(spec: ServiceSpec): ServiceFile {
  const words = [...spec.program, ...spec.collectTimer ? ["collect"] : serverArgs(spec)];
  const formatString = (value: string) => `<string>${xmlEscaped(value)}</string>`;
  const log = formatString(`${spec.home}/.syntrack/logs/service.log`);
  const entries: readonly (readonly [string, string])[] = [
    ["Label", formatString(LAUNCHD_LABEL)],
    ["ProgramArguments", `<array>${words.map(formatString).join("")}</array>`],
    ["EnvironmentVariables", "<dict><key>DENO_NO_UPDATE_CHECK</key><string>1</string></dict>"],
    ["RunAtLoad", "<true/>"],
    ...spec.collectTimer ? [["StartInterval", "<integer>1800</integer>"] as const] : [
      ["KeepAlive", "<dict><key>SuccessfulExit</key><false/></dict>"] as const,
      ["ThrottleInterval", "<integer>10</integer>"] as const,
    ],
    ["ProcessType", formatString("Background")],
    ["Umask", "<integer>63</integer>"],
    ["StandardOutPath", log],
    ["StandardErrorPath", log],
  ];
  return {
    name: `${LAUNCHD_LABEL}.plist`,
    text: `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<!-- ${MARK} -->
<plist version="1.0">
<dict>
${entries.map(([key, value]) => `  <key>${key}</key>\n  ${value}`).join("\n")}
</dict>
</plist>
`,
  };
}

/** A task at log-on of the user, with access to the user's logins; never as LocalSystem. */
export function windowsTask(spec: ServiceSpec, user: string): ServiceFile {
  const [command = "", ...first] = spec.program;
  const args = [...first, ...spec.collectTimer ? ["collect"] : serverArgs(spec)].map(windowsQuoted).join(" ");
  const repeated = spec.collectTimer
    ? "\n      <Repetition><Interval>PT30M</Interval><StopAtDurationEnd>false</StopAtDurationEnd></Repetition>"
    : "";
  return {
    name: `${SERVICE_NAME}.xml`,
    text: `<?xml version="1.0" encoding="UTF-8"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Description>${xmlEscaped(`${DESCRIPTION}. ${MARK}`)}</Description>
  </RegistrationInfo>
  <Triggers>
    <LogonTrigger>${repeated}
      <UserId>${xmlEscaped(user)}</UserId>
    </LogonTrigger>
  </Triggers>
  <Principals>
    <Principal id="Author">
      <UserId>${xmlEscaped(user)}</UserId>
      <LogonType>InteractiveToken</LogonType>
      <RunLevel>LeastPrivilege</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <RestartOnFailure>
      <Interval>PT1M</Interval>
      <Count>10</Count>
    </RestartOnFailure>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
    <Hidden>true</Hidden>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>${xmlEscaped(command)}</Command>
      <Arguments>${xmlEscaped(args)}</Arguments>
    </Exec>
  </Actions>
</Task>
`,
  };
}

/** An OpenRC script, which supervises the server under its own user. */
export function openrcFile(spec: ServiceSpec): ServiceFile {
  const [command = "", ...first] = spec.program;
  const args = [...first, ...serverArgs(spec)].map(quoteForShell).join(" ");
  const allocator = Object.entries(ALLOCATOR).map(([name, value]) => `--env ${name}=${value}`).join(" ");
  return {
    name: SERVICE_NAME,
    executable: true,
    text: `#!/sbin/openrc-run
# ${MARK}

name="${SERVICE_NAME}"
description="${DESCRIPTION}"
supervisor="supervise-daemon"
command=${quoteForShell(command)}
command_args="${args.replace(/["$\`\\]/g, "\\$&")}"
command_user="${SERVICE_NAME}:${SERVICE_NAME}"
directory="${spec.home}"
umask="0077"
respawn_delay=5
respawn_max=10
retry="TERM/15/KILL/5"
output_logger="logger -t ${SERVICE_NAME}"
error_logger="logger -t ${SERVICE_NAME}"
supervise_daemon_args="--env HOME=${spec.home} --env DENO_NO_UPDATE_CHECK=1 ${allocator}"

depend() {
  need net localmount
  after firewall
}

start_pre() {
  checkpath --directory --mode 0700 --owner "$command_user" "${spec.home}"
  if [ -f ${SYSTEM_SETTINGS} ]; then
    set -a
    . ${SYSTEM_SETTINGS}
    set +a
  fi
}
`,
  };
}

/** Identifies the line. */
export const CRON_MARK = "# syntrack-collect";

/**
 * A line for the user's crontab. The program itself reads the `.env` of its working directory: a shell that
 * exported it would need its values as arguments of other programs, which are visible to all users.
 */
export function cronLine({ program, home }: Pick<ServiceSpec, "program" | "home">): string {
  const folder = `${home}/.syntrack`;
  // Services set it as well: otherwise the runtime asks once a day whether there is a newer one.
  const command = `DENO_NO_UPDATE_CHECK=1 ${[...program, "collect"].map(quoteForShell).join(" ")}`;
  const log = quoteForShell(`${folder}/logs/syntrack.log`);
  const line = `cd ${
    quoteForShell(folder)
  } && { date '+%Y-%m-%dT%H:%M:%S%z collect'; ${command}; } >> ${log} 2>&1`;
  // In a crontab, a percent sign starts a new line.
  return `*/30 * * * * ${line.replaceAll("%", "\\%")} ${CRON_MARK}`;
}

/** Returns the crontab with exactly one line of ours, or with none when `line` is null. */
export function withCronLine(crontab: string, line: string | null): string {
  const others = crontab.split("\n").filter((one) => !one.trimEnd().endsWith(CRON_MARK));
  while (others.at(-1) === "") others.pop();
  const lines = line === null ? others : [...others, line];
  return lines.length === 0 ? "" : `${lines.join("\n")}\n`;
}

function windowsQuoted(word: string): string {
  return /^[\w:\\/.=,+-]+$/.test(word) ? word : `"${word.replaceAll('"', '\\"')}"`;
}
