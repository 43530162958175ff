/**
 * Finds the server that Antigravity's app runs on this machine: its token is among its process's arguments,
 * its port among those the process listens on. The process list is not sent anywhere.
 */
import type { CommandResult, ProviderContext } from "../../lib/provider/context.ts";
import { lenientNumber, member, orNull } from "../../lib/provider_kit/decode.ts";
import { textAt } from "../../lib/provider_kit/login_file.ts";
import type { Command } from "../../lib/provider/contract.ts";
import * as v from "valibot";

export const COMMANDS: readonly Command[] = [
  { name: "ps", os: ["linux", "darwin"], what: "whether the app runs, and its token" },
  { name: "powershell", os: ["windows"], what: "whether the app runs, and its token" },
  { name: "ss", os: ["linux"], what: "the ports of the app" },
  { name: "lsof", os: ["linux", "darwin"], what: "the ports of the app" },
  { name: "netstat", os: ["windows"], what: "the ports of the app" },
];

const CAP_BYTES = 8 * 1024 * 1024;
const MAX_PORTS = 8;
const WINDOWS_SCRIPT =
  "Get-CimInstance Win32_Process -Filter \"Name LIKE 'language_server%'\" | Select-Object ProcessId,CommandLine | ConvertTo-Json -Compress";

export interface Server {
  readonly pid: number;
  readonly token: string;
}

/**
 * Returns the app's server, if it runs. Several windows run several, all of one account: the first is enough.
 */
export async function findRunningServer(ctx: ProviderContext): Promise<Server | undefined> {
  if (ctx.os === "windows") {
    const text = await readOutput(ctx, "powershell", [
      "-NoProfile",
      "-NonInteractive",
      "-Command",
      WINDOWS_SCRIPT,
    ]);
    return parseProcesses(text).map(serverIn).find((one) => one !== undefined);
  }
  const text = await readOutput(ctx, "ps", ["-axww", "-o", "pid=,command="]);
  return text.split("\n").map((line) => {
    const match = /^\s*(\d{1,10})\s+(.+)$/.exec(line);
    return serverIn({ pid: Number(match?.[1]), line: match?.[2] ?? "" });
  }).find((one) => one !== undefined);
}

interface Process {
  readonly pid: number;
  readonly line: string;
}

/** PowerShell prints one process as an object, several as a list. */
function parseProcesses(text: string): readonly Process[] {
  try {
    const value: unknown = JSON.parse(text);
    return (Array.isArray(value) ? value : [value]).map((one) => ({
      pid: v.parse(orNull(lenientNumber), member(one, "ProcessId")) ?? Number.NaN,
      line: textAt(one, "CommandLine") ?? "",
    }));
  } catch {
    return [];
  }
}

/** Another editor's server has the same name: only the arguments show whose it is. */
function serverIn({ pid, line }: Process): Server | undefined {
  if (!Number.isSafeInteger(pid) || !/(?:^|[/\\"\s])language_server[\w.-]*(?:["\s]|$)/.test(line)) {
    return undefined;
  }
  if (!/antigravity/i.test(line)) return undefined;
  const token = /(?:^|\s)--csrf_token[=\s]"?([\w-]{4,128})/.exec(line)?.[1];
  return token === undefined ? undefined : { pid, token };
}

/** Returns the ports a process listens on, the lowest first. */
export async function findPorts(ctx: ProviderContext, pid: number): Promise<readonly number[]> {
  const ports = ctx.os === "windows"
    ? portsIn(
      await readOutput(ctx, "netstat", ["-ano", "-p", "TCP"]),
      new RegExp(`:(\\d+)\\s+\\S+\\s+LISTENING\\s+${pid}\\s*$`),
    )
    : ctx.os === "linux"
    ? portsIn(await readOutput(ctx, "ss", ["-tlnpH"]), new RegExp(`:(\\d+)\\s+\\S+\\s+.*\\bpid=${pid}\\b`))
    : [];
  if (ports.length > 0 || ctx.os === "windows") return ports;
  const text = await readOutput(ctx, "lsof", ["-nP", "-iTCP", "-sTCP:LISTEN", "-a", "-p", String(pid)]);
  return portsIn(text, /:(\d+)\s+\(LISTEN\)/);
}

function portsIn(text: string, pattern: RegExp): readonly number[] {
  const ports = text.split(/\r?\n/).map((line) => Number(pattern.exec(line)?.[1]))
    .filter((port) => port > 0 && port < 65_536);
  return [...new Set(ports)].toSorted((a, b) => a - b).slice(0, MAX_PORTS);
}

/** Returns a command's output; empty when it fails or is missing. */
async function readOutput(ctx: ProviderContext, command: string, args: readonly string[]): Promise<string> {
  let ran: CommandResult | null = null;
  try {
    ran = await ctx.run(command, args, { timeoutMs: 5_000, capBytes: CAP_BYTES });
  } catch {
    // The error message may contain the command's output.
    ctx.log.warn("A command gave no answer", { command });
  }
  return ran?.code === 0 ? ran.stdout : "";
}
