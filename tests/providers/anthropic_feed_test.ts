/** Limits stored by a status line, as readings of the account they belong to. */
import { createHash } from "node:crypto";
import { anthropic } from "../../providers/anthropic.ts";
import { assertEquals } from "../support/assert.ts";
import { createFakeContext } from "../support/fake_context.ts";
import { checkReadings } from "../support/check_readings.ts";

const NOW = Date.parse("2026-11-21T12:00:00Z");
const TOKEN = "sk-ant-oat01-example";
const FEED = "~/.syntrack/feeds/claude-code.json";
const LOGIN = "${CLAUDE_CONFIG_DIR:-~/.claude}/.credentials.json";
const OWN = createHash("sha256").update(TOKEN).digest("hex").slice(0, 12);

async function fed(
  homes: unknown,
  settings: Readonly<Record<string, string>> = {},
  more: Readonly<Record<string, unknown>> = {},
) {
  const login = {
    claudeAiOauth: { accessToken: TOKEN, expiresAt: NOW + 3_600_000, scopes: ["user:profile"] },
  };
  const ctx = createFakeContext({
    now: NOW,
    settings,
    files: {
      [LOGIN]: JSON.stringify(login),
      ...homes === null ? {} : { [FEED]: JSON.stringify({ schemaVersion: 1, homes, ...more }) },
    },
  });
  const [account] = await anthropic.accounts(ctx);
  const given = await anthropic.localReadings!(ctx, account!);
  if (given) checkReadings(given.readings);
  return given;
}

const windows = {
  five_hour: { usedPercent: 42.5, resetsAt: NOW + 3_600_000 },
  seven_day: { usedPercent: 61, resetsAt: null },
  something_new: { usedPercent: 1, resetsAt: null },
};

Deno.test("figures of a status line with the same login are read, with their time and source", async () => {
  const given = await fed({ "": { at: NOW - 5_000, credential: OWN, windows } });
  assertEquals(given?.at, NOW - 5_000);
  assertEquals(given?.readings.map(({ quota, used, resetsAt, source }) => [quota, used, resetsAt, source]), [
    ["five-hour", 42.5, NOW + 3_600_000, "statusline"],
    ["seven-day", 61, null, "statusline"],
  ]);
});

Deno.test("figures with another login, another folder or a future time are not of this account", async () => {
  assertEquals(await fed({ "": { at: NOW, credential: "ffffffffffff", windows } }), null);
  assertEquals(await fed({ "/elsewhere": { at: NOW, credential: OWN, windows } }), null);
  assertEquals(await fed({ "": { at: NOW + 60_000, credential: OWN, windows } }), null);
  assertEquals(await fed(null), null);
});

Deno.test("a token set as a variable may belong to anyone and gets no local readings", async () => {
  assertEquals(await fed({ "": { at: NOW, credential: null, windows } }, { ANTHROPIC_TOKEN: TOKEN }), null);
});

Deno.test("a moved folder has its own limits", async () => {
  const given = await fed({ "/elsewhere": { at: NOW, credential: OWN, windows } }, {
    CLAUDE_CONFIG_DIR: "/elsewhere/",
  });
  assertEquals(given?.readings.length, 2);
});

Deno.test("a session started with a token belongs to the account of that token only", async () => {
  const feed = { at: NOW, credential: OWN, windows };
  const ofToken = (tokens: unknown, settings: Readonly<Record<string, string>>) =>
    fed({ "": { at: NOW - 1, credential: "ffffffffffff", windows } }, settings, { tokens });
  assertEquals((await ofToken({ [OWN]: feed }, { ANTHROPIC_TOKEN: TOKEN }))?.at, NOW);
  assertEquals(await ofToken({ [OWN]: feed }, { ANTHROPIC_TOKEN: `${TOKEN}-other` }), null);
  assertEquals((await ofToken({ [OWN]: feed }, {}))?.at, NOW);
});

Deno.test("figures stored while no login was readable do not belong to the login of the file", async () => {
  assertEquals(await fed({ "": { at: NOW, credential: null, windows } }), null);
});

Deno.test("figures of a finished window are omitted, and each figure has the time of its confirmation", async () => {
  const given = await fed({
    "": {
      at: NOW,
      credential: OWN,
      windows: { ...windows, five_hour: { usedPercent: 97, resetsAt: NOW - 1 } },
      seen: { seven_day: { at: NOW - 9_000, session: "a" } },
    },
  });
  assertEquals(given?.readings.map(({ quota }) => quota), ["seven-day"]);
  assertEquals(given?.since, { "seven-day": NOW - 9_000 });
});
