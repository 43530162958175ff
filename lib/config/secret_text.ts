/**
 * Extracts a secret from a text: a variable's value, or the file its `_FILE` twin points at. Pure; problems
 * never contain the text.
 */
import { parseEnvText } from "./env_text.ts";

export type SecretText = { readonly value: string } | { readonly problem: string; readonly wanted: string };

/** Matches `NAME=value`, but not Base64 that ends in `=`. */
const ENTRY = /^\s*(?:export\s+)?[A-Za-z_][A-Za-z0-9_]*\s*=\s*[^=\s]/;
// deno-lint-ignore no-control-regex
const CONTROL = /[\u0000-\u001f\u007f]/;

/** Extracts the secret `name` from a file that contains either just the secret or a whole env file. */
export function secretOfFile(text: string, name: string): SecretText {
  const bare = text.replace(/^\ufeff/, "");
  const entries = parseEnvText(bare);
  if (Object.hasOwn(entries, name)) return readSecretText(entries[name] ?? "");
  const lines = bare.split(/\r\n|\r|\n/).map((line) => line.trim()).filter((line) =>
    line !== "" && !line.startsWith("#")
  );
  const [line] = lines;
  const wanted = `a file with the secret alone, or with a line that sets ${name}`;
  if (line === undefined) return { problem: "the file is empty", wanted };
  if (lines.length > 1) {
    return { problem: `the file has several lines, and none of them sets ${name}`, wanted };
  }
  if (ENTRY.test(line)) return { problem: `the file sets something other than ${name}`, wanted };
  return readSecretText(line);
}

/** Strips surrounding space and quotes from a secret. */
export function readSecretText(text: string): SecretText {
  const trimmed = text.trim();
  const quoted = /^(["'`])(.*)\1$/s.exec(trimmed);
  const value = (quoted?.[2] ?? trimmed).trim();
  if (value === "") return { problem: "the value is empty", wanted: "a secret" };
  if (CONTROL.test(value)) return { problem: "the value has line breaks or controls", wanted: "one line" };
  return { value };
}
