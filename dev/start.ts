/**
 * Starts the program with your own keys and with no more permissions than they need.
 *
 *     deno run -A dev/start.ts [arguments of `syntrack serve`]
 *
 * The list depends on what is configured, so it is worked out first, by the program itself; then the
 * server runs with that list alone. What it does not name, the runtime refuses.
 */
const ROOT = new URL("../", import.meta.url);
const CLI = new URL("../cli.ts", import.meta.url).pathname;
/** A small young generation keeps the memory of an idle server down. */
const RUNTIME = "--v8-flags=--max-semi-space-size=4";

const listed = await new Deno.Command(Deno.execPath(), {
  args: ["run", "-A", CLI, "doctor", "--permissions", "--json", ...placeFlags(Deno.args)],
  stdout: "piped",
  stderr: "inherit",
}).output();
if (!listed.success) Deno.exit(listed.code);
const flags: readonly string[] = JSON.parse(new TextDecoder().decode(listed.stdout));

const server = new Deno.Command(Deno.execPath(), {
  args: [
    "run",
    RUNTIME,
    `--config=${new URL("deno.json", ROOT).pathname}`,
    ...flags,
    CLI,
    "serve",
    ...Deno.args,
  ],
  stdin: "inherit",
  stdout: "inherit",
  stderr: "inherit",
}).spawn();
// Ctrl-C reaches the whole group; a signal to this process alone is passed on.
for (const signal of ["SIGTERM", "SIGHUP"] as const) {
  if (Deno.build.os === "windows") break;
  Deno.addSignalListener(signal, () => server.kill(signal));
}
if (Deno.build.os !== "windows") Deno.addSignalListener("SIGINT", () => {});
Deno.exit((await server.status).code);

/** Of the arguments of `serve`, those that say what is touched. */
function placeFlags(args: readonly string[]): readonly string[] {
  const taken: string[] = [];
  for (const [index, arg] of args.entries()) {
    if (/^--(?:db|config|port|host)=/.test(arg)) taken.push(arg);
    else if (/^--(?:db|config|port|host)$|^-p$/.test(arg)) taken.push(arg, args[index + 1] ?? "");
  }
  return taken;
}
