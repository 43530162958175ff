/** Prometheus' files: the alert rules, and a sample of its settings. */
import { ALERTS } from "./alerts.ts";

const MADE = "# Made by dev/deploy.ts; do not edit.";

export function alertsYaml(): string {
  const rules = ALERTS.map((alert) =>
    [
      `      - alert: ${alert.name}`,
      "        expr: |",
      ...alert.expr.split("\n").map((line) => `          ${line}`),
      `        for: ${alert.for}`,
      "        labels:",
      `          severity: ${alert.severity}`,
      "        annotations:",
      `          summary: ${quote(alert.summary)}`,
      `          description: ${quote(alert.description)}`,
      "",
    ].join("\n")
  );
  return `${MADE}\ngroups:\n  - name: syntrack\n    rules:\n${rules.join("")}`;
}

/** @param port syntrack's default port */
export function prometheusYaml(port: number): string {
  return `${MADE}
# A sample: take over what your own prometheus.yml does not have yet.
rule_files:
  - alerts.yml

scrape_configs:
  # The alerts and the dashboard know it by this name.
  - job_name: syntrack
    # Vendors are polled once a minute or less often: asking more often shows nothing new.
    scrape_interval: 30s
    static_configs:
      - targets: ["127.0.0.1:${port}"]
`;
}

/** JSON strings are valid YAML. */
function quote(text: string): string {
  return JSON.stringify(text);
}
