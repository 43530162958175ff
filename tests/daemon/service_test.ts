/** Service managers: the commands they get, and that nothing is left half done. */
import { join } from "node:path";
import { serviceFiles } from "../../dev/deploy/services.ts";
import { withCredentials } from "../../lib/cli/credentials.ts";
import { cronLine, launchdFile, windowsTask, withCronLine } from "../../lib/daemon/service/others.ts";
import type { ServiceSpec } from "../../lib/daemon/service/service.ts";
import { systemdFiles } from "../../lib/daemon/service/systemd.ts";
import { assert, assertEquals, assertStringIncludes } from "../support/assert.ts";
import { type CliHome, withCliHome } from "../cli/support.ts";
import { writeScript } from "../support/script.ts";

const linux = Deno.build.os === "linux";
const SPEC: ServiceSpec = {
  program: ["/bin/true"],
  scope: "system",
  tailscale: false,
  home: "/var/lib/syntrack",
  collectTimer: false,
};

function has(tool: string): boolean {
  try {
    return new Deno.Command(tool, { args: ["--version"], stdout: "null", stderr: "null" }).outputSync()
      .success;
  } catch {
    return false;
  }
}

const analyze = linux && has("systemd-analyze");

async function inUnits(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "syntrack-units-" });
  try {
    for (const collectTimer of [false, true]) {
      for (const { name, text } of systemdFiles({ ...SPEC, collectTimer })) {
        await Deno.writeTextFile(join(folder, name), text);
      }
    }
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function output(command: string, args: readonly string[], cwd: string) {
  const { code, stdout, stderr } = await new Deno.Command(command, {
    args: [...args],
    cwd,
    env: { NO_COLOR: "1" },
  })
    .output();
  const text = new TextDecoder();
  return { code, stdout: text.decode(stdout), stderr: text.decode(stderr) };
}

Deno.test({
  name: "systemd-analyze verify reports nothing about the units (needs systemd-analyze)",
  ignore: !analyze,
  fn: () =>
    inUnits(async (folder) => {
      const units = ["./syntrack.service", "./syntrack-collect.service", "./syntrack-collect.timer"];
      const { code, stdout, stderr } = await output(
        "systemd-analyze",
        ["verify", "--man=no", ...units],
        folder,
      );
      assertEquals([code, stdout, stderr], [0, "", ""]);
    }),
});

Deno.test({
  name: "systemd-analyze security scores the system units at most 1.5 (needs systemd-analyze)",
  ignore: !analyze,
  fn: () =>
    inUnits(async (folder) => {
      for (const unit of ["./syntrack.service", "./syntrack-collect.service"]) {
        const { stdout } = await output("systemd-analyze", ["security", "--offline=true", unit], folder);
        const exposure = Number(/Overall exposure level for \S+: ([\d.]+)/.exec(stdout)?.[1]);
        assert(exposure <= 1.5, `${unit}: ${exposure}`);
      }
    }),
});

Deno.test("the units are named, restarted, timed and logged as promised", () => {
  const [server] = systemdFiles(SPEC);
  for (
    const line of [
      "SyslogIdentifier=syntrack",
      "Restart=on-failure",
      "RestartSec=5",
      "User=syntrack",
      "LoadCredential=keys:/etc/syntrack/keys",
      "StateDirectoryMode=0700",
      "NoNewPrivileges=true",
      "ProtectSystem=strict",
      "ProtectHome=true",
      "PrivateTmp=true",
    ]
  ) {
    assertStringIncludes(server?.text ?? "", `\n${line}\n`);
  }
  const [collect, timer] = systemdFiles({ ...SPEC, collectTimer: true });
  assertStringIncludes(collect?.text ?? "", "Type=oneshot");
  for (const line of ["OnCalendar=*:0/30", "Persistent=true", "RandomizedDelaySec="]) {
    assertStringIncludes(timer?.text ?? "", line);
  }
  assertStringIncludes(
    systemdFiles({ ...SPEC, tailscale: true })[0]?.text ?? "",
    "ExecStart=/bin/true serve --tailscale",
  );
  const odd = systemdFiles({ ...SPEC, program: ['/opt/my "tools"/100%/$x/syntrack'] })[0]?.text ?? "";
  assertStringIncludes(odd, 'ExecStart="/opt/my \\"tools\\"/100%%/$$x/syntrack" serve');
  assert(!/^User=|LoadCredential/m.test(systemdFiles({ ...SPEC, scope: "user" })[0]?.text ?? ""));
});

interface Element {
  readonly name: string;
  readonly children: readonly (Element | string)[];
}

/** Parses XML without relevant attributes. @throws if it is not well formed */
function parseXml(text: string): Element {
  const tokens = text.replace(/<\?.*?\?>|<!DOCTYPE[^>]*>|<!--.*?-->/gs, "").match(/<[^>]+>|[^<]+/g) ?? [];
  const root: { name: string; children: (Element | string)[] } = { name: "", children: [] };
  const open = [root];
  for (const token of tokens) {
    const top = open.at(-1)!;
    const name = /^<\/?([\w:]+)/.exec(token)?.[1] ?? "";
    if (token.startsWith("</")) {
      if (top.name !== name) throw new Error(`"${name}" ends "${top.name}"`);
      open.pop();
    } else if (token.startsWith("<")) {
      const element = { name, children: [] };
      top.children.push(element);
      if (!token.endsWith("/>")) open.push(element);
    } else if (token.trim() !== "") {
      if (/&(?!#\d+;|amp;|lt;|gt;|quot;)/.test(token)) throw new Error(`Not escaped: ${token}`);
      top.children.push(token.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code))));
    }
  }
  if (open.length !== 1) throw new Error(`"${open.at(-1)?.name}" does not end`);
  return root.children.find((child): child is Element => typeof child !== "string")!;
}

function plistValue({ name, children }: Element): unknown {
  const elements = children.filter((child): child is Element => typeof child !== "string");
  if (name === "array") return elements.map(plistValue);
  if (name === "true" || name === "false") return name === "true";
  if (name === "integer") return Number(children[0]);
  if (name !== "dict") return children.join("");
  return Object.fromEntries(
    elements.flatMap((element, at) =>
      at % 2 === 0 ? [[element.children.join(""), plistValue(elements[at + 1]!)]] : []
    ),
  );
}

Deno.test("there is one launchd plist, which runs the right command and restarts only after a failure", () => {
  const spec = { ...SPEC, program: ["/Users/you/A & B/<syntrack>"], home: "/Users/you" };
  const [dict] = parseXml(launchdFile(spec).text).children;
  const plist = plistValue(dict as Element) as Record<string, unknown>;
  assertEquals(plist.Label, "dev.syntrack");
  assertEquals(plist.ProgramArguments, ["/Users/you/A & B/<syntrack>", "serve"]);
  assertEquals([plist.RunAtLoad, plist.KeepAlive], [true, { SuccessfulExit: false }]);
  assertEquals(plist.StandardErrorPath, "/Users/you/.syntrack/logs/service.log");
  const polls = parseXml(launchdFile({ ...spec, collectTimer: true }).text).children[0] as Element;
  assertEquals((plistValue(polls) as Record<string, unknown>).StartInterval, 1800);
});

Deno.test("the Windows task is well formed, and runs as the user with few privileges", () => {
  const program = ["C:\\Program Files\\Syntrack & co\\syntrack.exe"];
  const { text } = windowsTask({ ...SPEC, program }, "PC\\ann");
  assertEquals(parseXml(text).name, "Task");
  for (const part of ["<LogonType>InteractiveToken</LogonType>", "<RunLevel>LeastPrivilege</RunLevel>"]) {
    assertStringIncludes(text, part);
  }
  assertStringIncludes(text, "Syntrack &#38; co");
  assert(!/S-1-5-18|SYSTEM/.test(text));
});

Deno.test({
  name:
    "the line of cron polls in its folder, stamps each run and appends what it says, and stands there once",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withCliHome(async ({ folder }) => {
      const home = join(folder, "it's home");
      await Deno.mkdir(join(home, ".syntrack", "logs"), { recursive: true });
      const program = join(folder, "program");
      await writeScript(program, '#!/bin/sh\necho "$PWD $1 $DENO_NO_UPDATE_CHECK"; echo trouble >&2\n');
      const line = cronLine({ program: [program], home });
      // cron passes everything after the five fields to a shell, with its own escapes removed.
      const command = line.split(" ").slice(5).join(" ").replaceAll("\\%", "%");
      for (const _ of [1, 2]) assertEquals((await output("sh", ["-c", command], folder)).code, 0);
      const log = await Deno.readTextFile(join(home, ".syntrack", "logs", "syntrack.log"));
      assertEquals(
        log.replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4}/g, "TIME").split("\n").slice(0, 3),
        ["TIME collect", `${join(home, ".syntrack")} collect 1`, "trouble"],
      );
      assertEquals(log.split("trouble").length, 3);
      const others = "MAILTO=ann\n0 5 * * * backup\n";
      const once = withCronLine(others, line);
      assertEquals(withCronLine(once, line), once);
      assertEquals(withCronLine(once, null), others);
    }),
});

Deno.test({
  name: "the OpenRC script is valid shell",
  ignore: Deno.build.os === "windows",
  async fn() {
    const [path, text] = Object.entries(serviceFiles()).find(([path]) => path.includes("openrc")) ?? [];
    assertEquals(path, "deploy/openrc/syntrack");
    const child = new Deno.Command("sh", { args: ["-n"], stdin: "piped", stderr: "piped" }).spawn();
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(text));
    await writer.close();
    assertEquals((await child.output()).code, 0);
  },
});

/** A system command that records its calls. */
async function fakeCommand(place: CliHome, name: string, body: string): Promise<void> {
  const bin = join(place.folder, "bin");
  await Deno.mkdir(bin, { recursive: true });
  await writeScript(
    join(bin, name),
    `#!/bin/sh\necho "${name} $*" >> "${place.folder}/calls"\n${body}\n`,
  );
  place.env.PATH = `${bin}:${Deno.env.get("PATH")}`;
}

const calls = (place: CliHome) => Deno.readTextFileSync(join(place.folder, "calls")).trim().split("\n");
const unitOf = (place: CliHome) => join(place.folder, ".config", "systemd", "user", "syntrack.service");
const linuxTest = (name: string, fn: () => Promise<void>) => Deno.test({ name, ignore: !linux, fn });

linuxTest(
  "service install writes the user's unit and starts it, twice like once; uninstall keeps the data",
  () =>
    withCliHome(async (place) => {
      await fakeCommand(place, "systemctl", "echo active");
      await place.fill([["2026-11-21 12:00", 1]]);
      for (const _ of [1, 2]) {
        const { code, stdout } = await place.run("service install");
        assertEquals(code, 0);
        assertStringIncludes(stdout, unitOf(place));
        assertStringIncludes(stdout, "enable-linger");
      }
      assertEquals(calls(place).slice(0, 4), [
        "systemctl --user show-environment",
        "systemctl --user daemon-reload",
        "systemctl --user enable syntrack.service",
        "systemctl --user restart syntrack.service",
      ]);
      const printed = await place.run("service install --print");
      assertEquals(printed.stdout, await Deno.readTextFile(unitOf(place)));
      assertStringIncludes((await place.run("service status")).stdout, "as it should be");
      assertEquals((await place.run("service uninstall")).code, 0);
      assertEquals((await place.run("service uninstall")).stdout, "Nothing of ours is installed there\n");
      assertEquals((await place.run("service status")).code, 1);
      assert((await Deno.stat(place.dbPath)).isFile);
    }),
);

linuxTest(
  "if systemd does not answer, or does not start it, everything is restored",
  () =>
    withCliHome(async (place) => {
      const absent = () => {
        try {
          Deno.statSync(unitOf(place));
          return false;
        } catch {
          return true;
        }
      };
      await fakeCommand(place, "systemctl", "echo 'Failed to connect to bus' >&2; exit 1");
      const dead = await place.run("service install");
      assertEquals([dead.code, absent()], [1, true]);
      assertStringIncludes(dead.stderr, "Failed to connect to bus). Nothing was changed");
      await fakeCommand(place, "systemctl", 'case "$*" in *restart*) echo no >&2; exit 1;; esac');
      const refused = await place.run("service install");
      assertEquals([refused.code, absent()], [1, true]);
      assertStringIncludes(
        refused.stderr,
        "Cannot start syntrack.service: no. Everything was restored",
      );
      // The previous file stays: a unit of an earlier version.
      await Deno.writeTextFile(unitOf(place), "# Made by `syntrack service`, long ago\n");
      assertEquals((await place.run("service install")).code, 1);
      assertEquals(await Deno.readTextFile(unitOf(place)), "# Made by `syntrack service`, long ago\n");
    }),
);

linuxTest(
  "a unit written by someone else is neither replaced nor removed",
  () =>
    withCliHome(async (place) => {
      await fakeCommand(place, "systemctl", "true");
      await Deno.mkdir(join(place.folder, ".config", "systemd", "user"), { recursive: true });
      await Deno.writeTextFile(unitOf(place), "[Service]\nExecStart=/mine\n");
      for (const action of ["install", "uninstall"]) {
        const { code, stderr } = await place.run(`service ${action}`);
        assertEquals(code, 1);
        assertStringIncludes(stderr, "was not made by syntrack and was left as it is");
      }
      assertEquals(await Deno.readTextFile(unitOf(place)), "[Service]\nExecStart=/mine\n");
    }),
);

linuxTest(
  "service install --cron adds its line to the crontab once, beside other lines",
  () =>
    withCliHome(async (place) => {
      const tab = join(place.folder, "tab");
      await fakeCommand(place, "crontab", `if [ "$1" = -l ]; then cat "${tab}"; else cp "$1" "${tab}"; fi`);
      await Deno.writeTextFile(tab, "0 5 * * * backup\n");
      for (const _ of [1, 2]) assertEquals((await place.run("service install --cron")).code, 0);
      const lines = (await Deno.readTextFile(tab)).trim().split("\n");
      assertEquals([lines.length, lines[0]], [2, "0 5 * * * backup"]);
      assertStringIncludes(lines[1] ?? "", "*/30 * * * * cd ");
      assertEquals((Deno.statSync(join(place.folder, ".syntrack", "logs")).mode ?? 0) & 0o777, 0o700);
      assertEquals((await place.run("service uninstall --cron")).code, 0);
      assertEquals(await Deno.readTextFile(tab), "0 5 * * * backup\n");
    }),
);

linuxTest("contradictory options are refused", () =>
  withCliHome(async (place) => {
    for (const args of ["--user --system", "--cron --tailscale", "--collect-timer --tailscale"]) {
      assertEquals((await place.run(`service install ${args}`)).code, 2, args);
    }
  }));

Deno.test("secrets that a service manager passes as files are found by their variables", () =>
  withCliHome(async ({ folder }) => {
    for (const name of ["keys_SYNTHETIC_API_KEY", "ZAI_API_KEY", "readme.txt", "keys_OTHER_KEY"]) {
      await Deno.writeTextFile(join(folder, name), "x");
    }
    assertEquals(withCredentials({ CREDENTIALS_DIRECTORY: folder, OTHER_KEY: "own" }), {
      CREDENTIALS_DIRECTORY: folder,
      OTHER_KEY: "own",
      SYNTHETIC_API_KEY_FILE: `${folder}/keys_SYNTHETIC_API_KEY`,
      ZAI_API_KEY_FILE: `${folder}/ZAI_API_KEY`,
    });
    assertEquals(withCredentials({ CREDENTIALS_DIRECTORY: join(folder, "absent") }), {
      CREDENTIALS_DIRECTORY: join(folder, "absent"),
    });
  }));
