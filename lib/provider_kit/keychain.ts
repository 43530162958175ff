/**
 * Reads the system's keychain through its own command-line tool: only what a tool stored under the name of
 * its service, and nothing while it is locked. Any failure counts as not found.
 */
import type { ProviderContext } from "../provider/context.ts";
import type { Command } from "../provider/contract.ts";

const TIMEOUT_MS = 5_000;
/** Some tools wrap what they store, so that it survives as text. */
const BASE64_MARK = "go-keyring-base64:";

/** Returns the commands that a provider using the keychain declares. */
export function keychainCommands(what: string): readonly Command[] {
  return [
    { name: "security", os: ["darwin"], what: `${what}, in the keychain` },
    { name: "secret-tool", os: ["linux"], what: `${what}, in the secret service` },
  ];
}

/** Names the origin of a keychain secret in words for people. */
export function keychainSource({ os }: Pick<ProviderContext, "os">, service: string): string {
  return `"${service}" in the ${os === "darwin" ? "keychain" : "secret service"}`;
}

/** Returns what a tool stored for a service, or null. */
export async function readKeychain(ctx: ProviderContext, service: string): Promise<string | null> {
  const commandLine = ctx.os === "darwin"
    ? ["security", "find-generic-password", "-s", service, "-w"]
    : ctx.os === "linux"
    // `lookup` would prompt for the password of a locked keyring; `search` does not.
    ? ["secret-tool", "search", "service", service]
    : null;
  if (!commandLine) return null;
  const [command = "", ...args] = commandLine;
  try {
    const ran = await ctx.run(command, args, { timeoutMs: TIMEOUT_MS, capBytes: 256 * 1024 });
    if (ran?.code !== 0) return null;
    const output = ctx.os === "darwin" ? ran.stdout : /^secret = (.*)$/m.exec(ran.stdout)?.[1] ?? "";
    const text = unwrap(output.trim());
    return text === "" ? null : text;
  } catch {
    // The error message may contain the command's output.
    ctx.log.warn("The keychain gave no answer", { command });
    return null;
  }
}

function unwrap(text: string): string {
  try {
    if (text.startsWith(BASE64_MARK)) return bytesAsText(atob(text.slice(BASE64_MARK.length)));
    // `security` prints non-plain text as hex; these digits start like a JSON object.
    if (/^7b(?:[0-9a-f]{2})+$/.test(text)) {
      return bytesAsText(text.replace(/../g, (pair) => String.fromCharCode(Number.parseInt(pair, 16))));
    }
    return text;
  } catch {
    return "";
  }
}

function bytesAsText(binary: string): string {
  return new TextDecoder().decode(Uint8Array.from(binary, (character) => character.charCodeAt(0)));
}
