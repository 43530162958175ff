/** Webhooks with a custom body: filled in after parsing, so that no name can change its structure. */
import fc from "fast-check";
import { fillTemplate, templateProblem } from "../../lib/alerts/body_template.ts";
import { plainText } from "../../lib/alerts/escape.ts";
import { composeMessage } from "../../lib/alerts/compose_message.ts";
import type { Alert } from "../../lib/model/alerts/alert.ts";
import { assertEquals, assertRejects, assertStringIncludes } from "../support/assert.ts";
import { READ_AT } from "../support/views.ts";
import { alertHouse, startReceiver } from "./support.ts";

const alert: Alert = {
  id: "threshold|acme/work/five-hour|0.8|1",
  kind: "threshold",
  severity: "warning",
  account: "acme/work",
  quota: "five-hour",
  at: READ_AT,
  title: "Acme: 85% used",
  text: "85% used, over 80%.",
  details: "",
  expiresAt: READ_AT + 1,
  figures: {
    used: 85,
    limit: null,
    remaining: null,
    share: 0.85,
    unit: "requests",
    resetsAt: null,
    threshold: 0.8,
  },
};
const filled = (template: unknown, of: Partial<Alert> = {}) =>
  JSON.parse(fillTemplate(JSON.stringify(template), composeMessage([{ ...alert, ...of }], READ_AT)));

Deno.test("placeholders are filled in anywhere, and one alone becomes its value", () => {
  assertEquals(
    filled({
      text: "{{title}} ({{ severity }})",
      figures: ["{{utilization}}", "{{limit}}", "{{threshold}}%"],
      fixed: [1, true, null, "no place"],
      who: { at: "{{provider}}/{{account_id}}", quota: "{{quota_key}}" },
    }),
    {
      text: "Acme: 85% used (warning)",
      figures: [85, null, "80%"],
      fixed: [1, true, null, "no place"],
      who: { at: "acme/work", quota: "five-hour" },
    },
  );
});

Deno.test("property: whatever a name contains, the body keeps its structure", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (title) => {
    const body = filled({ a: "{{title}}", b: { c: "x {{title}} y" } }, { title });
    assertEquals(Object.keys(body), ["a", "b"]);
    assertEquals([typeof body.a, typeof body.b.c, Object.keys(body.b)], ["string", "string", ["c"]]);
    assertEquals(body.a, plainText(title));
  }));
});

Deno.test("an invalid template is rejected by name when the channel is added", async () => {
  assertEquals(templateProblem("text: {{title}}"), "template is not valid JSON");
  assertStringIncludes(
    templateProblem('{"a":"{{titel}}"}')!,
    "template has an unknown placeholder {{titel}}; known are title,",
  );
  assertStringIncludes(templateProblem("[".repeat(30) + "]".repeat(30))!, "deeper than 20 levels");
  assertEquals(templateProblem('["{{title}}"]'), null);
  await using house = await alertHouse();
  const values = { url: "http://127.0.0.1:1", template: "{" };
  await assertRejects(() => house.add({ id: "mine", type: "webhook", values }), /template is not valid JSON/);
});

Deno.test("the sent body is the signed one", async () => {
  await using hook = startReceiver();
  await using house = await alertHouse();
  const template = '{"text":"{{title}}: {{message}}"}';
  await house.add({ id: "mine", type: "webhook", values: { url: hook.url, secret: "s3cret", template } });
  await house.see(0, 40);
  await house.see(1, 85);
  await house.deliver();
  const [{ text, headers }] = hook.received as [typeof hook.received[number]];
  assertStringIncludes(JSON.parse(text).text, "85% used: 85% used, over 80%");
  const key = await crypto.subtle.importKey(
    "raw",
    new TextEncoder().encode("s3cret"),
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["sign"],
  );
  const signed = await crypto.subtle.sign(
    "HMAC",
    key,
    new TextEncoder().encode(`${headers.get("x-syntrack-timestamp")}.${text}`),
  );
  assertEquals(headers.get("x-syntrack-signature"), `sha256=${new Uint8Array(signed).toHex()}`);
});
