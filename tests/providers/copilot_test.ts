/** Which login is used for Copilot, where it is sent, and the message of a refusal. */
import { copilot } from "../../providers/copilot.ts";
import { ghLogin } from "../../providers/copilot/login.ts";
import { assert, assertEquals, assertMatch, assertRejects } from "../support/assert.ts";
import { createFakeContext, type FakeContextOptions } from "../support/fake_context.ts";
import { kindOf } from "../support/check_readings.ts";

const NOW = "2026-11-21T12:00:00Z";
const EDITOR = "${XDG_CONFIG_HOME:-~/.config}/github-copilot/apps.json";
const EDITOR_WINDOWS = "${LOCALAPPDATA:-~/AppData/Local}/github-copilot/hosts.json";
const CLI = "~/.copilot/config.json";
const OPENCODE = "${XDG_DATA_HOME:-~/.local/share}/opencode/auth.json";
const GH = "${GH_CONFIG_DIR:-~/.config/gh}/hosts.yml";

const app = (oauth_token: string, host = "github.com:Iv1.example") =>
  JSON.stringify({ "elsewhere.example": { oauth_token: "x" }, [host]: { user: "Octo", oauth_token } });

async function accountIn(options: FakeContextOptions) {
  const ctx = createFakeContext({ now: NOW, ...options });
  const [account] = await copilot.accounts(ctx);
  return { ctx, account };
}

Deno.test("logins for Copilot precede general GitHub tokens, and those precede that of gh", async () => {
  const files: Record<string, string> = {};
  const commands = { "secret-tool search service gh:github.com": { code: 0, stdout: "secret = keychain" } };
  const settings: Record<string, string> = {};
  const found = async () => (await accountIn({ files, settings, commands })).account?.secret.reveal();
  assertEquals(await found(), "keychain");
  files[GH] = "github.com:\n    oauth_token: gh\n    user: octo\n";
  assertEquals(await found(), "gh");
  settings.GITHUB_TOKEN = "github_token";
  assertEquals(await found(), "github_token");
  settings.GH_TOKEN = "gh_token";
  assertEquals(await found(), "gh_token");
  files[OPENCODE] = JSON.stringify({ "github-copilot": { type: "oauth", refresh: "opencode" } });
  assertEquals(await found(), "opencode");
  files[CLI] = '// written by the tool\n{ "copilot_tokens": { "https://github.com:octo": "gho_cli0" } }';
  assertEquals(await found(), "gho_cli0");
  files[EDITOR] = app("editor");
  assertEquals(await found(), "editor");
  settings.COPILOT_GITHUB_TOKEN = "copilot_github_token";
  assertEquals(await found(), "copilot_github_token");
  settings.COPILOT_TOKEN = "copilot_token";
  assertEquals(await found(), "copilot_token");
});

Deno.test("an editor's login is found on Windows, and belongs to the owner named in the file", async () => {
  const { account } = await accountIn({
    os: "windows",
    files: { [EDITOR_WINDOWS]: app("editor", "github.com") },
  });
  assertEquals(account?.secret.reveal(), "editor");
  assertEquals(account?.identity, "octo");
});

Deno.test("a token stays with its host: one of github.com never goes to an enterprise", async () => {
  const settings = { COPILOT_HOST: "octo.ghe.com", GITHUB_TOKEN: "x", GH_TOKEN: "x" };
  const files = {
    [EDITOR]: app("editor"),
    [OPENCODE]: JSON.stringify({ "github-copilot": { refresh: "x" } }),
  };
  assertEquals((await accountIn({ settings, files })).account, undefined);
  const own = { [GH]: "github.com:\n    oauth_token: no\nocto.ghe.com:\n    oauth_token: yes\n" };
  const { account } = await accountIn({ settings, files: own });
  assertEquals(account?.secret.reveal(), "yes");
  assertEquals(account?.hosts, ["api.octo.ghe.com"]);
});

Deno.test("a host outside GitHub is refused with the name of its setting", async () => {
  for (
    const host of ["evil.example", "a.b.ghe.com", "ghe.com", "octo.ghe.com.evil.example", "octo.ghe.com:8080"]
  ) {
    const error = await assertRejects(() => accountIn({ settings: { COPILOT_HOST: host } }));
    assertEquals(kindOf(error), "missing");
    assertMatch((error as Error).message, /COPILOT_HOST/);
  }
  const { account } = await accountIn({
    settings: { COPILOT_HOST: "https://Octo.ghe.com/", COPILOT_TOKEN: "t" },
  });
  assertEquals(account?.hosts, ["api.octo.ghe.com"]);
});

Deno.test("of the users in gh, the active one counts", () => {
  const text = [
    "github.com:",
    "    users:",
    "        other:",
    "            oauth_token: gho_other",
    "        octo:",
    "    git_protocol: https",
    "    oauth_token: 'gho_octo'",
    "    user: octo",
    "example.org:",
    "    oauth_token: gho_elsewhere",
    "",
  ].join("\r\n");
  assertEquals(ghLogin(text, "github.com"), { token: "gho_octo", user: "octo" });
  assertEquals(ghLogin(`\ufeff${text}`, "github.com"), { token: "gho_octo", user: "octo" });
  assertEquals(ghLogin(text, "octo.ghe.com"), undefined);
  // Newer versions keep the token in the keychain.
  assertEquals(ghLogin("github.com:\n    user: octo\n", "github.com"), undefined);
});

Deno.test("the keychain is not queried for a separate folder, whose login it may not be", async () => {
  const commands = { "secret-tool search service gh:github.com": { code: 0, stdout: "secret = keychain" } };
  assertEquals((await accountIn({ commands, settings: { GH_CONFIG_DIR: "/work" } })).account, undefined);
});

Deno.test("the answer states the owner if the login does not", async () => {
  const answer = () => new Response(JSON.stringify({ login: "Octo", copilot_plan: "free" }));
  const identities = [];
  for (const options of [{ settings: { COPILOT_TOKEN: "t" } }, { files: { [EDITOR]: app("t") } }]) {
    const { ctx, account } = await accountIn({ ...options, answer });
    assert(account);
    identities.push([account.identity, (await copilot.read(ctx, account)).identity]);
  }
  assertEquals(identities, [[undefined, "octo"], ["octo", undefined]]);
  // A file that names the previous user does not override the vendor.
  const stale = { [EDITOR]: app("t").replaceAll(/octo/gi, "ann") };
  const { ctx, account } = await accountIn({ files: stale, answer });
  assertEquals([account?.identity, (await copilot.read(ctx, account!)).identity], ["ann", "octo"]);
});

Deno.test("a refusal says whether the kind of token may be the reason, and how to disable it", async () => {
  const hintFor = async (token: string) => {
    const { ctx, account } = await accountIn({
      settings: { GITHUB_TOKEN: token },
      answer: () => new Response("{}", { status: 404 }),
    });
    assert(account);
    const error = await assertRejects(() => copilot.read(ctx, account));
    assertEquals(kindOf(error), "auth");
    return (error as { hint?: string }).hint ?? "";
  };
  for (const token of ["ghp_x", "github_pat_x", "ghs_x"]) assertMatch(await hintFor(token), /of a kind/);
  assertMatch(await hintFor("gho_x"), /has Copilot.*SYNTRACK_COPILOT_ENABLED=false/);
});
