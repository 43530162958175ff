/**
 * Generates the monitoring files from the list of metrics: alert rules and settings for Prometheus, the
 * Grafana dashboard, and the tables of `docs/monitoring.md`.
 *
 *     deno run -A dev/deploy.ts
 *
 * A test compares the files with this output.
 */
import { dashboardJson } from "./deploy/dashboard.ts";
import { serviceFiles } from "./deploy/services.ts";
import { withTables } from "./deploy/docs.ts";
import { alertsYaml, prometheusYaml } from "./deploy/prometheus.ts";

const ROOT = new URL("../", import.meta.url);
const DOCS = "docs/monitoring.md";
const PORT = 9211;

/** Returns the text of each file by its path in the project. */
export async function deployFiles(): Promise<Readonly<Record<string, string>>> {
  return {
    "deploy/grafana/dashboard.json": dashboardJson(),
    "deploy/prometheus/alerts.yml": alertsYaml(),
    "deploy/prometheus/prometheus.yml": prometheusYaml(PORT),
    ...serviceFiles(),
    [DOCS]: withTables(await Deno.readTextFile(new URL(DOCS, ROOT))),
  };
}

if (import.meta.main) {
  for (const [path, text] of Object.entries(await deployFiles())) {
    await Deno.mkdir(new URL("./", new URL(path, ROOT)), { recursive: true });
    await Deno.writeTextFile(new URL(path, ROOT), text);
  }
}
