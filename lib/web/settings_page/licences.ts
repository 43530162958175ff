/** The work of others in the server and its pages; a test compares it with the imports. */
import type { Licence } from "../../ui/settings/kinds.ts";

export const LICENCES: readonly Licence[] = [
  { name: "Deno", version: "the runtime", licence: "MIT" },
  { name: "Fresh", version: "2.3.3 (the part that is used, rewritten)", licence: "MIT" },
  { name: "preact", version: "10.29.8", licence: "MIT" },
  { name: "@preact/signals", version: "2.11.4", licence: "MIT" },
  { name: "@simplewebauthn/server", version: "14.0.3", licence: "MIT" },
  { name: "@simplewebauthn/browser", version: "14.0.0", licence: "MIT" },
  { name: "preact-render-to-string", version: "6.8.2", licence: "MIT" },
  { name: "valibot", version: "1.5.0", licence: "MIT" },
  { name: "croner", version: "11.0.1", licence: "MIT" },
  { name: "commander", version: "15.1.0", licence: "MIT" },
  { name: "events", version: "3.3.0", licence: "MIT" },
  { name: "strip-ansi", version: "7.2.0", licence: "MIT" },
  { name: "aws4fetch", version: "1.0.20", licence: "MIT" },
  { name: "nanotar", version: "0.3.0", licence: "MIT" },
  { name: "@block65/webcrypto-web-push", version: "2.0.0", licence: "MIT" },
  { name: "mqtt", version: "5.16.0", licence: "MIT" },
  { name: "nodemailer", version: "10.6.1", licence: "MIT-0" },
  { name: "ws", version: "8.23.0", licence: "MIT" },
  { name: "smol-toml", version: "1.9.1", licence: "BSD-3-Clause" },
];
