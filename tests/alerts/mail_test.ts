/** Mail through a real server: every kind of encryption, and our messages for errors. */
import { join } from "node:path";
import type { ChannelContext } from "../../lib/alerts/channel.ts";
import { channelType } from "../../lib/alerts/channels/mod.ts";
import { composeMessage } from "../../lib/alerts/compose_message.ts";
import type { Alert } from "../../lib/model/alerts/alert.ts";
import { HOUR_MS } from "../../lib/model/duration.ts";
import { assert, assertEquals, assertStringIncludes } from "../support/assert.ts";
import { makeAuthority } from "../support/certificates.ts";
import { CLOSED_PORT } from "../support/ports.ts";
import { smtpTest, startSmtp } from "../support/smtp_server.ts";
import { READ_AT } from "../support/views.ts";
import { sendTrusting } from "./send_trusting.ts";

const BASE = { to: "me@example.org, you@example.org", from: "syntrack@example.org" };

const ALERT: Alert = {
  id: "threshold|acme/default/five-hour|0.8|1",
  kind: "threshold",
  severity: "warning",
  account: "acme/default",
  quota: "five-hour",
  at: READ_AT,
  title: "Acme 5-hour quota: 85% used",
  text: "85% used.",
  details: "",
  expiresAt: READ_AT + HOUR_MS,
};

/** A certificate for localhost, and its authority. */
async function withCertificate(
  work: (files: { readonly cert: string; readonly key: string; readonly ca: string }) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const authority = await makeAuthority(folder, "mail-ca");
    const files = {
      cert: join(folder, "mail.pem"),
      key: join(folder, "mail.key"),
      ca: join(folder, "ca.pem"),
    };
    await authority.issue(files.cert, files.key);
    await Deno.writeTextFile(files.ca, authority.ca);
    await work(files);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

smtpTest("mail is sent unencrypted if nothing else is set, to each receiver", async () => {
  await using server = await startSmtp("plain");
  const settings = { ...BASE, host: "127.0.0.1", port: String(server.port) };
  assertEquals(await sendTrusting(null, "mail", { ...settings, encryption: "none" }), "sent");
  const mail = await server.next();
  assertEquals([mail.from, mail.to, mail.encrypted, mail.user], [
    "syntrack@example.org",
    ["me@example.org", "you@example.org"],
    false,
    null,
  ]);
  assertStringIncludes(mail.text, "Subject: Acme 5-hour quota: 85% used");
  assertStringIncludes(mail.text, "Auto-Submitted: auto-generated");
  assertEquals(
    await sendTrusting(null, "mail", { ...settings, encryption: "starttls" }),
    `The mail server 127.0.0.1:${server.port} does not offer encryption (STARTTLS): ` +
      "set encryption to none to send in the clear",
  );
  assertEquals(
    await sendTrusting(null, "mail", { ...settings, encryption: "none", to: "nobody@example.org" }),
    `The mail server 127.0.0.1:${server.port} refused the sender or a receiver`,
  );
});

smtpTest(
  "a password is never sent unencrypted to a server outside the local network, whatever it offers",
  async () => {
    await using server = await startSmtp("plain");
    const settings = {
      ...BASE,
      host: "127.0.0.1",
      port: String(server.port),
      user: "syn",
      password: "s3cret",
    };
    const send = (encryption: string) => {
      const context = {
        settings: { ...settings, encryption },
        // As for a public address.
        admit: (_host: string, _port: number, isPlain: boolean) =>
          isPlain ? Promise.reject(new Error("in the clear")) : Promise.resolve(),
        now: () => READ_AT,
        signal: new AbortController().signal,
      } as unknown as ChannelContext;
      const message = composeMessage([ALERT], READ_AT);
      return channelType("mail")!.send(message, context).then(() => "sent", ({ message }) => message);
    };
    assertEquals(
      await send("auto"),
      `The mail server 127.0.0.1:${server.port} does not offer encryption (STARTTLS), so the password was not sent`,
    );
    assertEquals(
      await send("none"),
      "The password for 127.0.0.1 would cross the internet in the clear: set encryption to starttls or tls",
    );
  },
);

smtpTest("an unreachable mail server is distinguished from one that rejects", async () => {
  assertEquals(
    await sendTrusting(null, "mail", { ...BASE, host: "127.0.0.1", port: String(CLOSED_PORT) }),
    `The mail server 127.0.0.1:${CLOSED_PORT} cannot be reached: check host, port and encryption`,
  );
});

smtpTest(
  "mail is sent by STARTTLS with a sign-in, also with automatic encryption",
  () =>
    withCertificate(async ({ ca, ...files }) => {
      await using server = await startSmtp("starttls", files);
      const settings = {
        ...BASE,
        host: "localhost",
        port: String(server.port),
        user: "syn",
        password: "s3cret",
      };
      for (const encryption of ["starttls", "auto"]) {
        assertEquals(await sendTrusting(ca, "mail", { ...settings, encryption }), "sent");
        const { encrypted, user } = await server.next();
        assertEquals([encrypted, user], [true, "syn"]);
      }
      assertEquals(
        await sendTrusting(ca, "mail", { ...settings, password: "wrong" }),
        `The mail server localhost:${server.port} refused the sign-in: check user and password`,
      );
      assertEquals(
        await sendTrusting(null, "mail", settings),
        `The certificate of the mail server localhost:${server.port} is not trusted`,
      );
    }),
);

smtpTest(
  "mail is sent by TLS from the start, and not with a wrong certificate",
  () =>
    withCertificate(async ({ ca, ...files }) => {
      await using server = await startSmtp("tls", files);
      const settings = { ...BASE, host: "localhost", port: String(server.port), encryption: "tls" };
      assertEquals(await sendTrusting(ca, "mail", settings), "sent");
      assert((await server.next()).encrypted);
      assertEquals(
        await sendTrusting(null, "mail", settings),
        `The certificate of the mail server localhost:${server.port} is not trusted`,
      );
      // The authority is trusted, but the certificate is for another name. Other systems have only one loopback address.
      if (Deno.build.os !== "linux") return;
      await using other = await startSmtp("tls", files, { host: "127.0.0.2" });
      assertEquals(
        await sendTrusting(ca, "mail", { ...settings, host: "127.0.0.2", port: String(other.port) }),
        `The certificate of the mail server 127.0.0.2:${other.port} is not trusted`,
      );
    }),
);
