/** `syntrack key`: API keys, and `rotate`, which re-encrypts all encrypted data under another key. */
import { LOCAL_OWNER, type Scope } from "../../access/principal.ts";
import type { ApiKey, Keys } from "../../access/access.ts";
import { openStore } from "../../app/compose.ts";
import { plain } from "../../base/text.ts";
import { DAY_MS } from "../../model/duration.ts";
import { isoDate, isoInstant } from "../../model/time.ts";
import { withAccess } from "../access.ts";
import { countText } from "../count_text.ts";
import { formatGrid } from "../grid.ts";
import { EXIT_OK, failure, usageError } from "../io.ts";
import { checkProgram } from "../program_for.ts";
import type { Tools } from "../tools.ts";
import { parseTypedText, wholeNumber } from "../values.ts";

const MAX_DAYS = 3650;

export async function key(tools: Tools): Promise<number> {
  const [action = "", name] = tools.typed.operands;
  if (action === "rotate") await rotate(tools, name);
  else {
    await withAccess(tools, action === "list" ? "read" : "write", async ({ keys }) => {
      await act(tools, keys, action, name);
      if (action === "list") return;
      const scopes = parseTypedText(tools.typed, "scope")?.split("\n").join(", ") ?? "read";
      return {
        target: name === undefined ? null : plain(name, 64),
        detail: action === "create" ? { scopes } : {},
      };
    });
  }
  return EXIT_OK;
}

async function rotate(tools: Tools, name: string | undefined): Promise<void> {
  if (name !== undefined) throw usageError("`syntrack key rotate` takes no name");
  const program = checkProgram(tools, { quiet: true });
  await using store = await openStore(program.config, { create: false });
  const composed = program.compose(store);
  try {
    const accounts = await composed.accounts.rotateKey();
    tools.recordAction({ detail: { accounts } });
    if (tools.json) tools.printJson({ rotated: accounts });
    else tools.print(`The key was changed; ${countText(accounts, "stored account")} re-encrypted`);
  } finally {
    await composed.stop();
  }
}

async function act(tools: Tools, keys: Keys, action: string, name: string | undefined): Promise<void> {
  if (action === "list") return list(tools, await keys.list(), (await tools.dataLocation()).zone());
  if (name === undefined) throw usageError(`Name the key: \`syntrack key ${action} NAME\``);
  if (action === "create") {
    const days = parseTypedText(tools.typed, "expires");
    const expiresAt = days === undefined
      ? null
      : tools.io.clock.now() + wholeNumber(tools.typed, "expires", 0, 1, MAX_DAYS) * DAY_MS;
    const scopes = (parseTypedText(tools.typed, "scope")?.split("\n") ?? ["read"]) as readonly Scope[];
    const accounts = parseTypedText(tools.typed, "only")?.split("\n") ?? null;
    const created = await keys.create({ name, scopes, accounts, expiresAt }, LOCAL_OWNER);
    if (tools.json) tools.printJson({ key: created.secret, ...encodeKey(created.key) });
    else tools.print(created.secret);
    return tools.report("It is shown only once: store it where the program that uses it finds it");
  }
  const all = await keys.list();
  const matches = all.filter((one) => one.name === name || one.prefix === name || one.id === name);
  const [only] = matches;
  if (!only) {
    throw failure(`There is no key "${plain(name, 64)}": \`syntrack key list\` shows the existing ones`);
  }
  if (matches.length > 1) {
    throw failure(
      `Several people have a key named "${plain(name, 64)}": give the first characters of the key`,
    );
  }
  await keys.revoke(only.id);
  if (tools.json) tools.printJson({ revoked: only.name });
  else tools.print(`The key ${plain(only.name)} no longer works`);
}

function list(tools: Tools, keys: readonly ApiKey[], zone: string): void {
  if (tools.json) return tools.printJson({ keys: keys.map(encodeKey) });
  if (keys.length === 0) return tools.print("There are no keys: `syntrack key create NAME`");
  const rows = keys.map((one) => [
    plain(one.name),
    `${one.prefix}...`,
    one.scopes.join(", "),
    one.accounts?.join(", ") ?? "all",
    plain(one.owner ?? ""),
    one.expiresAt === null ? "never" : isoDate(one.expiresAt, zone),
    one.usedAt === null ? "never" : `${isoDate(one.usedAt, zone)} ${one.usedFrom ?? ""}`.trim(),
  ]);
  const titles = ["NAME", "KEY", "MAY", "ACCOUNTS", "OWNER", "ENDS", "LAST USE"].map((title) => ({ title }));
  tools.print(...formatGrid(titles, rows, { paint: tools.paint }));
}

function encodeKey(
  { name, prefix, scopes, accounts, owner, createdAt, expiresAt, usedAt, usedFrom }: ApiKey,
) {
  return {
    name,
    prefix,
    scopes,
    accounts,
    owner,
    createdAt: isoInstant(createdAt),
    expiresAt: isoInstant(expiresAt),
    usedAt: isoInstant(usedAt),
    usedFrom,
  };
}
