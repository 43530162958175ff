/**
 * `syntrack providers`: what is configured and where it was found, never the value; and what could be
 * configured.
 */
import { providersJson } from "../../formats/setup.ts";
import { formatDuration } from "../../model/view/format.ts";
import type { ProviderStatus } from "../../app/context.ts";
import { plain } from "../../base/text.ts";
import { EXIT_OK } from "../io.ts";
import { checkProvider } from "../products.ts";
import type { Paint } from "../paint.ts";
import { listProviders } from "../program_for.ts";
import { tableLines } from "../show_table.ts";
import type { Tools } from "../tools.ts";
import { parseTypedText } from "../values.ts";
import { wrapMessage } from "../wrap.ts";

/** As wide as the longest variable, so that none is cut. */
const MIN_WHERE = 34;

/** Where variables can be set, at the end of what to set: the same everywhere, so it is said once below the table. */
const PLACES = / (in the environment, .+)$/;

export async function providers(tools: Tools): Promise<number> {
  const only = parseTypedText(tools.typed, "provider");
  if (only !== undefined) checkProvider(only);
  // An invalid config file is an error here as everywhere: the list would not match it.
  await tools.dataLocation();
  const statuses = (await listProviders(tools)).filter(({ id }) => only === undefined || id === only);
  if (tools.json) {
    tools.printJson(providersJson(statuses));
    return EXIT_OK;
  }
  if (tools.typed.operands[0] === "detect") return printDetected(tools, statuses);
  const { paint } = tools;
  const columns = [
    { title: "Provider" },
    { title: "Name", minWidth: 10, dropOrder: 2 },
    { title: "State" },
    { title: "Every", right: true, dropOrder: 3 },
    { title: "Where", minWidth: MIN_WHERE, dropOrder: 1 },
  ];
  tools.print(...tableLines(tools, columns, statuses.flatMap((status) => formatRows(status, paint))));
  const places = statuses.filter(({ accounts }) => accounts.length === 0)
    .flatMap(({ setup }) => PLACES.exec(setup)?.[1] ?? [])[0];
  if (places !== undefined) {
    tools.print("", wrapMessage(paint.dim(`Variables are set ${places}.`), tools.width));
  }
  for (const { id, baseUrl } of statuses) {
    if (baseUrl !== null) {
      tools.print(paint.yellow(`${id} is polled at ${plain(baseUrl)} instead of its own address`));
    }
  }
  return EXIT_OK;
}

/** Lists only what exists, with its owner and expiry. */
function printDetected(tools: Tools, statuses: readonly ProviderStatus[]): number {
  const { paint, now, print } = tools;
  const rows = statuses.flatMap(({ id, accounts, problem }) => [
    ...problem === null ? [] : [[id, paint.red("✕ problem"), "", "", plain(problem)]],
    ...accounts.map(({ name, source, expiresAt, fingerprint }) => [
      id,
      plain(name),
      fingerprint ?? paint.dim("unknown"),
      endText(expiresAt, now, paint),
      plain(source),
    ]),
  ]);
  if (rows.length === 0) {
    print("No login was found. `syntrack doctor` lists every place that was searched");
    return EXIT_OK;
  }
  const columns = [
    { title: "Provider" },
    { title: "Account", minWidth: 8 },
    { title: "Owner", dropOrder: 2 },
    { title: "Expires", dropOrder: 1, minWidth: 8 },
    { title: "Found in", minWidth: 16 },
  ];
  print(...tableLines(tools, columns, rows));
  return EXIT_OK;
}

function endText(expiresAt: number | null, now: number, paint: Paint): string {
  if (expiresAt === null) return paint.dim("unknown");
  const left = formatDuration(Math.abs(expiresAt - now));
  return expiresAt > now ? `in ${left}` : paint.red(`expired ${left} ago`);
}

function formatRows(status: ProviderStatus, paint: Paint): readonly (readonly string[])[] {
  const { id, name, accounts, intervalMs, problem, setup } = status;
  const every = formatDuration(intervalMs);
  if (problem !== null) return [[id, name, paint.red("✕ problem"), every, plain(problem)]];
  if (accounts.length === 0) {
    return [[id, name, paint.dim("○ not set"), every, paint.dim(setup.replace(PLACES, ""))]];
  }
  return accounts.map((account) => {
    const own = accounts.length > 1 || account.name !== "default" ? ` (${plain(account.name)})` : "";
    return [id, name + own, paint.green("● found"), every, plain(account.source)];
  });
}
