/**
 * `serve --tailscale` as the system runs it: with the test's own `tailscale` command, and in a network namespace with
 * an interface of that name. The latter needs root, and is counted as ignored without it.
 */
import { join } from "node:path";
import { ensureBuilt } from "../../dev/build.ts";
import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import { type CliHome, withCliHome } from "./support.ts";
import { createCommand, decodeText, startProgram } from "../support/program.ts";
import { statusFor } from "../support/running_server.ts";
import { writeScript } from "../support/script.ts";

const ADDRESS = "100.87.201.23";
const TOKEN = { SYNTRACK_AUTH_TOKENS: `syntrack_token_${"ab".repeat(32)}` };
const NAMESPACE = `syntrack-${Deno.pid}`;

async function ip(...args: readonly string[]): Promise<boolean> {
  try {
    const { success } = await new Deno.Command("ip", { args: [...args], stdout: "null", stderr: "null" })
      .output();
    return success;
  } catch {
    return false;
  }
}

async function canMakeNamespaces(): Promise<boolean> {
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) return false;
  const name = `${NAMESPACE}-try`;
  if (!await ip("netns", "add", name)) return false;
  const isWhole = await ip("-n", name, "link", "add", "tailscale0", "type", "bridge");
  await ip("netns", "del", name);
  return isWhole;
}

const allowed = await canMakeNamespaces();

async function inNamespace(work: () => Promise<void>): Promise<void> {
  try {
    for (
      const args of [
        ["netns", "add", NAMESPACE],
        ["-n", NAMESPACE, "link", "set", "lo", "up"],
        ["-n", NAMESPACE, "link", "add", "tailscale0", "type", "bridge"],
        ["-n", NAMESPACE, "addr", "add", `${ADDRESS}/32`, "dev", "tailscale0"],
        ["-n", NAMESPACE, "link", "set", "tailscale0", "up"],
      ]
    ) assert(await ip(...args), args.join(" "));
    await work();
  } finally {
    await ip("netns", "del", NAMESPACE);
  }
}

/** A `tailscale` with fixed output, in a separate folder. */
async function fakeTailscale(place: CliHome, status: object, code = 0): Promise<string> {
  const folder = join(place.folder, "bin");
  await Deno.mkdir(folder, { recursive: true });
  const path = join(folder, "tailscale");
  await writeScript(path, `#!/bin/sh\ncat <<'END'\n${JSON.stringify(status)}\nEND\nexit ${code}\n`);
  return `${folder}:${Deno.env.get("PATH") ?? ""}`;
}

Deno.test({
  name: `serve --tailscale finds the interface, prints its address, and listens on it and on this machine${
    allowed ? "" : " (ignored: no network namespace may be made)"
  }`,
  ignore: !allowed,
  fn: () =>
    inNamespace(() =>
      withCliHome(async (place) => {
        await ensureBuilt();
        const within = ["ip", "netns", "exec", NAMESPACE];
        const server = await startProgram(
          place,
          ["serve", "--tailscale", "--port", "9300"],
          TOKEN,
          3,
          within,
        );
        try {
          assertEquals(server.lines, [
            `Detected Tailscale IP: ${ADDRESS}`,
            "http://127.0.0.1:9300",
            `http://${ADDRESS}:9300`,
          ]);
          const ask = async (host: string) => {
            const code = `console.log((await fetch("http://${host}:9300/api/health")).status)`;
            const [program = "", ...args] = [...within, Deno.execPath(), "eval", code];
            return decodeText((await new Deno.Command(program, { args, stdout: "piped" }).output()).stdout)
              .trim();
          };
          assertEquals([await ask(ADDRESS), await ask("127.0.0.1")], ["200", "200"]);
        } finally {
          assertEquals((await server.stop("SIGTERM")).code, 0);
        }
      })
    ),
});

Deno.test("serve --tailscale without a tailnet says what to do, and listens nowhere", {
  ignore: Deno.build.os === "windows",
}, () =>
  withCliHome(async (place) => {
    const PATH = await fakeTailscale(place, { BackendState: "Stopped" }, 1);
    const env = { ...TOKEN, PATH, SYNTRACK_RUN_COMMANDS: "on" };
    const { code, stdout, stderr } = await createCommand(place, ["serve", "--tailscale", "--port", "0"], env)
      .output();
    assertEquals([code, decodeText(stdout)], [2, ""]);
    assertMatch(
      decodeText(stderr),
      /Cannot listen on the tailnet: no address of it was found \(tailscale reports the state Stopped/,
    );
    assertMatch(decodeText(stderr), /`tailscale up`.*--tailscale-ip.*--tailscale-wait 60s/);
  }));

Deno.test(
  "serve --tailscale gets address and name from the command, and --tailscale-ip is the manual form",
  {
    ignore: Deno.build.os !== "linux",
  },
  () =>
    withCliHome(async (place) => {
      await ensureBuilt();
      // An address that can be bound here represents the one of the tailnet.
      const PATH = await fakeTailscale(place, {
        BackendState: "Running",
        Self: { DNSName: "laptop.tail1a2b3.ts.net.", TailscaleIPs: ["127.0.0.9"] },
      });
      const env = { ...TOKEN, PATH, SYNTRACK_RUN_COMMANDS: "on" };
      const server = await startProgram(place, ["serve", "--tailscale", "--port", "0"], env, 3);
      try {
        assertEquals(server.lines[0], "Detected Tailscale IP: 127.0.0.9");
        const { port } = new URL(server.lines[1]!);
        assertEquals(server.lines[2], `http://127.0.0.9:${port}`);
        const where = { hostname: "127.0.0.9", port: Number(port) };
        assertEquals(await statusFor(where, `laptop.tail1a2b3.ts.net:${port}`), 200);
      } finally {
        assertEquals((await server.stop("SIGTERM")).code, 0);
      }
      const manual = await createCommand(
        place,
        ["serve", "--tailscale-ip", "100.87.201.99", "--port", "0"],
        env,
      )
        .output();
      assertEquals(manual.code, 2);
      assertMatch(decodeText(manual.stderr), /no interface has the address 100\.87\.201\.99/);
      const wrong = await createCommand(place, ["serve", "--tailscale-ip", "laptop"], env).output();
      assertMatch(decodeText(wrong.stderr), /--tailscale-ip: not an address, got "laptop"/);
    }),
);
