/** Units of systemd: the server, or a service and a timer that poll every half hour. */
import { ALLOCATOR } from "../allocator.ts";
import {
  COLLECT_NAME,
  DESCRIPTION,
  MARK,
  serverArgs,
  SERVICE_NAME,
  type ServiceFile,
  type ServiceSpec,
  SYSTEM_KEYS,
  SYSTEM_SETTINGS,
} from "./service.ts";

type Lines = readonly string[];

/** @returns the files, named as in the unit folder; the last is the one to enable */
export function systemdFiles(spec: ServiceSpec): readonly ServiceFile[] {
  if (!spec.collectTimer) return [{ name: `${SERVICE_NAME}.service`, text: serverUnit(spec) }];
  return [
    { name: `${COLLECT_NAME}.service`, text: collectUnit(spec) },
    { name: `${COLLECT_NAME}.timer`, text: timerUnit() },
  ];
}

function serverUnit(spec: ServiceSpec): string {
  const tailnet = spec.tailscale ? ["Wants=tailscaled.service", "After=tailscaled.service"] : [];
  return formatUnit({
    Unit: [
      `Description=${DESCRIPTION}`,
      ...listNetwork(spec),
      ...tailnet,
      "StartLimitIntervalSec=300",
      "StartLimitBurst=10",
    ],
    Service: [
      // The runtime cannot notify a watchdog; with exec, a missing program fails at once.
      "Type=exec",
      `ExecStart=${commandLine([...spec.program, ...serverArgs(spec)])}`,
      "Restart=on-failure",
      "RestartSec=5",
      "TimeoutStopSec=15",
      ...listCommon(spec),
    ],
    Install: [`WantedBy=${spec.scope === "user" ? "default.target" : "multi-user.target"}`],
  });
}

function collectUnit(spec: ServiceSpec): string {
  return formatUnit({
    Unit: [`Description=${DESCRIPTION}: one poll of every account`, ...listNetwork(spec)],
    Service: [
      "Type=oneshot",
      `ExecStart=${commandLine([...spec.program, "collect"])}`,
      "TimeoutStartSec=300",
      ...listCommon(spec),
    ],
  });
}

function timerUnit(): string {
  return formatUnit({
    Unit: [`Description=${DESCRIPTION}: a poll every half hour`],
    Timer: ["OnCalendar=*:0/30", "Persistent=true", "RandomizedDelaySec=60"],
    Install: ["WantedBy=timers.target"],
  });
}

/** User managers have no such target. */
function listNetwork({ scope }: ServiceSpec): Lines {
  return scope === "user" ? [] : ["Wants=network-online.target", "After=network-online.target"];
}

function listCommon(spec: ServiceSpec): Lines {
  return [
    `SyslogIdentifier=${SERVICE_NAME}`,
    "Environment=DENO_NO_UPDATE_CHECK=1",
    ...Object.entries(ALLOCATOR).map(([name, value]) => `Environment=${name}=${value}`),
    "UMask=0077",
    "MemoryHigh=256M",
    "MemoryMax=512M",
    ...spec.scope === "user"
      ? USER_HARDENING
      : [...systemIdentity(spec), ...USER_HARDENING, ...SYSTEM_HARDENING],
  ];
}

function systemIdentity({ home }: ServiceSpec): Lines {
  return [
    `User=${SERVICE_NAME}`,
    `Group=${SERVICE_NAME}`,
    `StateDirectory=${SERVICE_NAME}`,
    "StateDirectoryMode=0700",
    `WorkingDirectory=${home}`,
    `Environment=HOME=${home}`,
    `EnvironmentFile=-${SYSTEM_SETTINGS}`,
    // Each file in it is a key, named after its variable; none reaches an environment or an argument list.
    `LoadCredential=keys:${SYSTEM_KEYS}`,
  ];
}

/** Restrictions that need no namespaces, so user managers support them too. */
const USER_HARDENING: Lines = [
  "NoNewPrivileges=true",
  "LockPersonality=true",
  "RestrictRealtime=true",
  "RestrictSUIDSGID=true",
  "RestrictNamespaces=true",
  "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK",
  "SystemCallArchitectures=native",
  "SystemCallFilter=@system-service",
  "SystemCallFilter=~@privileged @resources",
  "SystemCallErrorNumber=EPERM",
];

/** Writable and executable memory stays allowed: the runtime compiles while it runs. */
const SYSTEM_HARDENING: Lines = [
  "CapabilityBoundingSet=",
  "AmbientCapabilities=",
  "ProtectSystem=strict",
  "ProtectHome=true",
  "ProtectProc=invisible",
  "ProcSubset=pid",
  "PrivateTmp=true",
  "PrivateDevices=true",
  "PrivateUsers=true",
  "PrivateIPC=true",
  "DevicePolicy=closed",
  "ProtectClock=true",
  "ProtectHostname=true",
  "ProtectKernelLogs=true",
  "ProtectKernelModules=true",
  "ProtectKernelTunables=true",
  "ProtectControlGroups=true",
  "RemoveIPC=true",
  "KeyringMode=private",
];

function formatUnit(sections: Readonly<Record<string, Lines>>): string {
  const parts = Object.entries(sections).map(([name, lines]) => `[${name}]\n${lines.join("\n")}\n`);
  return `# ${MARK}. Put changes into a drop-in: systemctl edit.\n\n${parts.join("\n")}`;
}

function commandLine(words: readonly string[]): string {
  return words.map(quoteWord).join(" ");
}

/** Quotes a word for a unit, without expanding specifiers and variables. */
function quoteWord(word: string): string {
  const plain = word.replaceAll("%", "%%").replaceAll("$", "$$$$");
  return /^[\w@%+=:,./$-]+$/.test(plain) ? plain : `"${plain.replace(/["\\]/g, "\\$&")}"`;
}
