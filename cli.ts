/** The program: arguments -> one command -> exit code. `syntrack --help` lists the commands. */

if (import.meta.main) {
  const [command, first = ""] = Deno.args;
  const at = (path: string) => new URL(path, import.meta.url).href;
  // A status line is started several times a second, and loads nothing of the rest.
  if (command === "statusline" && !/^(?:install|uninstall|help|-h|--help)$/.test(first)) {
    const { statusline } = await import(at("./lib/statusline/run.ts"));
    await statusline(Deno.args.slice(1));
  } else {
    const { start } = await import(at("./lib/cli/start.ts"));
    Deno.exitCode = await start(Deno.args);
  }
}
