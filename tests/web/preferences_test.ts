import { parsePreferences } from "../../lib/web/preferences.ts";
import { assertEquals } from "../support/assert.ts";

Deno.test("a browser's zone and density are read from its cookies", () => {
  assertEquals(parsePreferences("a=b; tz=Europe%2FBerlin; density=compact"), {
    zone: "Europe/Berlin",
    density: "compact",
  });
});

Deno.test("a cookie with unknown values is ignored", () => {
  const none = { zone: null, density: null };
  for (
    const header of [null, "", "tz", "tz=Mars/Base", "tz=%E0%A4", "density=tiny", `tz=${"x".repeat(5000)}`]
  ) {
    assertEquals(parsePreferences(header), none, String(header));
  }
});
