/** `--url`: commands that query a server, with real requests. */
import { join } from "node:path";
import { answerCommands } from "../../lib/cli/remote/answer_commands.ts";
import { LOCAL_OWNER } from "../../lib/access/principal.ts";
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { fakeServices } from "../support/fake_services.ts";
import { CLOSED_PORT } from "../support/ports.ts";
import { reading } from "../support/readings.ts";
import { PASSWORD } from "../support/visitors.ts";
import { serveApp } from "../support/web_app.ts";
import { type CliHome, NOW, ORACLE_DAY, withCliHome } from "./support.ts";

interface Remote {
  readonly place: CliHome;
  readonly url: string;
  /** A key with read access. */
  readonly key: string;
}

/** A server with a day of history that requires a credential. */
async function withServer(work: (remote: Remote) => Promise<void>): Promise<void> {
  await withCliHome(async (place) => {
    await place.fill(ORACLE_DAY, { label: "Requests" });
    const clock = new FakeClock(NOW);
    await using services = await fakeServices({ clock });
    await services.polled("acme/work", [reading({ used: 10, limit: null })]);
    await services.access.people.add({ name: "mara", role: "viewer", password: PASSWORD });
    await services.access.people.add({
      name: "guest",
      role: "viewer",
      password: PASSWORD,
      accounts: ["acme/work"],
    });
    const { secret: key } = await services.access.keys.create(
      { name: "laptop", scopes: ["read"] },
      LOCAL_OWNER,
    );
    await using store = await openSqliteStore(place.dbPath);
    const answers = answerCommands(place.io({ env: { SYNTRACK_DB_PATH: "/nowhere" } }), {
      command: "serve",
      operands: [],
      options: {},
    });
    await using served = serveApp({ ...services, store, answers });
    await work({ place, url: served.origin, key });
  });
}

const COMMANDS = [
  "query current",
  "query burn-rate --quota five-hour",
  "query daily -d 2",
  "query history --json",
  "forecast",
  "forecast --json",
  "guard --max-age 90d --min-remaining 1",
  "guard --max-age 90d --min-remaining 99 --json",
  "guard",
  "insights --range 30d",
  "insights --json --limit 2",
  "forecast --provider nobody-there",
  "query current --quota none",
  "status --brief",
  "status --format tmux",
  "status --check --quota five-hour",
  "status --provider acme --limit 1",
];

Deno.test("a command with --url prints and exits as it does on the server", () =>
  withServer(async ({ place, url, key }) => {
    for (const command of COMMANDS) {
      const here = await place.run(command);
      const there = await place.run(`${command} --url ${url}`, {
        env: { SYNTRACK_TOKEN: key, SYNTRACK_DB_PATH: join(place.folder, "none.db") },
      });
      assertEquals(there, here, command);
    }
  }));

Deno.test("status --url shows services as lines or JSON, also for a full URL", () =>
  withServer(async ({ place, url, key }) => {
    const env = { SYNTRACK_TOKEN: key };
    const expected = [
      "Acme work (acme) - ok - updated 2026-11-21T13:00:00.000Z",
      "  five-hour: used 10 / unknown (remaining unknown)",
      "",
    ];
    for (const address of [url, `${url}/`, `${url}/api/status/cached`, `${url}/api/status`]) {
      const { code, stdout, stderr } = await place.run(`status --url ${address}`, { env });
      assertEquals([code, stdout.split("\n"), stderr], [0, expected, ""], address);
    }
    const statuses = await place.json(`status --url ${url} --json`, { env }) as {
      service: { id: string };
      quotas: unknown[];
    }[];
    assertEquals(statuses.map(({ service, quotas }) => [service.id, quotas.length]), [["acme~work", 1]]);
  }));

Deno.test("a token comes from variables, a private file or a password, and from arguments with a warning", () =>
  withServer(async ({ place, url, key }) => {
    const file = join(place.folder, "token");
    await Deno.writeTextFile(file, `# for the server at home\n${key}\n`, { mode: 0o600 });
    const ways: readonly (readonly [args: string, env: Record<string, string>, stdin?: string])[] = [
      ["", { SYNTRACK_TOKEN: key }],
      ["", { AUM_TOKEN: ` Bearer ${key}\n` }],
      ["", { AI_USAGE_MONITOR_TOKEN: key }],
      ["", { SYNTRACK_TOKEN_FILE: file, AUM_TOKEN: "wrong" }],
      [`--token-file ${file}`, { SYNTRACK_TOKEN: "wrong" }],
      ["--username mara --password-stdin", {}, `${PASSWORD}\n`],
    ];
    for (const [args, env, stdin = ""] of ways) {
      const { code, stderr } = await place.run(`status --url ${url} ${args}`, { env, stdin });
      assertEquals([code, stderr], [0, ""], args + JSON.stringify(env));
    }
    const seen = await place.run(`status --url ${url} --token ${key}`);
    assertEquals(seen.code, 0);
    assertMatch(seen.stderr, /^syntrack: warning: others on this machine can see --token/);
    assert(!seen.stderr.includes(key));
  }));

Deno.test(
  "the file with the token must not be readable by others",
  { ignore: Deno.build.os === "windows" },
  () =>
    withServer(async ({ place, url, key }) => {
      const file = join(place.folder, "token");
      await Deno.writeTextFile(file, key, { mode: 0o600 });
      await Deno.chmod(file, 0o644);
      const { code, stderr } = await place.run(`status --url ${url} --token-file ${file}`);
      assertEquals(code, 1);
      assertMatch(stderr, /^syntrack: Others can read the token file ".*"\n {2}Run chmod 600 /);
    }),
);

/** A server with fixed answers. */
async function answering(response: () => Response, work: (url: string) => Promise<void>): Promise<void> {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, response);
  try {
    await work(`http://127.0.0.1:${server.addr.port}`);
  } finally {
    await server.shutdown();
  }
}

Deno.test("each problem is one sentence with the remedy", () =>
  withServer(async ({ place, url, key }) => {
    const refused = async (args: string, env: Record<string, string> = {}) => {
      const { code, stdout, stderr } = await place.run(args, { env });
      assert(stdout === "" && !stderr.includes(key), stderr);
      return [code, stderr.split("\n")[0]!.replaceAll(/127\.0\.0\.1:\d+/g, "HOST")];
    };
    const good = { SYNTRACK_TOKEN: key };
    assertEquals(await refused(`status --url ${url}`), [1, "syntrack: HOST needs a credential"]);
    assertEquals(await refused(`guard --url ${url}`), [69, "syntrack: HOST needs a credential"]);
    assertEquals(await refused(`forecast --url ${url}`, { SYNTRACK_TOKEN: "wrong" }), [
      1,
      "syntrack: HOST refuses the credential: Sign in first: the credential is not valid",
    ]);
    assertEquals(await refused(`status --url http://127.0.0.1:${CLOSED_PORT}`, good), [
      1,
      "syntrack: HOST refused the connection",
    ]);
    assertMatch(
      String((await refused(`status --url ${url.replace("http", "https")}`, good))[1]),
      /^syntrack: HOST does not support TLS/,
    );
    for (const wrong of ["nowhere", "ftp://a.example", "localhost:9211"]) {
      assertEquals(await refused(`status --url ${wrong}`), [
        2,
        `syntrack: --url takes the address of a server, got "${wrong}"`,
      ]);
    }
    for (const wrong of ["http://a:b@127.0.0.1:1", "http://127.0.0.1:1/?token=x"]) {
      assertEquals(
        (await refused(`status --url ${wrong}`))[1],
        "syntrack: --url must not contain a token or password: addresses end up in logs",
      );
    }
    for (
      const [args, words] of [["status --db x.db", "--db"], ["guard --wait", "--wait"], [
        "status --long",
        "--long",
      ]]
    ) {
      assertMatch(String((await refused(`${args} --url ${url}`, good))[1]), new RegExp(words!));
    }
    await answering(() => new Response("<h1>Welcome</h1>"), async (other) => {
      assertEquals(await refused(`status --url ${other}`, good), [
        1,
        "syntrack: HOST is not a Syntrack server: it answers 200 with something unexpected",
      ]);
    });
    await answering(() => Response.json({ hello: 1 }), async (other) => {
      assertMatch(
        String((await refused(`status --url ${other}`, good))[1]),
        /is not a Syntrack server: its answer is not a status$/,
      );
      assertMatch(String((await refused(`forecast --url ${other}`, good))[1]), /does not answer commands/);
    });
    await answering(
      () => new Response(null, { status: 302, headers: { location: "http://evil.example/" } }),
      async (other) => {
        assertEquals(await refused(`status --url ${other}`, good), [
          1,
          "syntrack: HOST redirects instead of answering",
        ]);
      },
    );
    await answering(
      () => new Response(null, { status: 429, headers: { "retry-after": "7" } }),
      async (other) => {
        assertEquals(await refused(`status --url ${other}`, good), [
          1,
          "syntrack: HOST got too many requests: try again in 7 s",
        ]);
      },
    );
  }));

Deno.test("text from a server cannot control a terminal", () =>
  answering(() =>
    Response.json({
      exitCode: 0,
      stdout: "\x1b[1mbold\x1b[0m \x1b]52;c;aGk=\x07 \x1b[2Jgone \u202e\n",
      stderr: "",
      error: null,
    }), (url) =>
    withCliHome(async (place) => {
      const { code, stdout } = await place.run(`forecast --url ${url}`);
      assertEquals(code, 0);
      assert(stdout.startsWith("\x1b[1mbold\x1b[0m"), JSON.stringify(stdout));
      // deno-lint-ignore no-control-regex -- that is what must not be there
      assertEquals(stdout.replaceAll(/\x1b\[[0-9;]*m/g, "").match(/[\x00-\x09\x0b-\x1f\u202e]/g), null);
    })));

Deno.test("a server answers only read-only commands, with their options", () =>
  withServer(async ({ url, key }) => {
    const ask = async (path: string) => {
      const answer = await fetch(`${url}/api/v1/answers/${path}`, {
        headers: { authorization: `Bearer ${key}` },
      });
      await answer.body?.cancel();
      return answer.status;
    };
    assertEquals(await ask("query?operand=current"), 200);
    for (
      const path of [
        "serve",
        "db?operand=vacuum",
        "query",
        "query?operand=none",
        "query?operand=current&db=/etc/passwd",
        "query?operand=current&config=/etc/passwd",
        "guard?wait=",
        "forecast?limit=1&limit=2",
        "forecast?quota=--db",
        "query?operand=--db",
        "forecast?columns=0",
      ]
    ) assertEquals(await ask(path), 400, path);
  }));

Deno.test("a limited person gets no answer about other accounts", () =>
  withServer(async ({ place, url }) => {
    await place.fill([["2026-11-21 12:00", 7]], {}, "acme/private");
    const run = (account: string) =>
      place.run(`forecast --url ${url} --username ${account} --password-stdin`, { stdin: PASSWORD });
    assert((await run("mara")).stdout.includes("acme/private"));
    const { stdout, stderr, code } = await run("guest");
    assertEquals([code, stderr], [0, ""]);
    assert(stdout.includes("acme/work") && !stdout.includes("private"), stdout);
  }));
