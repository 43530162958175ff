/** `syntrack export --what everything`: a whole database, for moving it to another engine. */
import { basename } from "../base/path.ts";
import { plain } from "../base/text.ts";
import { encodeFullExport } from "../transfer/full_export.ts";
import { countText } from "./count_text.ts";
import { EXIT_OK, failure, usageError } from "./io.ts";
import { newFile } from "./new_file.ts";
import type { Tools } from "./tools.ts";
import { parseTypedText } from "./values.ts";

/** Characters written at once. */
const CHUNK = 256 * 1024;
/** Options that would leave a part out. */
const LIMITS = ["account", "quota", "provider", "from", "to", "days", "step", "now"] as const;

export async function exportEverything(tools: Tools, signal?: AbortSignal): Promise<number> {
  const { typed, io } = tools;
  const limit = LIMITS.find((name) => parseTypedText(typed, name) !== undefined);
  if (limit !== undefined) {
    throw usageError(`--what everything exports all data, so it does not accept --${limit}`);
  }
  if ((parseTypedText(typed, "format") ?? "ndjson") !== "ndjson" || tools.json) {
    throw usageError("--what everything is always written as JSON lines", "Leave out --format and --json");
  }
  const name = parseTypedText(typed, "output");
  if (name === undefined && io.stdout.isTty) {
    throw usageError(
      "It contains users, keys and encrypted credentials, which should not appear on a terminal",
      "Name a file with --output",
    );
  }
  const store = await tools.store();
  if (!store) {
    throw failure("There is no database yet, so there is nothing to export", "Start syntrack to create one");
  }
  using file = name === undefined ? null : newFile(name, io);
  const write = file ? (text: string) => file.write(text) : (text: string) => io.stdout.write(text);
  let [text, count] = ["", 0];
  for await (const line of encodeFullExport(store)) {
    text += `${line}\n`;
    count++;
    if (text.length < CHUNK) continue;
    write(text);
    text = "";
    // The store may answer synchronously, so without a pause no signal would be handled.
    if (signal) await tools.clock.sleep(0, signal);
    signal?.throwIfAborted();
  }
  write(text);
  file?.keep();
  tools.recordAction({
    target: "everything",
    detail: { format: "ndjson", rows: count, to: name === undefined ? "stdout" : basename(name) },
  });
  if (name !== undefined) {
    tools.report(
      `Wrote ${countText(count, "line")} to ${
        plain(name)
      }. It contains users, keys and encrypted credentials: keep it as private as the database`,
    );
  }
  return EXIT_OK;
}
