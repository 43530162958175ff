/** Mail by SMTP. */
import { netPermission } from "../../net/resolve_host.ts";
import { ChannelError, type ChannelType, isUntrusted, type Message, notGranted } from "../channel.ts";
import { escapeHtml, oneLine, plainText } from "../escape.ts";

const ENCRYPTION = ["auto", "tls", "starttls", "none"] as const;
const PORTS: Readonly<Record<string, number>> = { tls: 465, starttls: 587, auto: 587, none: 25 };
const TIMEOUT_MS = 20_000;

function choosePort({ port, encryption = "auto" }: Readonly<Record<string, string>>): number {
  return port === undefined || port === "" ? PORTS[encryption] ?? PORTS.auto! : Number(port);
}

export const mail: ChannelType = {
  id: "mail",
  name: "Mail",
  reach: (settings) => {
    const socket = { host: settings.host ?? "", port: choosePort(settings) };
    return { hosts: [netPermission(socket.host, socket.port)], socket, commands: [] };
  },
  settings: [
    { name: "host", help: "name of the mail server" },
    { name: "to", help: "addresses of the receivers, separated by commas" },
    { name: "from", help: "address of the sender" },
    { name: "user", help: "name to sign in with", optional: true },
    { name: "password", help: "password to sign in with", secret: true, optional: true },
    { name: "port", help: "default: 465 for tls, 587 for starttls, 25 for none", optional: true },
    {
      name: "encryption",
      help: "auto encrypts if the server supports it",
      optional: true,
      choices: ENCRYPTION,
    },
  ],
  check({ host = "", to = "", from = "", port }) {
    if (!/^[A-Za-z0-9.:_-]{1,253}$/.test(host)) return "host is not a server name";
    const address = /^[^\s@<>,;]+@[^\s@<>,;]+$/;
    if (!to.split(",").every((one) => address.test(one.trim()))) {
      return "to contains something that is not an e-mail address";
    }
    if (!address.test(from.trim())) return "from is not an e-mail address";
    return port === undefined || /^\d{1,5}$/.test(port) && Number(port) <= 65_535
      ? null
      : "port is not a port number";
  },
  async send(message, { settings, admit }) {
    const { createTransport } = await import("nodemailer");
    const { host = "", user, password, encryption = "auto", from = "", to = "" } = settings;
    const port = choosePort(settings);
    const mayShow = await admit(host, port, true).then(() => true, () => false);
    // Reports what else is wrong with the address.
    if (!mayShow) await admit(host, port, false);
    const isRevealed = user !== undefined && user !== "" && !mayShow;
    if (isRevealed && encryption === "none") {
      throw new ChannelError(
        `The password for ${
          oneLine(host, 80)
        } would cross the internet in the clear: set encryption to starttls or tls`,
        { retry: false },
      );
    }
    const transport = createTransport({
      host,
      port,
      secure: encryption === "tls" || encryption === "auto" && port === 465,
      // Never send credentials unencrypted, even if someone in between removes the server's offer to encrypt.
      requireTLS: encryption === "starttls" || encryption === "auto" && isRevealed,
      ignoreTLS: encryption === "none",
      ...user && { auth: { user, pass: password ?? "" } },
      connectionTimeout: TIMEOUT_MS,
      greetingTimeout: TIMEOUT_MS,
      socketTimeout: TIMEOUT_MS,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    try {
      await transport.sendMail({
        from,
        to: to.split(",").map((one) => one.trim()),
        subject: oneLine(message.title),
        messageId: `<${await messageId(message.id)}@syntrack>`,
        text: plainText(message.long),
        html: mailHtml(message),
        headers: { "auto-submitted": "auto-generated" },
      });
    } catch (error) {
      throw mailError(error, host, port, isRevealed);
    } finally {
      transport.close();
    }
  },
};

/** Equal for a repetition, so that mail programs show it once. */
async function messageId(id: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(id));
  return [...new Uint8Array(digest)].slice(0, 16).map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

const WORDS = { info: "Information", warning: "Warning", critical: "Critical" } as const;

/** Programs without colour schemes show the light one; all others have the dark one beside it. */
const STYLE = `
:root{color-scheme:light dark;supported-color-schemes:light dark}
body{background:#ffffff;color:#16181b}
h1,h2{font-size:15px;margin:0}
.message{border-left:4px solid #2f6f5e;padding:8px 12px}
.warning{border-left-color:#8a5a00}.critical{border-left-color:#b3261e}
.severity{font-size:12px;font-weight:600;color:#2f6f5e}
.warning .severity{color:#8a5a00}.critical .severity{color:#b3261e}
.details,.foot{color:#50555b}
@media (prefers-color-scheme:dark){
body{background:#16181b;color:#eceef0}
.message{border-left-color:#6fc3ac}.warning{border-left-color:#e3b04b}.critical{border-left-color:#f2857c}
.severity{color:#6fc3ac}.warning .severity{color:#e3b04b}.critical .severity{color:#f2857c}
.details,.foot{color:#b5babf}}
`.replaceAll("\n", "");

/** The HTML of a mail: no images, no links, nothing from elsewhere. */
export function mailHtml({ alerts, title }: Message): string {
  const isOne = alerts.length === 1;
  const heading = isOne ? "h1" : "h2";
  const rows = alerts.map(({ title, text, details, severity }) =>
    `<tr><td class="message ${severity}"><span class="severity">${WORDS[severity]}</span>` +
    `<${heading}>${escapeHtml(title)}</${heading}>${formatLines(text)}${
      details === "" ? "" : `<div class="details" style="margin-top:6px">${formatLines(details)}</div>`
    }</td></tr>`
  );
  return '<!doctype html><html lang="en"><head><meta charset="utf-8">' +
    '<meta name="viewport" content="width=device-width">' +
    '<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">' +
    `<style>${STYLE}</style><title>${escapeHtml(title)}</title></head>` +
    '<body style="font:15px/1.5 system-ui,sans-serif;margin:16px"><main>' +
    `${isOne ? "" : `<h1>${escapeHtml(title)}</h1>`}` +
    `<table role="presentation" cellspacing="0" style="border-spacing:0 10px">${rows.join("")}</table>` +
    '<p class="foot" style="font-size:12px">Sent by Syntrack.</p></main></body></html>';
}

function formatLines(text: string): string {
  return escapeHtml(text).replaceAll("\n", "<br>");
}

/** Describes a mail server's error, or a connection error, with what to do about it. */
function mailError(error: unknown, host: string, port: number, isRevealed: boolean): ChannelError {
  const { code, responseCode, message } = { ...error as object, message: "" } as {
    code?: string;
    responseCode?: number;
    message: string;
  };
  const text = error instanceof Error ? error.message : message;
  const where = `${oneLine(host, 80)}:${port}`;
  if (error instanceof Error && error.name === "NotCapable") {
    return notGranted(where);
  }
  if (code === "EAUTH") {
    return new ChannelError(`The mail server ${where} refused the sign-in: check user and password`, {
      retry: false,
    });
  }
  if (code === "EENVELOPE" || responseCode === 550) {
    return new ChannelError(`The mail server ${where} refused the sender or a receiver`, { retry: false });
  }
  if (isUntrusted(text)) {
    return new ChannelError(`The certificate of the mail server ${where} is not trusted`, { retry: false });
  }
  if (/STARTTLS/i.test(text)) {
    return new ChannelError(
      isRevealed
        ? `The mail server ${where} does not offer encryption (STARTTLS), so the password was not sent`
        : `The mail server ${where} does not offer encryption (STARTTLS): set encryption to none to send in the clear`,
      { retry: false },
    );
  }
  if (code === "EDNS" || /ENOTFOUND|getaddrinfo/i.test(text)) {
    return new ChannelError(`The mail server ${where} was not found: check its name`);
  }
  if (code === "ESOCKET" || code === "ECONNECTION" || code === "ETIMEDOUT") {
    return new ChannelError(`The mail server ${where} cannot be reached: check host, port and encryption`);
  }
  if (responseCode !== undefined && responseCode >= 500) {
    return new ChannelError(`The mail server ${where} refused the message (${responseCode})`, {
      rejected: true,
    });
  }
  return new ChannelError(
    `The mail server ${where} did not accept the message${code === undefined ? "" : ` (${code})`}`,
  );
}
