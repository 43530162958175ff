/** `syntrack open`: opens the running server's dashboard in the browser of this desktop. */
import { listRuns } from "../../daemon/run_file.ts";
import { pathsFor } from "../daemon_paths.ts";
import { EXIT_OK, failure } from "../io.ts";
import type { Tools } from "../tools.ts";
import { hasFlag } from "../values.ts";

export async function open(tools: Tools): Promise<number> {
  const paths = pathsFor(tools.io, false);
  const [run] = (paths ? listRuns(paths.runFolder) : []).filter(({ alive }) => alive)
    .toSorted((a, b) => a.run.startedAt - b.run.startedAt);
  if (!run) throw failure("You have no server running on this machine", "`syntrack start` starts one");
  const { url } = run.run;
  if (tools.json) {
    tools.printJson({ url });
    return EXIT_OK;
  }
  if (hasFlag(tools.typed, "print")) {
    tools.print(url);
    return EXIT_OK;
  }
  if (await tools.io.openUrl(url)) tools.print(`Opened ${url}`);
  else {
    tools.print(url);
    tools.report("syntrack: No browser could be opened here; open the address above");
  }
  return EXIT_OK;
}
