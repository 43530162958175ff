import { isRunning } from "../../../lib/accounts/renewal/processes.ts";
import { assertEquals } from "../../support/assert.ts";

const NOTHING = () => Promise.resolve(null);

function proc(programs: Readonly<Record<string, readonly [comm: string, cmdline: string]>>) {
  return {
    os: "linux",
    run: NOTHING,
    readNames: () => ["self", "meminfo", ...Object.keys(programs)],
    readText(path: string) {
      const [, pid = "", what] = /^\/proc\/(\d+)\/(\w+)$/.exec(path) ?? [];
      const [comm, cmdline] = programs[pid] ?? [];
      const text = what === "comm" ? comm : cmdline;
      if (text === undefined) throw new Deno.errors.NotFound(path);
      return text;
    },
  } as const;
}

Deno.test("isRunning() finds a program by name, and a script run by an interpreter", async () => {
  const shell = ["bash", "bash\0"] as const;
  assertEquals(await isRunning(["acme"], proc({ 1: shell })), false);
  assertEquals(await isRunning(["acme"], proc({ 1: shell, 2: ["acme\n", "acme\0--print\0"] })), true);
  assertEquals(await isRunning(["acme"], proc({ 2: ["node\n", "node\0/usr/lib/bin/acme\0"] })), true);
  assertEquals(await isRunning(["acme"], proc({ 2: ["node\n", "node\0/opt/acme.js\0"] })), true);
  // Reading about it is not running it.
  assertEquals(await isRunning(["acme"], proc({ 2: ["vim\n", "vim\0-R\0notes\0acme\0"] })), false);
});

Deno.test("isRunning() asks the system if there is no /proc, and says so if it cannot tell", async () => {
  const ps = (stdout: string, code = 0) =>
    ({ os: "darwin", run: () => Promise.resolve({ code, stdout }) }) as const;
  assertEquals(await isRunning(["acme"], ps("zsh -zsh\nnode node /usr/local/bin/acme\n")), true);
  assertEquals(await isRunning(["acme"], ps("zsh -zsh\n")), false);
  assertEquals(await isRunning(["acme"], ps("", 1)), null);
  assertEquals(await isRunning(["acme"], { os: "darwin", run: NOTHING }), null);
  const refused = () => {
    throw new Deno.errors.NotCapable("no");
  };
  assertEquals(await isRunning(["acme"], { os: "linux", run: NOTHING, readNames: refused }), null);
  assertEquals(await isRunning(["acme"], { ...ps("acme acme\n"), os: "linux", readNames: refused }), true);
});

Deno.test("isRunning() on Windows finds programs but not scripts", async () => {
  const tasks = (...names: readonly string[]) =>
    ({
      os: "windows",
      run: () =>
        Promise.resolve({ code: 0, stdout: names.map((name) => `"${name}","12","Console"`).join("\r\n") }),
    }) as const;
  assertEquals(await isRunning(["acme"], tasks("explorer.exe")), false);
  assertEquals(await isRunning(["acme"], tasks("explorer.exe", "Acme.exe")), true);
  assertEquals(await isRunning(["acme"], tasks("explorer.exe", "node.exe")), null);
});
