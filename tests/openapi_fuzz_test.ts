/**
 * The fuzzer schemathesis tests the server against its own description, with a token and without: there must be no server
 * error, and no answer that is not described. Counted as ignored if schemathesis is not installed.
 */
import { join } from "node:path";
import { assert, assertEquals } from "./support/assert.ts";
import { serveAt } from "./support/running_server.ts";
import { signInAs } from "./support/visitors.ts";
import { reading } from "./support/readings.ts";

const FUZZER = await found();
/** Always faults. Well-formed names that do not exist are no fault: see docs/api.md. */
const CHECKS = [
  "not_a_server_error",
  "status_code_conformance",
  "content_type_conformance",
  "response_headers_conformance",
  "response_schema_conformance",
];
/** An endless stream, a socket, the end of the credential itself, and commands, which these services do not run. */
const LEFT_OUT = "/api/live|/api/socket|logout|change-password|/api/v1/answers";

async function found(): Promise<string | null> {
  const path = Deno.env.get("SCHEMATHESIS_PATH") ?? "schemathesis";
  try {
    const { success } = await new Deno.Command(path, { args: ["--version"], stdout: "null", stderr: "null" })
      .output();
    return success ? path : null;
  } catch {
    return null;
  }
}

async function fuzz(who: "nobody" | "an admin"): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "syntrack-fuzz-" });
  try {
    await using server = await serveAt({});
    await server.services.polled("acme/work", [reading({ used: 10 })]);
    const sent = who === "nobody" ? {} : await signInAs(server.services, "admin");
    const file = join(folder, "openapi.json");
    await Deno.copyFile(new URL("../lib/web/openapi.json", import.meta.url), file);
    const { code, stdout, stderr } = await new Deno.Command(FUZZER!, {
      args: [
        "run",
        file,
        ...["--url", server.url],
        ...Object.entries(sent).flatMap(([name, value]) => ["-H", `${name}: ${value}`]),
        ...["--phases", "fuzzing", "--max-examples", "1", "--seed", "1"],
        ...["--checks", CHECKS.join(","), "--exclude-path-regex", LEFT_OUT],
        ...["--no-shrink", "--no-color", "--generation-database", "none", "--warnings", "off"],
      ],
      cwd: folder,
      env: { HOME: folder, NO_COLOR: "1" },
    }).output();
    const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    assertEquals(code, 0, said);
    return said;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

for (const who of ["nobody", "an admin"] as const) {
  Deno.test({
    name: `schemathesis finds no fault and no undescribed answer, as ${who}${
      FUZZER === null ? " (ignored: schemathesis is not installed)" : ""
    }`,
    ignore: FUZZER === null,
    fn: async () => {
      const said = await fuzz(who);
      const asked = Number(/(\d+) generated/.exec(said)?.[1] ?? 0);
      assert(asked >= 60, said);
    },
  });
}
