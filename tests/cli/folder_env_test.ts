/** `./.env` of a folder created by someone else: what it may not do with keys and logins it does not contain. */
import { join } from "node:path";
import { baseUrlVariables, enabledVariable } from "../../lib/provider/contract.ts";
import { providers } from "../../providers/mod.ts";
import { assert, assertEquals, assertStringIncludes } from "../support/assert.ts";
import { startVendor } from "../support/vendor.ts";
import { createFixedClock } from "../../lib/base/clock.ts";
import { type CliHome, NOW, withCliHome } from "./support.ts";

const KEY = "planted-key-of-elsewhere-0123456789";

async function layEnv(place: CliHome, lines: readonly string[]): Promise<void> {
  await Deno.writeTextFile(join(place.folder, ".env"), `${lines.join("\n")}\n`, { mode: 0o600 });
}

for (const provider of providers) {
  const secret = provider.settings.find((one) => one.secret);
  for (const base of baseUrlVariables(provider)) {
    if (!secret) continue;
    Deno.test(`${base} in ./.env redirects no key of ${provider.id} from elsewhere`, () =>
      withCliHome(async (place) => {
        await using vendor = startVendor(() => Response.json({}));
        await layEnv(place, [`${base}=${vendor.origin}`, `${enabledVariable(provider.id)}=true`]);
        // A login of the vendor's own tool, a key of the environment and one of ~/.syntrack/.env all come from elsewhere.
        const env = { [secret.name]: KEY };
        const { stdout, stderr } = await place.run(`collect --provider ${provider.id} --json`, { env });
        assertEquals(vendor.requests.map(({ path }) => path), [], `${stdout}${stderr}`);
      }));
  }
}

Deno.test("a base URL in ./.env redirects no login of the vendor's own tool, and the refusal names it", () =>
  withCliHome(async (place) => {
    await using vendor = startVendor(() => Response.json({}));
    await Deno.mkdir(join(place.folder, ".claude"));
    await Deno.writeTextFile(
      join(place.folder, ".claude", ".credentials.json"),
      JSON.stringify({ claudeAiOauth: { accessToken: KEY, expiresAt: Date.UTC(2027, 0) } }),
    );
    await layEnv(place, [`SYNTRACK_ANTHROPIC_BASE_URL=${vendor.origin}`]);
    const { code, stdout, stderr } = await place.run("collect --provider anthropic --json");
    assertEquals([code, vendor.requests.length], [1, 0]);
    assertStringIncludes(stdout, "SYNTRACK_ANTHROPIC_BASE_URL in ./.env");
    assertStringIncludes(stdout, "~/.syntrack/.env");
    assert(!`${stdout}${stderr}`.includes(KEY));
    // A key beside it does not redirect the login.
    await layEnv(place, [
      `SYNTRACK_ANTHROPIC_BASE_URL=${vendor.origin}`,
      "ANTHROPIC_TOKEN_2=another-one-of-the-folder",
    ]);
    await place.run("collect --provider anthropic --json");
    assert(!vendor.requests.some(({ headers }) => headers.get("authorization")?.includes(KEY)));
  }));

Deno.test("a base URL in ./.env applies to a key of the same file, and to no numbered one from elsewhere", () =>
  withCliHome(async (place) => {
    await using vendor = startVendor(() => Response.json({}));
    await layEnv(place, [
      `SYNTRACK_SYNTHETIC_BASE_URL=${vendor.origin}`,
      "SYNTHETIC_API_KEY=syn_of_this_folder_0123",
    ]);
    const env = { SYNTHETIC_API_KEY_2: KEY };
    await place.run("collect --provider synthetic --json", { env });
    const sent = vendor.requests.map(({ headers }) => headers.get("authorization"));
    assert(sent.length > 0);
    assertEquals(new Set(sent), new Set(["Bearer syn_of_this_folder_0123"]));
  }));

for (
  const endpoint of [
    "https://somebody-else.openai.azure.com",
    "https://SOMEBODY-else.openai.azure.com:443/x",
    "https://%73omebody-else.openai.azure.com",
    "https://s\u00f6mebody-else.openai.azure.com",
    "https:somebody-else.openai.azure.com",
  ]
) {
  Deno.test(`${endpoint} in ./.env redirects no key from elsewhere, although its host ends like the vendor's`, () =>
    withCliHome(async (place) => {
      await layEnv(place, [
        `AZURE_OPENAI_ENDPOINT=${endpoint}`,
        "AZURE_OPENAI_DEPLOYMENT_NAME=gpt",
        "AZURE_OPENAI_PROBE=1",
      ]);
      const { stdout } = await place.run("collect --provider azure-openai --json", {
        env: { AZURE_OPENAI_API_KEY: KEY },
      });
      assertStringIncludes(stdout, "AZURE_OPENAI_ENDPOINT in ./.env");
    }));
}

for (const host of ["somebody-else.ghe.com", "https://Somebody-Else.ghe.com/"]) {
  Deno.test(`${host} in ./.env redirects no token from elsewhere to its host`, () =>
    withCliHome(async (place) => {
      await layEnv(place, [`COPILOT_HOST=${host}`]);
      const { stdout } = await place.run("collect --provider copilot --json", {
        env: { COPILOT_TOKEN: KEY },
      });
      assertStringIncludes(stdout, "COPILOT_HOST in ./.env");
      await layEnv(place, [`COPILOT_HOST_2=${host}`]);
      const second = await place.run("collect --provider copilot --json", { env: { COPILOT_TOKEN_2: KEY } });
      assertStringIncludes(second.stdout, "COPILOT_HOST_2 in ./.env");
    }));
}

Deno.test("a _FILE in ./.env names no file outside its folder, neither by path nor by link", () =>
  withCliHome(async (place) => {
    const outside = await Deno.makeTempFile();
    try {
      await Deno.writeTextFile(outside, `${KEY}\n`);
      await Deno.writeTextFile(join(place.folder, "own.key"), "syn_of_this_folder_0123\n");
      await Deno.symlink(outside, join(place.folder, "link.key"));
      await using vendor = startVendor(() => Response.json({}));
      const base = `SYNTRACK_SYNTHETIC_BASE_URL=${vendor.origin}`;
      for (
        const path of [outside, `../${outside.split("/").at(-1)}`, "link.key", "./x/../../x", "~/../key", "."]
      ) {
        await layEnv(place, [base, `SYNTHETIC_API_KEY_FILE=${path}`, `SYNTHETIC_API_KEY_2_FILE=${path}`]);
        const { stdout, stderr } = await place.run("collect --provider synthetic --json");
        assertEquals(vendor.requests.length, 0, path);
        assertStringIncludes(`${stdout}${stderr}`, "SYNTHETIC_API_KEY_FILE in ./.env");
      }
      await layEnv(place, [base, "SYNTHETIC_API_KEY_FILE=own.key"]);
      await place.run("collect --provider synthetic --json");
      assertEquals(vendor.requests[0]?.headers.get("authorization"), "Bearer syn_of_this_folder_0123");
    } finally {
      await Deno.remove(outside);
    }
  }));

Deno.test("a base URL redirects no key of a custom source, wherever it is set", () =>
  withCliHome(async (place) => {
    await using vendor = startVendor(() => Response.json({ used: 4 }));
    await using thief = startVendor(() => Response.json({ used: 4 }));
    const folder = join(place.folder, ".syntrack", "custom");
    await Deno.mkdir(folder, { recursive: true });
    const declaration = {
      id: "team",
      label: "Team",
      request: { url: `${vendor.origin}/v1`, auth: { type: "bearer" } },
      quotas: [{ key: "calls", label: "Calls", unit: "requests", used: { path: "used" } }],
    };
    await Deno.writeTextFile(join(folder, "team.json"), JSON.stringify(declaration));
    const env = { SYNTRACK_CUSTOM_TEAM_API_KEY: KEY, SYNTRACK_CUSTOM_TEAM_ALLOW_PRIVATE: "1" };
    const later = (hours: number) => ({ clock: createFixedClock(NOW + hours * 3_600_000) });
    await place.run("collect --provider custom-team --json", { env });
    assertEquals(vendor.requests.length, 1);
    const moved = { ...env, SYNTRACK_CUSTOM_TEAM_BASE_URL: thief.origin };
    const refused = await place.run("collect --provider custom-team --json", { env: moved, ...later(1) });
    assertEquals(thief.requests.length, 0);
    assertStringIncludes(refused.stdout, "SYNTRACK_CUSTOM_TEAM_BASE_URL points to another host");
    // Even with the key in the same file: it is bound to its host.
    await layEnv(place, [
      `SYNTRACK_CUSTOM_TEAM_BASE_URL=${thief.origin}`,
      `SYNTRACK_CUSTOM_TEAM_API_KEY=${KEY}`,
    ]);
    const { SYNTRACK_CUSTOM_TEAM_ALLOW_PRIVATE } = env;
    for (const [hours, given] of [[2, env], [3, { SYNTRACK_CUSTOM_TEAM_ALLOW_PRIVATE }]] as const) {
      await place.run("collect --provider custom-team --json", { env: given, ...later(hours) });
      assertEquals(thief.requests.length, 0);
    }
  }));

Deno.test("./.env does not enable commands that are off elsewhere, but may disable them", () =>
  withCliHome(async (place) => {
    delete place.env.SYNTRACK_RUN_COMMANDS;
    const commands = async () => {
      const { stdout, stderr, code } = await place.run("config");
      return [/^run-commands +(.*?) *$/m.exec(stdout)?.[1]?.replace(/ +/g, " "), code, stderr] as const;
    };
    await Deno.mkdir(join(place.folder, ".syntrack"));
    await Deno.writeTextFile(join(place.folder, ".syntrack", ".env"), "SYNTRACK_RUN_COMMANDS=off\n", {
      mode: 0o600,
    });
    await layEnv(place, ["SYNTRACK_RUN_COMMANDS=on"]);
    const [value, code, stderr] = await commands();
    assertEquals([value, code], ["off SYNTRACK_RUN_COMMANDS in ~/.syntrack/.env", 0]);
    assertStringIncludes(stderr, "SYNTRACK_RUN_COMMANDS in ./.env: is not read from the working directory");
    await layEnv(place, ["SYNTRACK_RUN_COMMANDS=off"]);
    assertEquals((await commands())[0], "off SYNTRACK_RUN_COMMANDS in ./.env");
  }));
