/** Prints what a server watches at startup, where it shows it, and with which keys. */
import type { SetUp } from "../app/set_up.ts";
import { plain } from "../base/text.ts";
import { scheduleText } from "../config/parse.ts";
import { wallText } from "../model/time.ts";
import type { StartResult } from "./background.ts";
import { formatPairs } from "./grid.ts";
import { maskKey } from "./masked_key.ts";
import { listProviders } from "./program_for.ts";
import type { Tools } from "./tools.ts";

/** Prints the banner once the server answers. Looks up the watched accounts while the server starts. */
export async function printBanner(
  tools: Tools,
  program: SetUp,
  starting: Promise<StartResult>,
): Promise<void> {
  const looking = listWatchedAccounts(tools);
  // The reason why the server does not start is reported first.
  looking.catch(() => {});
  const started = await starting;
  const watched = await looking;
  if (tools.json) tools.printJson(bannerJson(program, started, watched));
  else tools.print(...bannerLines(tools, program, started, watched));
}

function bannerLines(
  tools: Tools,
  program: SetUp,
  started: StartResult,
  watched: readonly string[],
): readonly string[] {
  const { run, already } = started;
  const { config } = program;
  const keys = maskKeys(program);
  const rows: (readonly [string, string])[] = [
    [
      "Providers",
      watched.length === 0 ? "none yet: `syntrack providers` says what to set" : watched.join(", "),
    ],
    ["Interval", scheduleText(config.schedule).replace(/^\d+$/, "every $& s")],
    ["Dashboard", run.url],
    ["Database", plain(run.database)],
    ["Log", plain(run.log ?? "on its terminal")],
    ["User", userText(program)],
    ...keys.map(([name, value]): readonly [string, string] => [name, value]),
  ];
  const since = wallText(run.startedAt, config.timezone);
  const head = already
    ? `Syntrack ${run.version} runs already (process ${run.pid}, since ${since})`
    : `Syntrack ${run.version} runs in the background (process ${run.pid})`;
  return [
    tools.paint.bold(head),
    ...formatPairs(rows, { paint: tools.paint, width: tools.width, indent: "  " }),
    "`syntrack status` shows it, `syntrack logs -f` follows it, `syntrack stop` ends it",
  ];
}

function bannerJson(program: SetUp, { run, already }: StartResult, watched: readonly string[]) {
  const { url, port, pid, database, log, version } = run;
  return {
    url,
    port,
    pid,
    database,
    log,
    version,
    already,
    interval: scheduleText(program.config.schedule),
    accounts: watched,
  };
}

async function listWatchedAccounts(tools: Tools): Promise<readonly string[]> {
  return (await listProviders(tools)).flatMap(({ name, accounts }) =>
    accounts.length === 0
      ? []
      : [accounts.length === 1 ? name : `${name} (${accounts.map((one) => plain(one.name)).join(", ")})`]
  );
}

/** Returns every key that is set, by the name of its variable. */
function maskKeys({ providers, environment }: SetUp): readonly (readonly [string, string])[] {
  const names = new Set(
    providers.flatMap(({ settings }) => settings.filter(({ secret }) => secret).map(({ name }) => name)),
  );
  return [...names].flatMap((name) => {
    const { found } = environment.findSecret(name);
    return found ? [[found.name, maskKey(found.value)] as const] : [];
  });
}

/** Describes who may sign in, as far as the settings tell. */
function userText({ environment }: SetUp): string {
  const user = environment.find("SYNTRACK_ADMIN_USER");
  return user ? plain(user.value) : "anyone on this machine; `syntrack config` lists who else may sign in";
}
