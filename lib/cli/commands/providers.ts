/** `syntrack providers`: what is configured and where it was found, never the value. */
import { providersJson } from "../../dialects/setup.ts";
import { formatDuration } from "../../model/format.ts";
import type { ProviderStatus } from "../../services.ts";
import { plain } from "../../text.ts";
import { grid } from "../grid.ts";
import { EXIT_OK } from "../io.ts";
import { checkProvider } from "../known_providers.ts";
import type { Paint } from "../paint.ts";
import { listProviders } from "../program_for.ts";
import type { Tools } from "../tools.ts";
import { textOf } from "../values.ts";

export async function providers(tools: Tools): Promise<number> {
  const only = textOf(tools.typed, "provider");
  if (only !== undefined) checkProvider(only);
  const statuses = (await listProviders(tools)).filter(({ id }) => only === undefined || id === only);
  if (tools.json) {
    tools.printJson(providersJson(statuses));
    return EXIT_OK;
  }
  const { paint } = tools;
  const columns = [
    { title: "Provider" },
    { title: "Name" },
    { title: "State" },
    { title: "Every", right: true },
    { title: "Where" },
  ];
  tools.print(...grid(columns, statuses.flatMap((status) => rowsOf(status, paint)), paint));
  for (const { id, baseUrl } of statuses) {
    if (baseUrl !== null) {
      tools.print(paint.yellow(`${id} is asked at ${plain(baseUrl)} instead of its own address`));
    }
  }
  return EXIT_OK;
}

function rowsOf(status: ProviderStatus, paint: Paint): readonly (readonly string[])[] {
  const { id, name, accounts, intervalMs, problem, setup } = status;
  const every = formatDuration(intervalMs);
  if (problem !== null) return [[id, name, paint.red("✕ problem"), every, plain(problem)]];
  if (accounts.length === 0) return [[id, name, paint.dim("○ not set"), every, paint.dim(setup)]];
  return accounts.map((account) => {
    const own = accounts.length > 1 || account.name !== "default" ? ` (${plain(account.name)})` : "";
    return [id, name + own, paint.green("● found"), every, plain(account.source)];
  });
}
