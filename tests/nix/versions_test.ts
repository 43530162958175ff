/** Image, package and developers use the same version of the runtime. */
import { assert, assertEquals } from "../support/assert.ts";
import { readProjectFile } from "../support/sources.ts";

Deno.test("the image, the Nix package and the checks use the runtime version that CONTRIBUTING names", async () => {
  const [, wanted] =
    /\[Deno\]\(https:\/\/deno\.com\) (\d+\.\d+\.\d+)/.exec(await readProjectFile("CONTRIBUTING.md")) ?? [];
  assert(wanted !== undefined);
  for (
    const [file, pattern] of [
      ["Dockerfile", /denoland\/deno:(\d+\.\d+\.\d+)/g],
      ["nix/deno.nix", /version = "(\d+\.\d+\.\d+)"/g],
      [".ci/run", /deno@(\d+\.\d+\.\d+)/g],
    ] as const
  ) {
    const found = [...(await readProjectFile(file)).matchAll(pattern)].map(([, version]) => version);
    assert(found.length > 0, file);
    assertEquals(found.filter((version) => version !== wanted), [], file);
  }
});
