/** `syntrack completion`: a completion script for a shell, and the stored names it completes. */
import { PRODUCTS } from "../../../providers/products.ts";
import { writeCompletion } from "../completion.ts";
import { EXIT_OK, usageError } from "../io.ts";
import { harmless } from "../../base/text.ts";
import { compareNames, splitAccountKey } from "../../model/quota.ts";
import { type NameKind, type Shell, SHELLS } from "../table_shell.ts";
import type { Tools } from "../tools.ts";
import { parseTypedText } from "../values.ts";

export async function completion(tools: Tools): Promise<number> {
  const names = parseTypedText(tools.typed, "names") as NameKind | undefined;
  if (names !== undefined) {
    tools.print(...await readNames(tools, names));
    return EXIT_OK;
  }
  const [shell] = tools.typed.operands as readonly (Shell | undefined)[];
  if (shell === undefined) {
    throw usageError(
      `completion needs the name of a shell: ${SHELLS.join(", ")}`,
      "See syntrack completion --help",
    );
  }
  tools.printRaw(writeCompletion(shell));
  return EXIT_OK;
}

/** Leaves out names that a shell would not read as one plain word: it could not complete them anyway. */
async function readNames(tools: Tools, kind: NameKind): Promise<readonly string[]> {
  const records = await tools.records({ withHidden: true });
  const found = kind === "providers"
    ? [
      ...PRODUCTS.flatMap(({ id, aliases }) => [id, ...aliases]),
      ...records.map(({ account }) => splitAccountKey(account).provider),
    ]
    : kind === "accounts"
    ? records.map(({ account }) => splitAccountKey(account).name)
    : records.flatMap(({ state }) => Object.keys(state.quotas));
  return [...new Set(found)].filter((name) => /^[\w.@+-]+$/.test(name) && harmless(name) === name)
    .toSorted(compareNames);
}
