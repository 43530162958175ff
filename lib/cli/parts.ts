/**
 * Everything `lazy.ts` loads, by name, so that the type checker sees that it exists; never imported at run
 * time.
 */
import { asTest } from "./test_options.ts";
import { account } from "./commands/account.ts";
import { alerts } from "./commands/alerts.ts";
import { feeds } from "./commands/feeds.ts";
import { audit } from "./commands/audit.ts";
import { backtest } from "./commands/backtest.ts";
import { channels } from "./commands/channels.ts";
import { chart, drawUsage } from "./commands/chart.ts";
import { collect } from "./commands/collect.ts";
import { config } from "./commands/config.ts";
import { cycles } from "./commands/cycles.ts";
import { db } from "./commands/db.ts";
import { demo } from "./commands/demo.ts";
import { doctor } from "./commands/doctor.ts";
import { export as exportData } from "./commands/export.ts";
import { forecast } from "./commands/forecast.ts";
import { guard } from "./commands/guard.ts";
import { health } from "./commands/health.ts";
import { history } from "./commands/history.ts";
import { horizon } from "./commands/horizon.ts";
import { import as importData } from "./commands/import.ts";
import { insights } from "./commands/insights.ts";
import { notes } from "./commands/notes.ts";
import { key } from "./commands/key.ts";
import { logs } from "./commands/logs.ts";
import { providers } from "./commands/providers.ts";
import { query } from "./commands/query.ts";
import { restart } from "./commands/restart.ts";
import { serve } from "./commands/serve.ts";
import { service } from "./commands/service.ts";
import { sessions } from "./commands/sessions.ts";
import { setup } from "./commands/setup.ts";
import { start } from "./commands/start.ts";
import { spend } from "./commands/spend.ts";
import { stats } from "./commands/stats.ts";
import { status } from "./commands/status.ts";
import { stop } from "./commands/stop.ts";
import { statusline } from "./commands/statusline.ts";
import { token } from "./commands/token.ts";
import { update } from "./commands/update.ts";
import { user } from "./commands/user.ts";
import { completion } from "./commands/completion.ts";
import { open } from "./commands/open.ts";
import { watch } from "./commands/watch.ts";
import { outlook, summarize } from "./outlook.ts";
import { checkProvider, providerId } from "./products.ts";
import { computeLine } from "./compute_line.ts";
import { listConfigured, listUnpolled } from "./configured_accounts.ts";
import { askServer } from "./remote/ask_server.ts";
import { showProgress } from "./progress_line.ts";
import { record } from "./record.ts";
import { parseArgs } from "./program.ts";
import type { Parts } from "./lazy.ts";

export const PARTS: Parts = {
  account,
  askServer,
  audit,
  asTest,
  alerts,
  feeds,
  channels,
  backtest,
  chart,
  checkProvider,
  computeLine,
  providerId,
  collect,
  config,
  listConfigured,
  cycles,
  db,
  demo,
  doctor,
  drawUsage,
  export: exportData,
  forecast,
  guard,
  health,
  history,
  horizon,
  import: importData,
  insights,
  notes,
  key,
  logs,
  outlook,
  parseArgs,
  providers,
  query,
  record,
  restart,
  serve,
  service,
  sessions,
  setup,
  start,
  spend,
  stats,
  status,
  stop,
  statusline,
  token,
  listUnpolled,
  showProgress,
  update,
  user,
  summarize,
  watch,
  completion,
  open,
};
