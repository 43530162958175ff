/** `syntrack key rotate`: everything that is stored encrypted is encrypted anew, under another key. */
import { openStore } from "../../app/compose.ts";
import { countText } from "../count_text.ts";
import { EXIT_OK } from "../io.ts";
import { checkedProgram } from "../program_for.ts";
import type { Tools } from "../tools.ts";

export async function key(tools: Tools): Promise<number> {
  const program = checkedProgram(tools, { quiet: true });
  await using store = await openStore(program.config, { create: false });
  const composed = program.compose(store);
  try {
    const accounts = await composed.accounts.rotateKey();
    if (tools.json) tools.printJson({ rotated: accounts });
    else tools.print(`The key was changed; ${countText(accounts, "stored account")} encrypted anew`);
  } finally {
    await composed.stop();
  }
  return EXIT_OK;
}
