/** `watch`: screens and keys in process, and a real terminal that is restored on every exit. */
import { FakeClock } from "../support/fake_clock.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import type { Screen } from "../../lib/cli/io.ts";
import { parseKeys } from "../../lib/cli/keys.ts";
import { drawingOn } from "../../lib/cli/draw.ts";
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import { commitAll, pollsOf } from "../store/polls.ts";
import { reading } from "../support/readings.ts";
import { startVendor } from "../support/vendor.ts";
import { fortyQuotas, manyAccounts, percentOf } from "./many_accounts.ts";
import { type CliHome, NOW, withCliHome } from "./support.ts";

/** A screen of a size that gets keys in order and records all output. */
class FakeScreen implements Screen {
  readonly written: string[] = [];
  isClosed = false;
  columns: number;
  rows: number;
  readonly #steps: (string | (() => string | Promise<string>))[];

  constructor(steps: readonly (string | (() => string | Promise<string>))[], columns = 80, rows = 24) {
    this.#steps = [...steps];
    this.columns = columns;
    this.rows = rows;
  }

  size() {
    return { columns: this.columns, rows: this.rows };
  }

  write(text: string) {
    this.written.push(text);
  }

  async key() {
    const step = this.#steps.shift() ?? "q";
    return typeof step === "string" ? step : await step();
  }

  close() {
    this.isClosed = true;
  }

  /** The contents of the rows, as a terminal would show them. */
  picture(): readonly string[] {
    const rows: string[] = [];
    for (const text of this.written) {
      if (text.startsWith("\x1b[2J")) rows.length = 0;
      // deno-lint-ignore no-control-regex
      for (const [, row, line = ""] of text.matchAll(/\x1b\[(\d+);1H(.*?)\x1b\[0m\x1b\[K/g)) {
        // deno-lint-ignore no-control-regex
        rows[Number(row) - 1] = line.replace(/\x1b\[[0-9;]*m/g, "");
      }
    }
    return rows;
  }
}

const TTY = { isTty: true, columns: 80, rows: 24, env: { NO_COLOR: "1" } };

Deno.test("keys scroll through more quotas than fit, show help, and exit with the screen left behind", () =>
  withCliHome(async (place) => {
    await fortyQuotas(place);
    const seen: (readonly string[])[] = [];
    const look = (key: string) => () => {
      seen.push(screen.picture());
      return key;
    };
    const keys = ["j", "pagedown", "G", "g", "?", "?"].map(look);
    const screen: FakeScreen = new FakeScreen([...keys, look("q")]);
    const { code, stdout } = await place.run("watch", { ...TTY, screen });
    assertEquals([code, screen.isClosed], [0, true]);
    const first = seen.map((rows) => rows.find((row) => /^[●▲✕○]/.test(row)) ?? "");
    assertStringIncludes(first[0] ?? "", "93%");
    assertStringIncludes(first[1] ?? "", "92%");
    assert(seen[3]?.some((row) => / 0% /.test(row)), seen[3]?.join("\n"));
    assertEquals(first[4], first[0]);
    assertMatch(seen[5]?.join("\n") ?? "", /j, down/);
    assertEquals(seen[6], seen[4]);
    for (const rows of seen) assertEquals(rows.length, 24);
    assertStringIncludes(stdout, "93%");
  }));

/** Two quotas whose names begin alike, in an account with a long name. */
async function alikeQuotas(place: CliHome) {
  await using store = await openSqliteStore(place.dbPath);
  const readings = ([["opus", 64, "Weekly, Opus only"], ["all", 31, "Weekly, all models"]] as const)
    .map(([quota, used, label]) => reading({ ...percentOf(quota, label), used }));
  const key = "anthropic/anna-and-company";
  await commitAll(store, pollsOf([{ at: NOW - 60_000, readings }], key, await store.recall(key)));
}

Deno.test("on a terminal of 40 columns names wrap, so that no two quotas look alike", () =>
  withCliHome(async (place) => {
    await alikeQuotas(place);
    const tables: string[] = [];
    for (const columns of [40, 47]) {
      const screen: FakeScreen = new FakeScreen(
        [() => {
          const rows = screen.picture();
          const from = rows.findIndex((row) => row.includes("Quota"));
          tables.push(rows.slice(from, -1).filter((row) => row !== "").join("\n"));
          return "q";
        }],
        columns,
        20,
      );
      await place.run("watch", { ...TTY, columns, screen });
    }
    assertEquals(tables, [
      [
        "   Quota                    Used  Resets",
        "────────────────────────────────────────",
        "✕  Claude                    64%      3h",
        "   (anna-and-company)",
        "   Weekly, Opus only",
        "●  Claude                    31%      3h",
        "   (anna-and-company)",
        "   Weekly, all models",
      ].join("\n"),
      [
        "   Quota                           Used  Resets",
        "───────────────────────────────────────────────",
        "✕  Claude (anna-and-company)        64%      3h",
        "   Weekly, Opus only",
        "●  Claude (anna-and-company)        31%      3h",
        "   Weekly, all models",
      ].join("\n"),
    ]);
  }));

Deno.test("a narrow screen scrolls by whole quotas, to a full last page", () =>
  withCliHome(async (place) => {
    await fortyQuotas(place);
    const seen: (readonly string[])[] = [];
    const look = (key: string) => () => {
      seen.push(screen.picture());
      return key;
    };
    const screen: FakeScreen = new FakeScreen(["j", "space", "G", "k", "q"].map(look), 24, 16);
    await place.run("watch", { ...TTY, screen });
    const shares = seen.map((rows) =>
      rows.flatMap((row) => /^[●▲✕○].* (\d+)% /.exec(row)?.[1] ?? []).map(Number)
    );
    const [page, down, next, last, up] = shares;
    assertEquals([page![0], down![0]], [93, 92]);
    assert(page!.length >= 3, seen[0]!.join("\n"));
    // A page ends where the next one begins.
    assertEquals(next![0], down!.at(-1)! - (down!.at(-1)! % 7 === 0 ? 5 : 1));
    assertEquals(last!.at(-1), 0);
    assertEquals(up![0], last![0]! + (last![0]! % 7 === 2 ? 5 : 1));
    for (const rows of seen) assertEquals(rows.length, 16);
  }));

Deno.test("only changed lines are drawn again, and a new size draws all of them", () =>
  withCliHome(async (place) => {
    await manyAccounts(place);
    const counts: number[] = [];
    const count = (key: string, act = () => {}) => () => {
      counts.push(screen.written.splice(0).join("").split("\x1b[K").length - 1);
      act();
      return key;
    };
    const screen: FakeScreen = new FakeScreen([
      count("r"),
      count("k"),
      count("resize", () => screen.rows = 12),
      count("q"),
    ]);
    await place.run("watch", { ...TTY, screen });
    assertEquals(counts, [24, 0, 0, 12]);
  }));

Deno.test("a drawing writes only what changed", () => {
  const written: string[] = [];
  const drawing = drawingOn((text) => void written.push(text));
  const size = { columns: 10, rows: 3 };
  drawing.show(["one", "two", "three"], size);
  drawing.show(["one", "TWO", "three"], size);
  drawing.show(["one", "TWO", "three"], size);
  assertEquals(written.slice(1), ["\x1b[2;1HTWO\x1b[0m\x1b[K"]);
});

Deno.test("new readings appear, and a store created later is found", () =>
  withCliHome(async (place) => {
    const clock = new FakeClock(NOW);
    const seen: string[] = [];
    const screen: FakeScreen = new FakeScreen([
      async () => {
        seen.push(screen.picture().join("\n"));
        await place.fill([["2026-11-21 12:58", 40], ["2026-11-21 12:59", 41]], percentOf("main", "Main"));
        return "r";
      },
      () => {
        seen.push(screen.picture().join("\n"));
        return "q";
      },
    ]);
    await place.run("watch --refresh 5s", { ...TTY, screen, clock });
    assertStringIncludes(seen[0] ?? "", "No readings yet");
    assertStringIncludes(seen[1] ?? "", "41%");
  }));

Deno.test("while no account has been read the screen says why, without the head of a table", () =>
  withCliHome(async (place) => {
    await using vendor = startVendor(() => new Response(null, { status: 401 }));
    place.env.SYNTHETIC_API_KEY = "syn_a-key-that-is-wrong";
    place.env.SYNTRACK_SYNTHETIC_BASE_URL = vendor.origin;
    await place.run("collect");
    const screen: FakeScreen = new FakeScreen(["q"], 80, 24);
    await place.run("watch", { ...TTY, screen, clock: new FakeClock(NOW) });
    const [headline, ...rest] = screen.picture().slice(0, -1).filter((line) => line.trim() !== "");
    assertEquals(headline, "Unknown: no account has been read yet.");
    assertMatch(rest.join(" "), /^✕ Synthetic: .*Key refused by Synthetic/);
    assert(!rest.some((line) => /State|─/.test(line)), rest.join("\n"));
  }));

Deno.test("new readings appear although the clock was set back", () =>
  withCliHome(async (place) => {
    const clock = new FakeClock(NOW);
    await place.fill([["2026-11-21 12:58", 40]], percentOf("main", "Main"));
    const seen: string[] = [];
    const screen: FakeScreen = new FakeScreen([
      async () => {
        await place.fill([["2026-11-21 12:59", 63]], percentOf("main", "Main"));
        clock.jump(-24 * 3_600_000);
        return "down";
      },
      () => {
        seen.push(screen.picture().join("\n"));
        return "q";
      },
    ]);
    await place.run("watch", { ...TTY, screen, clock });
    assertStringIncludes(seen[0] ?? "", "63%");
  }));

Deno.test("without a terminal, and with --once, there is one screen and then an exit", () =>
  withCliHome(async (place) => {
    await manyAccounts(place);
    const piped = await place.run("watch");
    assertEquals([piped.code, piped.stderr], [0, ""]);
    assertEquals(piped.stdout, (await place.run("status")).stdout);
    assertEquals(await place.json("watch --json"), await place.json("status --json"));
    const screen = new FakeScreen([]);
    assertEquals((await place.run("watch --once", { ...TTY, screen })).code, 0);
    assertEquals(screen.written, []);
    for (const wrong of ["1s", "25h", "soon"]) {
      const { code, stderr } = await place.run(`watch --refresh ${wrong}`);
      assertEquals(code, 2);
      assertMatch(stderr, /--refresh takes 2s to 24h/);
    }
  }));

Deno.test("a screen that cannot be drawn restores the terminal before it says why", () =>
  withCliHome(async (place) => {
    await manyAccounts(place);
    const screen = new FakeScreen([() => Promise.reject(new Error("the terminal went away"))]);
    const { code, stderr } = await place.run("watch", { ...TTY, screen });
    assertEquals([code, screen.isClosed], [1, true]);
    assertStringIncludes(stderr, "the terminal went away");
  }));

Deno.test("keys are recognized from the bytes of any terminal, several at once as well", () => {
  assertEquals(parseKeys("jk\x1b[A\x1bOB\x1b[5~\x1b[6~gG\x1b[1;5C\x03?"), [
    "j",
    "k",
    "up",
    "down",
    "pageup",
    "pagedown",
    "g",
    "G",
    "ctrl-c",
    "?",
  ]);
  assertEquals(parseKeys("\x1b"), ["escape"]);
});

/** Runs the program in a separate terminal, waits for its screen, ends it, and returns what it left. */
const IN_PTY = `
import os, pty, signal, sys, termios, time, select, json
how, *command = sys.argv[1:]
pid, fd = pty.fork()
if pid == 0:
    os.execvp(command[0], command)
before = termios.tcgetattr(fd)[3]
out = b""
sent = False
def more(until, seconds):
    global out
    end = time.time() + seconds
    while time.time() < end and until not in out:
        ready, _, _ = select.select([fd], [], [], 0.1)
        if not ready: continue
        try: part = os.read(fd, 65536)
        except OSError: return
        if not part: return
        out += part
more(b"help", 60)
raw = termios.tcgetattr(fd)[3]
if how == "q": os.write(fd, b"q")
elif how == "ctrl-c": os.write(fd, b"\\x03")
else: os.kill(pid, getattr(signal, how))
# Whatever it writes until it has ended.
more(b"never there", 60)
_, status = os.waitpid(pid, 0)
print(json.dumps({
    "code": os.waitstatus_to_exitcode(status),
    "entered": out.count(b"\\x1b[?1049h"), "left": out.count(b"\\x1b[?1049l"),
    "shown": b"Main" in out, "cursor": out.rfind(b"\\x1b[?25h") > out.rfind(b"\\x1b[?25l"),
    "wasRaw": not raw & termios.ICANON, "isRaw": not termios.tcgetattr(fd)[3] & termios.ICANON if how in ("q",) else None,
}))
`;

async function hasPython(): Promise<boolean> {
  try {
    return (await new Deno.Command("python3", { args: ["--version"] }).output()).success;
  } catch {
    return false;
  }
}

const python = Deno.build.os !== "windows" && await hasPython();

async function inPty(place: CliHome, how: string): Promise<Record<string, unknown>> {
  const { stdout, stderr } = await new Deno.Command("python3", {
    args: ["-c", IN_PTY, how, Deno.execPath(), "run", "-A", "--no-check", "--cached-only", "cli.ts", "watch"],
    cwd: new URL("../../", import.meta.url),
    env: {
      ...place.env,
      HOME: place.folder,
      TERM: "xterm-256color",
      DENO_DIR: await denoDir(),
      NO_COLOR: "1",
    },
  }).output();
  const text = new TextDecoder().decode(stdout);
  assert(text !== "", new TextDecoder().decode(stderr));
  return JSON.parse(text);
}

/** The runtime's cache is in the home folder, which is another one here. */
async function denoDir(): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  return JSON.parse(new TextDecoder().decode(stdout)).denoDir;
}

for (
  const [how, code] of [["q", 0], ["ctrl-c", 130], ["SIGTERM", 130], ["SIGHUP", 130], [
    "SIGINT",
    130,
  ]] as const
) {
  Deno.test({
    name: `a real terminal is restored after ${how}`,
    // Needs python3, which creates a separate terminal.
    ignore: !python,
    fn: () =>
      withCliHome(async (place) => {
        await place.fill([["2026-11-21 12:58", 40], ["2026-11-21 12:59", 41]], percentOf("main", "Main"));
        const left = await inPty(place, how);
        assertEquals(
          [left.code, left.entered, left.left, left.shown, left.cursor, left.wasRaw],
          [code, 1, 1, true, true, true],
          JSON.stringify(left),
        );
      }),
  });
}
