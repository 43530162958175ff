/** Everything `lazy.ts` loads. The build names it in `_fresh/`, so that it is packed into the single executable; nothing else imports it. */
import { chart, drawUsage } from "./commands/chart.ts";
import { collect } from "./commands/collect.ts";
import { config } from "./commands/config.ts";
import { demo } from "./commands/demo.ts";
import { history } from "./commands/history.ts";
import { providers } from "./commands/providers.ts";
import { query } from "./commands/query.ts";
import { serve } from "./commands/serve.ts";
import { stats } from "./commands/stats.ts";
import { status } from "./commands/status.ts";
import { checkProvider } from "./known_providers.ts";
import { parseArgs } from "./program.ts";
import type { Parts } from "./lazy.ts";

export const PARTS: Parts = {
  chart,
  checkProvider,
  collect,
  config,
  demo,
  drawUsage,
  history,
  parseArgs,
  providers,
  query,
  serve,
  stats,
  status,
};
