/** Parses the listen settings. Pure. */
import { bracketAddress, canonicalAddress, isLoopback, isWildcard } from "../net/address.ts";
import type { Parsed } from "./option.ts";

/** Splits a list: the lines of a repeated flag, or words separated by commas or spaces. */
export function splitList(text: string): readonly string[] {
  return [...new Set(text.split(/[\s,]+/).filter((part) => part !== ""))];
}

/** Parses every part of a list, or returns the problem with the first invalid one. */
function parseEach(
  text: string,
  read: (part: string) => string | null,
  wrong: (part: string) => string,
  wanted: string,
): Parsed<readonly string[]> {
  const values: string[] = [];
  for (const part of splitList(text)) {
    const value = read(part);
    if (value === null) return { problem: wrong(part), wanted };
    values.push(value);
  }
  return values.length === 0 ? { problem: "an empty list", wanted } : { value: [...new Set(values)] };
}

const ADDRESS_WANTED =
  "an address of this machine such as 192.168.1.10 or ::1, localhost, or --bind-all for all";

function parseAddresses(text: string): Parsed<readonly string[]> {
  return parseEach(
    text.toLowerCase(),
    (part) => part === "localhost" ? part : canonicalAddress(part),
    (part) => part.includes("%") ? `${part} has a zone, which cannot be used` : `${part} is not an address`,
    ADDRESS_WANTED,
  );
}

const NAME =
  /^(?=.{1,253}(?::|$))[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*(?::(\d{1,5}))?$/;
const NAME_WANTED = "names such as usage.example.com, or with a port such as usage.example.com:8443";

function hostNames(text: string): Parsed<readonly string[]> {
  return parseEach(text.toLowerCase(), hostName, (part) => `${part} is not a host name`, NAME_WANTED);
}

function hostName(text: string): string | null {
  const address = /^\[(.*)\](?::(\d{1,5}))?$/.exec(text) ?? null;
  if (address === null && canonicalAddress(text) !== null) return canonicalAddress(text);
  if (address !== null) {
    const canonical = canonicalAddress(address[1]!);
    const port = portText(address[2]);
    if (canonical === null || port === null) return null;
    return `${bracketAddress(canonical)}${port}`;
  }
  const match = NAME.exec(text);
  if (!match) return null;
  const port = portText(match[1]);
  return port === null ? null : `${text.replace(/:\d+$/, "")}${port}`;
}

/** Returns `:443`, empty without a port, null for an invalid one. */
function portText(digits: string | undefined): string | null {
  if (digits === undefined) return "";
  const port = Number(digits);
  return port >= 1 && port <= 65_535 ? `:${port}` : null;
}

/** The maximum path length of a Unix socket that works on every system. */
const MAX_SOCKET_BYTES = 103;

function socketPath(text: string, resolve: (path: string) => string): Parsed<string> {
  const wanted = `the path of a socket, at most ${MAX_SOCKET_BYTES} bytes long`;
  if (text.includes("\0")) return { problem: "not a path", wanted };
  const path = resolve(text);
  if (new TextEncoder().encode(path).length > MAX_SOCKET_BYTES) return { problem: "too long a path", wanted };
  return { value: path };
}

function tailnetAddress(text: string): Parsed<string> {
  const wanted = "the address of this machine in the tailnet, as `tailscale ip` prints it";
  const address = canonicalAddress(text);
  if (address === null) return { problem: "not an address", wanted };
  return isLoopback(address) || isWildcard(address)
    ? { problem: "in no tailnet", wanted }
    : { value: address };
}

const MAX_WAIT_MS = 3_600_000;

function wait(text: string): Parsed<number> {
  const wanted = "up to an hour, such as 60s or 5m";
  const match = /^(\d{1,5})\s*(s|m|min|h)?$/.exec(text.toLowerCase());
  if (!match) return { problem: "not a time", wanted };
  const unit = match[2] === "h" ? 3_600_000 : match[2]?.startsWith("m") ? 60_000 : 1000;
  const ms = Number(match[1]) * unit;
  return ms <= MAX_WAIT_MS ? { value: ms } : { problem: "too long", wanted };
}

const ON: readonly string[] = ["on", "true", "yes", "1"];
const OFF: readonly string[] = ["off", "false", "no", "0"];

function onOff(text: string): Parsed<boolean> {
  const word = text.toLowerCase();
  if (ON.includes(word)) return { value: true };
  return OFF.includes(word) ? { value: false } : { problem: "unknown word", wanted: "on or off" };
}

export const parseListen = { addresses: parseAddresses, hostNames, socketPath, onOff, tailnetAddress, wait };
