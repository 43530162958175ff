/** A mail as shown by a mail program with an embedded browser. */
import { mailHtml } from "../../lib/alerts/channels/mail.ts";
import { composeMessage } from "../../lib/alerts/compose_message.ts";
import type { Alert } from "../../lib/model/alerts/alert.ts";
import { assertEquals } from "../support/assert.ts";
import { findBarriers } from "../support/axe.ts";
import { browserTest } from "../support/browser.ts";
import { READ_AT } from "../support/views.ts";

const alert = (severity: Alert["severity"], fields: Partial<Alert> = {}): Alert => ({
  id: severity,
  kind: "threshold",
  severity,
  account: "acme/default",
  quota: "five-hour",
  at: READ_AT,
  title: `Acme <b>5-hour</b>: ${severity}`,
  text: "85% used, over 80%.",
  details: "",
  expiresAt: READ_AT,
  ...fields,
});

for (const colorScheme of ["light", "dark"] as const) {
  browserTest(
    `a mail can be read in ${colorScheme} colours, line by line, and fetches nothing`,
    async ({ page, requests }) => {
      const summary = alert("info", { text: "First line\nSecond line", details: "Used:\n- one\n- two" });
      const message = composeMessage([alert("critical"), alert("warning"), summary], READ_AT);
      await page.setContent(mailHtml(message));
      const text = await page.locator("body").innerText();
      for (const part of ["Acme <b>5-hour</b>: critical", "First line\nSecond line", "Used:\n- one\n- two"]) {
        assertEquals([part, text.includes(part)], [part, true]);
      }
      assertEquals(await findBarriers(page), []);
      assertEquals(requests, []);
    },
    { colorScheme },
  );
}
