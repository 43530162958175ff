/** With the default settings, no foreign file is ever written and no login is renewed. */
import { join } from "node:path";
import { systemClock } from "../../lib/base/clock.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { jwtOf } from "../support/jwt.ts";
import { ensureBuilt } from "../../dev/build.ts";
import { type CliHome, withCliHome } from "./support.ts";

/** Logins as vendors' tools store them: some have expired, with a refresh token available. */
const HOME: Readonly<Record<string, unknown>> = {
  ".claude/.credentials.json": {
    claudeAiOauth: {
      accessToken: "sk-ant-oat01-ended",
      refreshToken: "sk-ant-ort01-once",
      expiresAt: 1_700_000_000_000,
      scopes: ["user:profile"],
      subscriptionType: "max",
    },
  },
  ".claude.json": { oauthAccount: { accountUuid: "of-ann" } },
  ".codex/auth.json": {
    tokens: {
      access_token: jwtOf({ exp: 4_000_000_000 }),
      refresh_token: "once",
      id_token: jwtOf({ sub: "ann" }),
      account_id: "of-ann",
    },
    last_refresh: "2026-01-01T00:00:00Z",
  },
  ".gemini/oauth_creds.json": {
    access_token: "ya29.ended",
    refresh_token: "1//again",
    expiry_date: 1_700_000_000_000,
  },
  ".config/other/file.json": { of: "somebody" },
};

async function makeHome({ folder }: CliHome): Promise<void> {
  for (const [path, content] of Object.entries(HOME)) {
    const file = join(folder, path);
    await Deno.mkdir(join(file, ".."), { recursive: true });
    await Deno.writeTextFile(file, JSON.stringify(content), { mode: 0o600 });
  }
}

/** Everything in the home except our own folder: names, contents, modes and times. */
function stateOf(folder: string, under = ""): readonly string[] {
  return [...Deno.readDirSync(join(folder, under))].sort((a, b) => a.name < b.name ? -1 : 1).flatMap(
    ({ name, isDirectory }) => {
      const path = join(under, name);
      if (path === ".syntrack") return [];
      const { mode, mtime } = Deno.statSync(join(folder, path));
      const own = `${path} ${mode} ${mtime?.getTime()}`;
      return isDirectory
        ? [own, ...stateOf(folder, path)]
        : [`${own} ${Deno.readTextFileSync(join(folder, path))}`];
    },
  );
}

Deno.test("with the default settings only our own folder changes, and no login is renewed", async () => {
  await ensureBuilt();
  const asked: string[] = [];
  await using vendor = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, (request) => {
    asked.push(`${request.method} ${new URL(request.url).pathname}`);
    return new Response("{}", { status: 429 });
  });
  await withCliHome(async (place) => {
    await makeHome(place);
    for (const id of ["ANTHROPIC", "CODEX", "GEMINI"]) {
      place.env[`SYNTRACK_${id}_BASE_URL`] = `http://127.0.0.1:${vendor.addr.port}`;
    }
    // Programs of this machine must not be asked for keys.
    place.env.PATH = join(place.folder, "nothing");
    const before = stateOf(place.folder);
    assert(before.some((line) => line.includes("sk-ant-ort01-once")));

    const detected = await place.run("providers detect");
    assert(detected.stdout.includes(".claude"), detected.stdout);
    const collected = await place.run("collect");
    assertEquals(collected.code, 1);
    assert(/anthropic\/default: auth: .*expired/.test(collected.stderr), collected.stderr);
    await place.run("account list");
    await place.run("doctor");

    const io = place.io({ clock: systemClock });
    const { main } = await import("../../lib/cli/main.ts");
    let stop: (() => void) | undefined;
    const served = await main(["serve", "--port", "0"], {
      ...io,
      onStop(listener) {
        stop = listener;
        return () => {};
      },
      stderr: {
        ...io.stderr,
        write(text) {
          io.stderr.write(text);
          // Printed just before polling begins.
          if (text.includes("Stop with")) queueMicrotask(() => stop?.());
        },
      },
    });
    assertEquals(served, 0);

    assertEquals(stateOf(place.folder), before);
    assert(asked.length > 0, "Nobody was asked anything");
    assertEquals(asked.filter((line) => /token|oauth2/.test(line)), []);
  });
});
