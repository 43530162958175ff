/** Parses the settings of certificates and proxies. Pure. */
import { checkPrefix } from "../net/forwarded.ts";
import type { IdentityRole } from "../net/identity.ts";
import { parseSubnet, UNIX_PEER } from "../net/subnets.ts";
import type { Parsed } from "./option.ts";
import { splitList } from "./parse_listen.ts";

function parseFile(text: string, resolve: (path: string) => string): Parsed<string> {
  if (text.includes("\0")) return { problem: "not a path", wanted: "the path of a PEM file" };
  return { value: resolve(text) };
}

function parseSubnets(text: string): Parsed<readonly string[]> {
  const wanted = "addresses or subnets of your proxies such as 127.0.0.1 or 10.0.0.0/8, or unix";
  const values: string[] = [];
  for (const part of splitList(text.toLowerCase())) {
    const value = part === UNIX_PEER ? part : parseSubnet(part);
    if (value === null) return { problem: `${part} is not an address or subnet`, wanted };
    if (value.endsWith("/0")) return { problem: `${part} would trust everyone`, wanted };
    values.push(value);
  }
  return values.length === 0 ? { problem: "an empty list", wanted } : { value: values };
}

function basePath(text: string): Parsed<string> {
  if (/^\/*$/.test(text)) return { value: "" };
  const value = checkPrefix(text);
  return value === null
    ? { problem: "not a path", wanted: "a path such as /ai-usage, of letters, digits and . _ ~ -" }
    : { value };
}

/** Headers that already have another meaning. */
const TAKEN =
  /^(?:authorization|connection|content-.*|cookie|forwarded|host|origin|via|x-auth-token|x-forwarded-.*)$/;

function parseHeader(text: string): Parsed<string> {
  const name = text.toLowerCase();
  const wanted = "the name of a header such as Remote-User";
  if (!/^[a-z][a-z0-9-]{0,63}$/.test(name)) return { problem: "not the name of a header", wanted };
  return TAKEN.test(name) ? { problem: "a header that has another meaning", wanted } : { value: name };
}

const ROLES: readonly IdentityRole[] = ["viewer", "operator", "admin"];

function parseRoles(text: string): Parsed<ReadonlyMap<string, IdentityRole>> {
  const wanted = `GROUP=ROLE, where a role is ${ROLES.join(", ")}, such as admins=admin`;
  const value = new Map<string, IdentityRole>();
  for (const part of text.split(/[\n,]+/).map((one) => one.trim()).filter((one) => one !== "")) {
    const at = part.lastIndexOf("=");
    const role = ROLES.find((one) => one === part.slice(at + 1).trim().toLowerCase());
    const group = part.slice(0, Math.max(0, at)).trim();
    if (group === "" || role === undefined) return { problem: `${part} is not GROUP=ROLE`, wanted };
    value.set(group, role);
  }
  return value.size === 0 ? { problem: "an empty list", wanted } : { value };
}

export const parseProxy = {
  file: parseFile,
  subnets: parseSubnets,
  basePath,
  header: parseHeader,
  roles: parseRoles,
};
