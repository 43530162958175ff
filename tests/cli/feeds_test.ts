/** Feeds on the command line: the address is shown once, and can be revoked. */
import { assert, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { withCliHome } from "./support.ts";

Deno.test("a feed's URL is printed once, listed without its secret, and invalid once revoked", () =>
  withCliHome(async (place) => {
    const added = await place.run("feeds add phone");
    assertMatch(added.stdout, /^http:\/\/127\.0\.0\.1:\d+\/feeds\/[0-9a-f]{64}\/calendar\.ics\n$/);
    const [, secret = ""] = /feeds\/([0-9a-f]{64})/.exec(added.stdout) ?? [];
    await place.run("feeds add reader --kind alerts --only zai/team");
    for (const command of ["feeds", "feeds --json", "audit --json"]) {
      const { stdout } = await place.run(command);
      assertStringIncludes(stdout, "phone");
      assert(!stdout.includes(secret), command);
    }
    assertMatch((await place.run("feeds")).stdout, /reader +alerts +zai\/team/);
    assertStringIncludes(
      (await place.run("feeds add phone")).stderr,
      'There is already a feed named "phone"',
    );
    assertStringIncludes((await place.run("feeds revoke phone")).stdout, "no longer works");
    assertStringIncludes((await place.run("feeds revoke phone")).stderr, 'There is no feed "phone"');
  }));
