/** Several logins at one provider from the environment. */
import { environmentLogins, isEnabled } from "../../lib/config/logins.ts";
import { assert, assertEquals, assertThrows } from "../support/assert.ts";
import { createTestEnvironment } from "../support/test_sandbox.ts";

const acme = {
  id: "acme",
  settings: [
    { name: "ACME_KEY", secret: true, help: "The key" },
    { name: "ACME_HOME", secret: false, home: true, help: "Its folder" },
    { name: "ACME_REGION", secret: false, help: "The region" },
  ],
};

Deno.test("each number after a secret or a folder is a separate login", () => {
  const { enabled, firstName, more } = environmentLogins(
    acme,
    createTestEnvironment({
      ACME_KEY: "a",
      ACME_KEY_2: "b",
      ACME_REGION_2: "eu",
      ACME_HOME_4: "/four",
      ACME_REGION_7: "us",
    }),
  );
  assert(enabled);
  assertEquals(firstName, undefined);
  assertEquals(more.map((login) => login.name), ["2", "4"]);
  const [second, fourth] = more;
  assertEquals(second?.find("ACME_KEY"), { value: "b", source: "ACME_KEY_2 in the environment" });
  assertEquals(second?.find("ACME_REGION")?.value, "eu");
  assertEquals(second?.find("ACME_HOME"), undefined);
  assertEquals(fourth?.find("ACME_HOME")?.value, "/four");
  assertEquals(fourth?.find("ACME_KEY"), undefined);
});

Deno.test("logins can be named", () => {
  const { firstName, more } = environmentLogins(
    acme,
    createTestEnvironment({ ACME_KEY: "a", ACME_KEY_NAME: "home", ACME_KEY_2: "b", ACME_KEY_2_NAME: "work" }),
  );
  assertEquals([firstName, ...more.map((login) => login.name)], ["home", "work"]);
});

Deno.test("a numbered secret may be in a file, and a broken file is reported by name", () => {
  const files = { "/keys/two": "from-file\n" };
  const { more } = environmentLogins(
    acme,
    createTestEnvironment({ ACME_KEY_2_FILE: "/keys/two", ACME_KEY_3_FILE: "/none" }, files),
  );
  assertEquals(more.map((login) => login.name), ["2", "3"]);
  assertEquals(more[0]?.find("ACME_KEY")?.value, "from-file");
  assertThrows(() => more[1]?.find("ACME_KEY"), /^ACME_KEY_3_FILE in the environment: there is no such file/);
});

Deno.test("a provider is on by default, and an opt-in one is off", () => {
  const risky = { ...acme, optIn: "It may be against the terms" };
  assert(isEnabled(acme, createTestEnvironment({})));
  assert(!isEnabled(acme, createTestEnvironment({ SYNTRACK_ACME_ENABLED: "false" })));
  assert(!isEnabled(risky, createTestEnvironment({})));
  assert(isEnabled(risky, createTestEnvironment({ SYNTRACK_ACME_ENABLED: "true" })));
});

Deno.test("configuring an opt-in provider turns it on", () => {
  const settings = [...acme.settings, { name: "CLOUD_PROJECT", secret: false, help: "Anybody's" }];
  const risky = { ...acme, settings, optIn: "It may be against the terms" };
  assert(isEnabled(risky, createTestEnvironment({ ACME_KEY: "a" })));
  assert(isEnabled(risky, createTestEnvironment({ ACME_KEY_FILE: "/keys/acme" })));
  assert(!isEnabled(risky, createTestEnvironment({ CLOUD_PROJECT: "mine" })));
  assert(!isEnabled(risky, createTestEnvironment({ ACME_KEY: "a", SYNTRACK_ACME_ENABLED: "no" })));
});
