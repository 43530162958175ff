/**
 * Node modules loaded on first use. Imported statically, they would be loaded at every start together with all
 * streams of Node, which takes longer than a quick command.
 */
import type * as crypto from "node:crypto";
import type * as fs from "node:fs";
import type * as path from "node:path";
import type * as url from "node:url";

export function nodeCrypto(): typeof crypto {
  return globalThis.process.getBuiltinModule("node:crypto");
}

export function nodeFs(): typeof fs {
  return globalThis.process.getBuiltinModule("node:fs");
}

export function nodePath(): typeof path {
  return globalThis.process.getBuiltinModule("node:path");
}

export function nodeUrl(): typeof url {
  return globalThis.process.getBuiltinModule("node:url");
}
