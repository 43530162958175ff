/** Runs a real Prometheus from Debian's package that scrapes one address. Disposing stops it. */
import { join } from "node:path";

export interface RunningPrometheus extends AsyncDisposable {
  /** Runs an instant query; resolves to labels and value of each series. */
  query(
    query: string,
  ): Promise<readonly { readonly metric: Record<string, string>; readonly value: string }[]>;
}

export function hasPrometheus(): boolean {
  try {
    return new Deno.Command("prometheus", { args: ["--version"], stdout: "null", stderr: "null" })
      .outputSync().success;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return false;
  }
}

/** @param target `127.0.0.1:PORT`, scraped every few seconds: this is also the time it has to answer */
export async function startPrometheus(target: string): Promise<RunningPrometheus> {
  const folder = await Deno.makeTempDir({ prefix: "syntrack-prometheus-" });
  const config = join(folder, "prometheus.yml");
  await Deno.writeTextFile(
    config,
    `global: { scrape_interval: 5s }\nscrape_configs: [{ job_name: syntrack, static_configs: [{ targets: ["${target}"] }] }]\n`,
  );
  const child = new Deno.Command("prometheus", {
    args: [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, "data")}`,
      "--web.listen-address=127.0.0.1:0",
      "--log.level=info",
    ],
    stdout: "null",
    stderr: "piped",
    // Never left running, whatever the result of the test.
    signal: AbortSignal.timeout(300_000),
  }).spawn();
  const { origin, rest } = await started(child.stderr);
  return {
    async query(query) {
      const response = await fetch(`${origin}/api/v1/query?query=${encodeURIComponent(query)}`);
      const { data } = await response.json();
      return data.result.map((
        { metric, value }: { metric: Record<string, string>; value: [number, string] },
      ) => ({
        metric,
        value: value[1],
      }));
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await rest;
      await child.status;
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** Where it listens, which it may say after it is ready. */
const ADDRESS = /[Ll]istening on.*?address=(?:"|\[::\]|)?([\d.]+:\d+)/;

/** Reads the log until it states the address; the rest is read and discarded. */
async function started(stderr: ReadableStream<Uint8Array<ArrayBuffer>>) {
  const reader = stderr.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!/ready to receive web requests/.test(text) || !ADDRESS.test(text)) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`Prometheus ended: ${text}`);
    text += value;
  }
  const address = ADDRESS.exec(text)![1];
  const rest = (async () => {
    while (!(await reader.read()).done);
  })();
  return { origin: `http://${address}`, rest };
}
