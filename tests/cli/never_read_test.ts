import { assert, assertEquals, assertStringIncludes } from "../support/assert.ts";
import { startVendor } from "../support/vendor.ts";
import { withCliHome } from "./support.ts";

const NO_READINGS = "No readings yet. `syntrack status --long` says why.";

Deno.test("while the only account was never read, every command says so instead of an empty answer, and status says why", () =>
  withCliHome(async (home) => {
    await using vendor = startVendor(() => new Response(null, { status: 401 }));
    home.env.SYNTHETIC_API_KEY = "syn_a-key-that-is-wrong";
    home.env.SYNTRACK_SYNTHETIC_BASE_URL = vendor.origin;
    assertEquals((await home.run("collect")).code, 1);
    for (
      const command of [
        "horizon",
        "forecast",
        "insights",
        "spend",
        "stats",
        "history",
        "chart",
        "chart --type daily",
        "cycles",
        "sessions",
        "backtest",
      ]
    ) {
      const { code, stdout } = await home.run(command);
      assertEquals(code, 0, command);
      const [last, ...before] = stdout.trim().split("\n").toReversed();
      assertEquals(last, NO_READINGS, command);
      assert(before.length <= 3 && !stdout.includes("hidden"), stdout);
    }
    for (const command of ["horizon", "forecast", "history", "cycles", "sessions"]) {
      const { code, stdout, stderr } = await home.run(`${command} --plain`);
      assertEquals([code, stdout, stderr], [0, "", `${NO_READINGS}\n`], `the rows of ${command} --plain`);
    }
    assertStringIncludes((await home.run("status --long")).stdout, "Key refused by Synthetic");
    const then = await home.run("history --now 2026-11-01T00:00:00Z");
    assertStringIncludes(then.stdout, "No readings by then.");
  }));

Deno.test("guard names what prevents readings of an account that was never read, and asks for a poll only without a failure", () =>
  withCliHome(async (home) => {
    await using vendor = startVendor(() => new Response(null, { status: 401 }));
    const none = await home.run("guard");
    assertEquals([none.code, none.stderr.includes("run `syntrack collect`")], [69, true]);
    home.env.SYNTHETIC_API_KEY = "syn_a-key-that-is-wrong";
    home.env.SYNTRACK_SYNTHETIC_BASE_URL = vendor.origin;
    await home.run("collect");
    const refused = await home.run("guard");
    assertEquals([refused.code, refused.stdout], [69, ""]);
    assertStringIncludes(
      refused.stderr,
      "synthetic/default: never read. Key refused by Synthetic (status 401)",
    );
    assert(!refused.stderr.includes("syntrack collect"), refused.stderr);
  }));
