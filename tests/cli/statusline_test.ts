/** `syntrack statusline`: installed in the settings of Claude Code, and run as Claude Code runs it. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { SessionFeed } from "../../lib/statusline/feed.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { type CliHome, withCliHome } from "./support.ts";

const CLI = fileURLToPath(new URL("../../cli.ts", import.meta.url));

async function settings(place: CliHome, value?: unknown): Promise<string> {
  const folder = join(place.folder, ".claude");
  await Deno.mkdir(folder, { recursive: true });
  const path = join(folder, "settings.json");
  if (value !== undefined) {
    await Deno.writeTextFile(path, typeof value === "string" ? value : JSON.stringify(value));
  }
  return path;
}

const read = async (path: string) => JSON.parse(await Deno.readTextFile(path));

Deno.test("install keeps everything else, copies the file, and continues to print the old line; uninstall restores it", async () => {
  await withCliHome(async (place) => {
    const before = { model: "opus", statusLine: { type: "command", command: "echo 'my line'", padding: 0 } };
    const path = await settings(place, before);
    const { code, stdout } = await place.run("statusline install --yes --parts five-hour");
    assertEquals(code, 0);
    const after = await read(path);
    assertEquals([after.model, after.statusLine.padding], ["opus", 0]);
    assertMatch(after.statusLine.command, /statusline --parts five-hour --chain 'echo '\\''my line'\\'''$/);
    const [, copy = ""] = /The file as it was: (.+)$/m.exec(stdout) ?? [];
    assertEquals(await read(copy), before);
    assertStringIncludes(
      (await place.run("statusline install --yes --parts five-hour")).stdout,
      "installed already",
    );
    // Another install changes our own part and does not chain itself.
    await place.run("statusline install --yes");
    assertEquals((await read(path)).statusLine.command.match(/statusline/g).length, 1);
    assertEquals((await place.run("statusline uninstall --yes")).code, 0);
    assertEquals(await read(path), before);
    assertStringIncludes((await place.run("statusline uninstall --yes")).stdout, "not installed");
  });
});

Deno.test("install asks first, and changes nothing without a yes", async () => {
  await withCliHome(async (place) => {
    const path = await settings(place, { model: "opus" });
    const refused = await place.run("statusline install", { answers: ["n"] });
    assertEquals(refused.code, 1);
    assertEquals(await read(path), { model: "opus" });
    const nobody = await place.run("statusline install");
    assertStringIncludes(nobody.stderr, "--yes");
    assertEquals((await place.run("statusline install", { answers: ["y"] })).code, 0);
    const { type, command } = (await read(path)).statusLine;
    assertEquals(type, "command");
    // It starts several times a minute, and the runtime must not ask for updates of itself.
    if (Deno.build.os !== "windows") assertMatch(command, /^DENO_NO_UPDATE_CHECK=1 \S*deno run /);
    await place.run("statusline uninstall --yes");
    assertEquals(await read(path), { model: "opus" });
  });
});

Deno.test("invalid JSON settings are left unchanged", async () => {
  await withCliHome(async (place) => {
    const path = await settings(place, "{ // mine\n");
    const { code, stderr } = await place.run("statusline install --yes");
    assertEquals(code, 1);
    assertStringIncludes(stderr, "not a JSON object");
    assertEquals(await Deno.readTextFile(path), "{ // mine\n");
  });
});

Deno.test({
  name:
    "settings that are a link into somebody's dotfiles stay one, and keep their mode; a folder that is begun is private",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withCliHome(async (place) => {
      const target = join(place.folder, "dotfiles.json");
      await Deno.writeTextFile(target, `\ufeff{"model":"opus"}`);
      await Deno.chmod(target, 0o644);
      const path = join(place.folder, ".claude", "settings.json");
      await Deno.mkdir(join(place.folder, ".claude"));
      await Deno.symlink("../dotfiles.json", path);
      const mode = async (of: string) => (await Deno.stat(of)).mode! & 0o777;
      for (const action of ["install", "uninstall"]) {
        assertEquals((await place.run(`statusline ${action} --yes`)).code, 0);
        assertEquals(await Deno.readLink(path), "../dotfiles.json");
        const { model, statusLine } = await read(target);
        assertEquals([model, statusLine !== undefined, await mode(target)], [
          "opus",
          action === "install",
          0o644,
        ]);
      }
      // A broken link is not replaced.
      await Deno.remove(target);
      const refused = await place.run("statusline install --yes");
      assertEquals([refused.code, await Deno.readLink(path)], [1, "../dotfiles.json"]);
      await Deno.remove(join(place.folder, ".claude"), { recursive: true });
      assertEquals((await place.run("statusline install --yes")).code, 0);
      assertEquals([await mode(join(place.folder, ".claude")), await mode(path)], [0o700, 0o600]);
    }),
});

const INPUT = JSON.stringify({
  model: { display_name: "Opus" },
  rate_limits: { five_hour: { used_percentage: 42, resets_at: 4_000_000_000 } },
});

async function bar(
  place: CliHome,
  command: string,
  stdin: string,
  env: Readonly<Record<string, string>> = {},
): Promise<{ code: number; stdout: string }> {
  const child = new Deno.Command("sh", {
    args: ["-c", command],
    cwd: place.folder,
    clearEnv: true,
    env: { HOME: place.folder, PATH: Deno.env.get("PATH") ?? "", DENO_DIR: denoDir(), NO_COLOR: "1", ...env },
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  // Not every command reads its input before it ends.
  const given = new Blob([stdin]).stream().pipeTo(child.stdin).catch(() => {});
  const { code, stdout } = await child.output();
  await given;
  return { code, stdout: new TextDecoder().decode(stdout) };
}

function denoDir(): string {
  const { stdout } = new Deno.Command(Deno.execPath(), { args: ["info", "--json"], stdout: "piped" })
    .outputSync();
  return (JSON.parse(new TextDecoder().decode(stdout)) as { denoDir: string }).denoDir;
}

Deno.test({
  name:
    "the command that install writes prints a line, keeps the limits for whoever polls, and runs what was there before",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withCliHome(async (place) => {
      const path = await settings(place, {
        statusLine: { type: "command", command: "cat | wc -c | tr -d ' '" },
      });
      await Deno.writeTextFile(
        join(place.folder, ".claude", ".credentials.json"),
        JSON.stringify({ claudeAiOauth: { accessToken: "sk-ant-oat01-planted" } }),
      );
      await place.run("statusline install --yes --ascii");
      const { statusLine } = await read(path);
      assertStringIncludes(statusLine.command, CLI);
      const { code, stdout } = await bar(place, statusLine.command, INPUT);
      assertEquals(code, 0);
      assertMatch(stdout, new RegExp(`^${INPUT.length}\nOpus \\| 5h 42% used resets in \\d+d \\d+h\n$`));
      const feed = join(place.folder, ".syntrack", "feeds", "claude-code.json");
      const text = await Deno.readTextFile(feed);
      assertEquals(JSON.parse(text).homes[""].windows, {
        five_hour: { usedPercent: 42, resetsAt: 4_000_000_000_000 },
      });
      assert(!text.includes("planted"));
      assertEquals((await Deno.stat(feed)).mode! & 0o777, 0o600);
      // Without input it shows known figures, and succeeds.
      const again = await bar(place, statusLine.command, "");
      assertEquals(again.code, 0);
      assertMatch(again.stdout, /5h 42% used/);
    }),
});

const LOGIN = JSON.stringify({ claudeAiOauth: { accessToken: "sk-ant-oat01-planted" } });

function limits(session: string, used: number): string {
  return JSON.stringify({
    session_id: session,
    model: { display_name: "Opus" },
    rate_limits: { five_hour: { used_percentage: used, resets_at: 4_000_000_000 } },
  });
}

Deno.test({
  name:
    "whatever the login file holds the line is printed, and figures of nobody known or of another login are not kept as its own",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withCliHome(async (place) => {
      const file = join(place.folder, ".claude", ".credentials.json");
      await settings(place, {});
      await place.run("statusline install --yes --ascii");
      const { statusLine: { command } } = await read(join(place.folder, ".claude", "settings.json"));
      const paint = async (used: number, login: string, env = {}) => {
        await Deno.writeTextFile(file, login);
        const { code, stdout } = await bar(place, command, limits("a", used), env);
        assertEquals(code, 0);
        assertMatch(stdout, new RegExp(`^Opus \\| 5h ${used}% used`));
      };
      const kept = async () => await read(join(place.folder, ".syntrack", "feeds", "claude-code.json"));
      const ofFile = async () => (await kept()).homes[""].windows.five_hour.usedPercent;
      await paint(41, `\ufeff${LOGIN}`);
      assertEquals(await ofFile(), 41);
      for (const [used, login] of [[42, ""], [43, LOGIN.slice(0, 25)]] as const) await paint(used, login);
      await paint(44, LOGIN, { ANTHROPIC_BASE_URL: "https://gateway.example" });
      await paint(45, LOGIN, { CLAUDE_CODE_USE_BEDROCK: "1" });
      assertEquals(await ofFile(), 41);
      await paint(73, LOGIN, { CLAUDE_CODE_OAUTH_TOKEN: "sk-ant-oat01-other" });
      assertEquals(await ofFile(), 41);
      const { tokens } = await kept();
      assertEquals(Object.values(tokens).map((one) => (one as SessionFeed).windows.five_hour?.usedPercent), [
        73,
      ]);
      assert(!JSON.stringify(tokens).includes("sk-ant"));
      // Another session with lower figures adds nothing, and shows the counting ones.
      const { stdout } = await bar(place, command, limits("b", 12));
      assertMatch(stdout, /5h 41% used/);
      assertEquals(await ofFile(), 41);
    }),
});
