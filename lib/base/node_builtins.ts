/**
 * Modules of Node that are loaded when they are first used. As imports they would be loaded by every start, and they
 * bring all streams of Node, which takes longer than a quick command.
 */
import type * as crypto from "node:crypto";
import type * as fs from "node:fs";

export function nodeCrypto(): typeof crypto {
  return globalThis.process.getBuiltinModule("node:crypto");
}

export function nodeFs(): typeof fs {
  return globalThis.process.getBuiltinModule("node:fs");
}
