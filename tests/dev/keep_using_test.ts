/** The bundle disposes of everything that `using` does. */
import { countUsing, keepUsing } from "../../dev/keep_using.ts";
import { assertEquals, assertThrows } from "../support/assert.ts";

const SOURCE = `function open() {
  return { read: () => 1, [Symbol.dispose]: () => console.log("closed") };
}
function once() {
  using file = open();
  return file.read();
}
async function later() {
  await using file = await Promise.resolve({
    read: () => Promise.resolve(2),
    [Symbol.asyncDispose]: () => (console.log("closed too"), Promise.resolve())
  });
  return await file.read();
}
console.log(once(), await later());
`;

async function deno(...args: readonly string[]): Promise<string> {
  const { stdout, stderr, success } = await new Deno.Command(Deno.execPath(), { args: [...args] }).output();
  const text = new TextDecoder();
  if (!success) throw new Error(text.decode(stderr));
  return text.decode(stdout);
}

Deno.test("the minifier keeps every marked using declaration, and they dispose", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/module.js`;
  await Deno.writeTextFile(path, keepUsing(SOURCE));
  await deno("bundle", "--quiet", "--minify", "--platform=deno", `--output=${folder}/out.js`, path);
  assertEquals(countUsing(await Deno.readTextFile(`${folder}/out.js`)), 2);
  assertEquals(await deno("run", `${folder}/out.js`), "closed\nclosed too\n1 2\n");
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a declaration whose end is not found stops the build", () => {
  assertThrows(() => keepUsing("  using file = open(\n"), /Cannot find the end of "using file"/);
});
