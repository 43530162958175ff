/** `syntrack feeds`: addresses at which calendars and feed readers find resets and alerts. */
import { LOCAL_OWNER } from "../../access/principal.ts";
import type { Feed, FeedKind, Feeds } from "../../access/access.ts";
import { plain } from "../../base/text.ts";
import { isoDate, isoInstant } from "../../model/time.ts";
import { formatOrigin } from "../../net/address.ts";
import { withAccess } from "../access.ts";
import { pathsFor } from "../daemon_paths.ts";
import { formatGrid } from "../grid.ts";
import { EXIT_OK, failure, usageError } from "../io.ts";
import { chooseRun } from "../own_runs.ts";
import { checkProgram } from "../program_for.ts";
import type { FeedAction } from "../table_alerts.ts";
import type { Tools } from "../tools.ts";
import { parseTypedText } from "../values.ts";

const PATHS: Readonly<Record<FeedKind, string>> = { alerts: "alerts.atom", calendar: "calendar.ics" };

export async function feeds(tools: Tools): Promise<number> {
  const [action = "list", name] = tools.typed.operands as readonly [FeedAction?, string?];
  if (action === "list" && name !== undefined) throw usageError("`syntrack feeds list` takes no name");
  await withAccess(tools, action === "list" ? "read" : "write", async ({ feeds }) => {
    if (action === "list") return list(tools, await feeds.list(), (await tools.dataLocation()).zone());
    if (name === undefined) throw usageError(`Name the feed: \`syntrack feeds ${action} NAME\``);
    await (action === "add" ? add(tools, feeds, name) : revoke(tools, feeds, name));
    return { target: plain(name, 64) };
  });
  return EXIT_OK;
}

async function add(tools: Tools, feeds: Feeds, name: string): Promise<void> {
  const kind = (parseTypedText(tools.typed, "kind") ?? "calendar") as FeedKind;
  const accounts = parseTypedText(tools.typed, "only")?.split("\n") ?? null;
  // Find the address first: the secret is shown once, and without an address the feed would be lost.
  const origin = originOfServer(tools);
  const { feed, secret } = await feeds.create({ name, kind, accounts }, LOCAL_OWNER);
  const address = `${origin}/feeds/${secret}/${PATHS[kind]}`;
  if (tools.json) tools.printJson({ address, ...encodeFeed(feed) });
  else tools.print(address);
  tools.report("It is shown only once, and anyone who has it can read the feed: keep it private");
}

/** Returns the address of the running server, or the one the settings give. @throws {CliError} for several servers */
function originOfServer(tools: Tools): string {
  const paths = pathsFor(tools.io, false);
  const run = paths && chooseRun(tools, paths.runFolder);
  // A server that listens only on a socket has no address for a calendar.
  if (run && /^https?:/.test(run.url)) return run.url.replace(/\/+$/, "");
  const { config: { listen, port } } = checkProgram(tools, { quiet: true });
  return `${formatOrigin(listen.tlsCert === null ? "http" : "https", "127.0.0.1", port)}${listen.basePath}`;
}

async function revoke(tools: Tools, feeds: Feeds, name: string): Promise<void> {
  const matches = (await feeds.list()).filter((one) => one.name === name || one.id === name);
  const [only] = matches;
  if (!only) {
    throw failure(`There is no feed "${plain(name, 64)}"`, "`syntrack feeds` lists them");
  }
  if (matches.length > 1) {
    throw failure(
      `Several people have a feed named "${plain(name, 64)}"`,
      "Use its id, which `syntrack feeds --json` lists",
    );
  }
  await feeds.revoke(only.id);
  if (tools.json) tools.printJson({ revoked: only.name });
  else tools.print(`The address of ${plain(only.name)} no longer works`);
}

function list(tools: Tools, feeds: readonly Feed[], zone: string): void {
  if (tools.json) return tools.printJson({ feeds: feeds.map(encodeFeed) });
  if (feeds.length === 0) return tools.print("There are no feeds: `syntrack feeds add NAME --kind calendar`");
  const rows = feeds.map(({ name, kind, accounts, owner, createdAt, usedAt }) => [
    plain(name),
    kind,
    accounts?.join(", ") ?? "all",
    plain(owner ?? ""),
    isoDate(createdAt, zone),
    usedAt === null ? "never" : isoDate(usedAt, zone),
  ]);
  const titles = ["NAME", "KIND", "ACCOUNTS", "OWNER", "MADE", "LAST USE"].map((title) => ({ title }));
  tools.print(...formatGrid(titles, rows, { paint: tools.paint }));
}

function encodeFeed({ id, name, kind, accounts, owner, createdAt, usedAt }: Feed) {
  return { id, name, kind, accounts, owner, createdAt: isoInstant(createdAt), usedAt: isoInstant(usedAt) };
}
