/** How a server is started: the same runtime flags and the same allocator in every way. */
import { COMPILE_ARGS } from "../../dev/compile.ts";
import { serviceFiles } from "../../dev/deploy/services.ts";
import { RUNTIME } from "../../lib/cli/runtime_flags.ts";
import { ALLOCATOR, allocatorBeside } from "../../lib/daemon/allocator.ts";
import { assert, assertEquals, assertStringIncludes } from "../support/assert.ts";
import { readProjectFile } from "../support/sources.ts";

const PAIRS = Object.entries(ALLOCATOR);
const { tasks } = JSON.parse(await readProjectFile("deno.json")) as {
  readonly tasks: Readonly<Record<string, { readonly command: string }>>;
};

Deno.test("every way to start a server gives the runtime the same flags for memory", async () => {
  for (const task of ["start", "demo"]) assertStringIncludes(tasks[task]?.command ?? "", ` ${RUNTIME} `);
  assertStringIncludes(await readProjectFile("Dockerfile"), `"${RUNTIME}"`);
  assertStringIncludes(await readProjectFile("nix/package.nix"), `--add-flags "${RUNTIME}"`);
  assert(COMPILE_ARGS.includes(RUNTIME), COMPILE_ARGS.join(" "));
});

Deno.test("the demo, the image, the package and the services set the allocator of every server", async () => {
  const image = await readProjectFile("Dockerfile");
  const wrapper = await readProjectFile("nix/package.nix");
  const units = Object.entries(serviceFiles()).filter(([path]) => path.endsWith("/syntrack.service"));
  assertEquals(units.length, 2);
  const openrc = serviceFiles()["deploy/openrc/syntrack"] ?? "";
  for (const [name, value] of PAIRS) {
    assertStringIncludes(tasks.demo?.command ?? "", ` ${name}=${value} `);
    assertStringIncludes(image, `    ${name}=${value} \\\n`);
    assertStringIncludes(wrapper, `--set-default ${name} ${value} \\\n`);
    assertStringIncludes(openrc, `--env ${name}=${value}`);
    for (const [, text] of units) assertStringIncludes(text, `\nEnvironment=${name}=${value}\n`);
  }
});

Deno.test("a value that is set already stays in force beside the others", () => {
  const { MALLOC_ARENA_MAX: _, ...others } = ALLOCATOR;
  assertEquals(allocatorBeside({ MALLOC_ARENA_MAX: "8" }), others);
  assertEquals(allocatorBeside({}), ALLOCATOR);
});
