/** Alerts as an Atom feed (RFC 4287). Pure. */
import { alertPath } from "../model/alerts/alert.ts";
import { harmless } from "../base/text.ts";
import type { StoredAlert } from "./alerts.ts";

export const ATOM_TYPE = "application/atom+xml; charset=utf-8";

export interface AtomFacts {
  /** Newest first. */
  readonly alerts: readonly StoredAlert[];
  /** Origin of the dashboard, `http://127.0.0.1:9211`. */
  readonly origin: string;
  readonly version: string;
  /** When the feed last changed if there are no alerts, epoch milliseconds. */
  readonly madeAt: number;
  /** Maps the id of an alert to a UUID, always the same one. */
  readonly uuidOf: (id: string) => string;
}

/**
 * Renders the feed. Omits its own address (`rel="self"`), which RFC 4287 recommends, because that
 * contains the secret that opens it, and feed files are stored and shared.
 */
export function atomFeed({ alerts, origin, version, madeAt, uuidOf }: AtomFacts): string {
  const updated = alerts.length === 0 ? madeAt : Math.max(...alerts.map(({ raisedAt }) => raisedAt));
  return [
    '<?xml version="1.0" encoding="utf-8"?>',
    '<feed xmlns="http://www.w3.org/2005/Atom">',
    `<id>urn:uuid:${uuidOf(`feed of ${origin}`)}</id>`,
    "<title>Syntrack alerts</title>",
    `<updated>${formatInstant(updated)}</updated>`,
    "<author><name>Syntrack</name></author>",
    `<generator version="${escapeXml(version)}">Syntrack</generator>`,
    `<link rel="alternate" type="text/html" href="${escapeXml(`${origin}/alerts`)}"/>`,
    ...alerts.map((alert) => formatEntry(alert, origin, uuidOf)),
    "</feed>",
    "",
  ].join("\n");
}

function formatEntry(
  { id, kind, severity, account, quota, title, text, details, raisedAt }: StoredAlert,
  origin: string,
  uuidOf: AtomFacts["uuidOf"],
): string {
  const content = [text, details].filter((part, at, all) => part !== "" && all.indexOf(part) === at)
    // Lists in a summary keep their lines.
    .flatMap((part) => part.split("\n"));
  return [
    "<entry>",
    `<id>urn:uuid:${uuidOf(id)}</id>`,
    `<title type="text">${escapeXml(title)}</title>`,
    `<updated>${formatInstant(raisedAt)}</updated>`,
    `<published>${formatInstant(raisedAt)}</published>`,
    `<link rel="alternate" type="text/html" href="${
      escapeXml(`${origin}${alertPath({ account, quota })}`)
    }"/>`,
    `<category term="${escapeXml(kind)}"/>`,
    `<category term="${escapeXml(severity)}"/>`,
    `<content type="text">${content.map(escapeXml).join("\n")}</content>`,
    "</entry>",
  ].join("\n");
}

function formatInstant(at: number): string {
  return new Date(at).toISOString();
}

/** Escapes one line of text and replaces characters XML 1.0 cannot contain. */
function escapeXml(text: string): string {
  return harmless(text)
    .replace(/[\ufffe\uffff]/g, "\ufffd")
    .replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
