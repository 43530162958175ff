/** A real `denokv` server (`cargo install denokv`), for tests that compare the stand-in's answers with its own. */
import { KV_TOKEN, setKvToken } from "./kv_token.ts";
import { freePort } from "./ports.ts";

export interface DenokvServer extends AsyncDisposable {
  /** What `SYNTRACK_DB` says to use it. */
  readonly name: string;
}

/** The server has no `--version`. */
export async function isDenokvInstalled(): Promise<boolean> {
  try {
    const help = new Deno.Command("denokv", { args: ["--help"], stdout: "null", stderr: "null" });
    return (await help.output()).success;
  } catch {
    return false;
  }
}

/** Starts a server with a new database in `folder`, and resolves when it listens. */
export async function startDenokv(folder: string): Promise<DenokvServer> {
  setKvToken();
  const address = `127.0.0.1:${freePort()}`;
  const server = new Deno.Command("denokv", {
    args: [`--sqlite-path=${folder}/kv.sqlite`, "serve", `--addr=${address}`, `--access-token=${KV_TOKEN}`],
    env: { RUST_LOG: "info" },
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const log = server.stderr.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!text.includes("Listening on")) {
    const { value, done } = await log.read();
    if (done) throw new Error(`denokv ended before it listened: ${text}`);
    text += value;
  }
  // Whatever it logs later must not fill the pipe.
  const drained = (async () => {
    while (!(await log.read()).done);
  })();
  return {
    name: `kv:http://${address}/`,
    async [Symbol.asyncDispose]() {
      server.kill("SIGKILL");
      await server.status;
      await drained;
    },
  };
}
