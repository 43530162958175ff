import { parseRefresh, refreshSetting } from "../../lib/config/refresh.ts";
import type { EnvFound, Layer } from "../../lib/config/environment.ts";
import { assertEquals } from "../support/assert.ts";

Deno.test("parseRefresh() accepts the defined words only", () => {
  assertEquals(parseRefresh("off"), []);
  assertEquals(parseRefresh("Expired"), ["expired"]);
  assertEquals(parseRefresh("limited, expired"), ["expired", "limited"]);
  for (const text of ["", "yes", "expired,always", "off,expired"]) {
    assertEquals(parseRefresh(text), null, text);
  }
});

function setting(value: string, layer: Layer) {
  const find = (name: string): EnvFound => ({ name, value, layer, source: `${name} somewhere` });
  return refreshSetting({ id: "acme" }, { find });
}

Deno.test("a refresh setting counts, but never from the .env of a folder that someone else may have created", () => {
  assertEquals(refreshSetting({ id: "acme" }, { find: () => undefined }), { reasons: [] });
  assertEquals(setting("expired", "process").reasons, ["expired"]);
  assertEquals(setting("expired", "home").reasons, ["expired"]);
  const planted = setting("expired", "working-directory");
  assertEquals([planted.reasons, planted.problem?.level], [[], "warning"]);
  const odd = setting("often", "process");
  assertEquals([odd.reasons, odd.problem?.field], [[], "SYNTRACK_ACME_REFRESH somewhere"]);
});
