import { assertEquals } from "../support/assert.ts";
import { COMMANDS_PAGE, commandsPage } from "../../dev/command_docs.ts";

Deno.test("the page about commands lists each of them with its summary", () => {
  const page = Deno.readTextFileSync(COMMANDS_PAGE);
  assertEquals(page, commandsPage(page), "Run `deno run -A dev/command_docs.ts`");
});
