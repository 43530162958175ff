/** `syntrack account add custom --file`: adds a declared source, after checking all of it. */
import { AccountError } from "../accounts/accounts.ts";
import { openStore } from "../app/compose.ts";
import { offerDeclaration, type OfferedCustom } from "../app/custom.ts";
import { problemText } from "../config/problem.ts";
import { readFileText } from "../config/system.ts";
import { accountKey } from "../model/quota.ts";
import { plain } from "../base/text.ts";
import { readSettings } from "./account_secrets.ts";
import { CliError, EXIT_FAILED, EXIT_OK, EXIT_USAGE, usageError } from "./io.ts";
import { checkProgram, programFor } from "./program_for.ts";
import type { Tools } from "./tools.ts";
import { hasFlag, parseTypedText } from "./values.ts";

/** @throws {CliError} */
export async function addCustom(tools: Tools, what: string): Promise<number> {
  if (what !== "custom") {
    throw usageError("--file declares a source of your own", "Use `syntrack account add custom --file FILE`");
  }
  const offered = readOffer(tools);
  // Ask first and store afterwards: a user who cancels has changed nothing.
  const values = await readValues(tools, offered);
  offered.save();

  const { provider } = offered;
  tools.recordAction({
    target: provider.id,
    detail: { declared: true, stored: Object.keys(values).join(", ") },
  });
  const program = checkProgram(tools, { quiet: true });
  await using store = await openStore(program.config);
  const composed = program.compose(store);
  try {
    await composed.scheduler.discover();
    const key = accountKey(provider.id, parseTypedText(tools.typed, "name") ?? "default");
    if (Object.keys(values).length > 0) {
      const known = (await composed.accounts.list()).find((one) => one.key === key);
      // A new key replaces the old one; the history stays.
      if (known?.stored) await composed.accounts.remove(key);
      await composed.accounts.add({ provider: provider.id, name: key.slice(provider.id.length + 1), values });
    }
    if (tools.json) tools.printJson({ account: key });
    else tools.print(describeOffer(offered, Object.keys(values).length > 0));
    return hasFlag(tools.typed, "check") ? await check(tools, composed.scheduler, key) : EXIT_OK;
  } catch (error) {
    throw error instanceof AccountError ? new CliError(EXIT_USAGE, error.message) : error;
  } finally {
    await composed.stop();
  }
}

async function check(
  tools: Tools,
  scheduler: ReturnType<ReturnType<typeof checkProgram>["compose"]>["scheduler"],
  key: ReturnType<typeof accountKey>,
): Promise<number> {
  const [outcome] = await scheduler.pollNow(key);
  if (outcome?.kind === "ok") return EXIT_OK;
  tools.report(`syntrack: ${outcome?.kind ?? "not polled"}: ${plain(outcome?.hint ?? "it was not found")}`);
  return EXIT_FAILED;
}

function readOffer(tools: Tools): OfferedCustom {
  const path = parseTypedText(tools.typed, "file") ?? "";
  const program = programFor(tools, { quiet: true });
  let text: string | undefined;
  try {
    text = readFileText(program.environment.resolve(path))?.text;
  } catch (error) {
    const reason = error instanceof Error ? error.name : "unknown reason";
    throw usageError(`Cannot read ${JSON.stringify(plain(path, 200))}: ${reason}`);
  }
  if (text === undefined) throw usageError(`There is no file ${JSON.stringify(plain(path, 200))}`);
  const offered = offerDeclaration(text, plain(path, 200), program.place);
  if (!("problems" in offered)) return offered;
  const [first = "", ...rest] = offered.problems.map(problemText);
  throw usageError([first, ...rest.map((one) => `syntrack: ${one}`)].join("\n"), "Nothing was changed");
}

/** Returns the key and the other settings; empty when the source has none. */
async function readValues(
  tools: Tools,
  { provider, settings }: OfferedCustom,
): Promise<Readonly<Record<string, string>>> {
  if (settings.length > 0) return await readSettings(tools, { ...provider, settings });
  if (hasFlag(tools.typed, "stdin")) throw usageError("This source has no key to read from standard input");
  return {};
}

function describeOffer({ label, provider }: OfferedCustom, isStored: boolean): string {
  const begins = `${plain(label)} is declared as ${provider.id}`;
  const goes = "It is polled once syntrack is restarted";
  return isStored ? `${begins}, its key stored, encrypted. ${goes}` : `${begins}. ${goes}`;
}
