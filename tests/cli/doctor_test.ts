/** `syntrack doctor` and `syntrack providers detect`, on the command line. */
import { join } from "node:path";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { unprivilegedTest } from "../support/unprivileged.ts";
import { createCommand, decodeText } from "../support/program.ts";
import { until } from "../support/until.ts";
import { startVendor } from "../support/vendor.ts";
import { withCliHome } from "./support.ts";
// Loaded before privileges are dropped, after which it may not be readable.
import "../../lib/cli/commands/doctor.ts";

interface Doctor {
  readonly ok: boolean;
  readonly checks: readonly { readonly level: string; readonly about: string; readonly finding: string }[];
  readonly reach: readonly {
    readonly provider: string;
    readonly enabled: boolean;
    readonly hosts: readonly string[];
  }[];
}

Deno.test("doctor finds no fault in an empty place, creates nothing, and says that there is no account", async () => {
  await withCliHome(async (place) => {
    const before = [...Deno.readDirSync(place.folder)].length;
    const { code, stdout } = await place.run("doctor --port 0");
    assertEquals(code, 0);
    assertMatch(stdout, /▲ Accounts: none found/);
    assertEquals([...Deno.readDirSync(place.folder)].length, before);
  });
});

Deno.test("doctor breaks lines between words in a narrow terminal, and nowhere else", () =>
  withCliHome(async (place) => {
    const piped = (await place.run("doctor")).stdout;
    const { stdout } = await place.run("doctor", { isTty: true, columns: 40, env: { NO_COLOR: "1" } });
    // What is longer than a line is one word.
    const long = stdout.split("\n").filter((line) => line.length > 40 && /\S \S/.test(line.slice(12)));
    assertEquals(long, []);
    assertEquals(stdout.split(/\s+/), piped.split(/\s+/));
  }));

Deno.test("doctor reports broken settings and a broken database, and ends with 1", async () => {
  await withCliHome(async (place) => {
    await Deno.mkdir(join(place.folder, ".syntrack", "data"), { recursive: true });
    await Deno.writeTextFile(
      place.dbPath,
      "this is no database, and it is long enough to be looked at ".repeat(40),
    );
    const { code, stdout } = await place.run("doctor --json --port 0", {
      env: { SYNTRACK_POLL_INTERVAL: "often" },
    });
    assertEquals(code, 1);
    const { ok, checks } = JSON.parse(stdout) as Doctor;
    assert(!ok);
    const errors = checks.filter(({ level }) => level === "error").map(({ about }) => about);
    assertEquals(errors, ["Settings", "Database"]);
  });
});

Deno.test("doctor contacts no vendor and shows no key; accounts are listed with their origin", async () => {
  await withCliHome(async (place) => {
    const env = { ZAI_API_KEY: "zai-planted", SYNTRACK_ZAI_BASE_URL: "http://127.0.0.1:9" };
    const { code, stdout, stderr } = await place.run("doctor --port 0", { env });
    assertEquals(code, 0);
    assertMatch(stdout, /● Account zai\/default: ZAI_API_KEY in the environment/);
    assert(!`${stdout}${stderr}`.includes("zai-planted"));
    const { reach } = await place.json("doctor --json --port 0", { env }) as Doctor;
    assertEquals(reach.find(({ provider }) => provider === "zai")?.hosts, ["127.0.0.1:9"]);
  });
});

Deno.test("doctor --online polls once, and stores nothing", async () => {
  await withCliHome(async (place) => {
    const env = { ZAI_API_KEY: "zai-planted", SYNTRACK_ZAI_BASE_URL: "http://127.0.0.1:9" };
    const { stdout } = await place.run("doctor --online --port 0", { env });
    assertMatch(stdout, /▲ Asking zai\/default: unavailable: Z\.ai cannot be reached/);
    assertEquals([...Deno.readDirSync(place.folder)].length, 0);
  });
});

Deno.test("doctor --permissions refuses unusable settings by name", async () => {
  await withCliHome(async (place) => {
    const { code, stderr } = await place.run("doctor --permissions --port many");
    assertEquals(code, 2);
    assertStringIncludes(stderr, "--port");
  });
});

Deno.test("providers detect lists what was found and never its value", async () => {
  await withCliHome(async (place) => {
    assertStringIncludes((await place.run("providers detect")).stdout, "No login was found");
    const { stdout } = await place.run("providers detect", { env: { ZAI_API_KEY: "zai-planted" } });
    assertMatch(stdout, /zai\s+default\s+unknown\s+unknown\s+ZAI_API_KEY in the environment/);
    assert(!stdout.includes("zai-planted"));
  });
});

unprivilegedTest(
  "doctor reports where the database cannot be created, with the folder that prevents it",
  import.meta.url,
  async () => {
    await withCliHome(async (place) => {
      const home = join(place.folder, "barred");
      await Deno.mkdir(home);
      await Deno.chmod(home, 0o555);
      const { code, stdout, stderr } = await place.run(`doctor --port 0 --db ${join(home, "data", "s.db")}`);
      assertEquals(code, 1, stderr);
      assertMatch(
        stdout,
        /✕ Database: \S*barred cannot be written \(PermissionDenied\), so nothing can be stored/,
      );
      assert(!stdout.includes("the first poll creates it"));
    });
  },
);

Deno.test("doctor names the obstacle in place of the database's folder", async () => {
  await withCliHome(async (place) => {
    await Deno.writeTextFile(join(place.folder, "file"), "");
    const { code, stdout } = await place.run(`doctor --port 0 --db ${join(place.folder, "file", "s.db")}`);
    assertEquals(code, 1);
    assertMatch(stdout, /✕ Database: \S*file is not a folder: move it away/);
  });
});

Deno.test("doctor reports a full disk, and leaves nothing on it", {
  // Only an administrator can create a small disk.
  ignore: Deno.build.os !== "linux" || Deno.uid() !== 0,
}, async () => {
  await withCliHome(async (place) => {
    const disk = join(place.folder, "disk");
    await Deno.mkdir(disk);
    const mount = (...args: string[]) => new Deno.Command(args[0]!, { args: args.slice(1) }).output();
    const { success } = await mount("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk);
    if (!success) return;
    try {
      const { code, stdout } = await place.run(`doctor --port 0 --db ${join(disk, "s.db")}`);
      assertEquals(code, 1);
      assertMatch(
        stdout,
        /✕ Database: the disk of \S*disk is full, so nothing can be stored: free some space/,
      );
      assertEquals([...Deno.readDirSync(disk)], []);
    } finally {
      // A child process that another test is just starting has a copy of every file that was open here.
      await until("the disk to be unused", async () => (await mount("umount", disk)).success);
    }
  });
});

Deno.test("doctor finds a running syntrack without the proxy of the environment", async () => {
  await using proxy = startVendor(() => new Response(null, { status: 502 }));
  await using own = startVendor(() => Response.json({ instance: "x" }));
  await withCliHome(async (place) => {
    const { port } = new URL(own.origin);
    // In a process of its own: tests that run at the same time share their environment, and would use the proxy too.
    const env = { http_proxy: proxy.origin };
    const { stdout } = await createCommand(place, ["doctor", "--port", port], env).output();
    assertMatch(decodeText(stdout), /is used by a running syntrack/);
    assertEquals(proxy.requests.length, 0);
  });
});
