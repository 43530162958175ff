/**
 * The certificate and key of the server, read from files and reread when they change, as certbot, step-ca and
 * `tailscale cert` change them. While the new files are broken, the old certificate stays in force.
 */
import { createPrivateKey, X509Certificate } from "node:crypto";
import type { Log } from "../../provider/context.ts";
import type { Clock } from "../../base/clock.ts";
import type { Certificate, CertificateSource } from "../listen/certificate.ts";
import type { CertificateState } from "../context.ts";
import { ListenRefused } from "./permit.ts";

const CHECK_EVERY_MS = 10_000;
const MAX_BYTES = 1024 * 1024;

export interface CertificateFiles {
  readonly certPath: string;
  readonly keyPath: string;
}

export interface FollowedCertificate extends CertificateSource {
  state(): CertificateState;
  stop(): void;
}

interface ValidCertificate {
  readonly certificate: Certificate;
  readonly expiresAt: number;
}

/** @throws {ListenRefused} when the files cannot be used at the start */
export async function followCertificate(
  files: CertificateFiles,
  { clock, log }: { readonly clock: Pick<Clock, "sleep">; readonly log: Pick<Log, "info" | "warn"> },
): Promise<FollowedCertificate> {
  const first = await readCertificate(files);
  if ("problem" in first) {
    throw new ListenRefused(
      `Cannot serve https: ${first.problem}`,
      `--tls-cert names a certificate chain and --tls-key its private key, both as PEM: ${files.certPath}, ${files.keyPath}`,
    );
  }
  let current: ValidCertificate = first;
  let problem: string | null = null;
  const listeners = new Set<() => void>();
  const stopped = new AbortController();

  async function look(): Promise<void> {
    const read = await readCertificate(files);
    if ("problem" in read) {
      if (read.problem !== problem) {
        log.warn("The certificate files cannot be used; the current certificate stays in force", {
          why: read.problem,
        });
      }
      problem = read.problem;
      return;
    }
    problem = null;
    const { cert, key } = read.certificate;
    if (cert === current.certificate.cert && key === current.certificate.key) return;
    current = read;
    for (const changed of listeners) changed();
    log.info("The certificate was reloaded", { expires: new Date(read.expiresAt).toISOString() });
  }

  void (async () => {
    while (!stopped.signal.aborted) {
      await clock.sleep(CHECK_EVERY_MS, stopped.signal);
      if (!stopped.signal.aborted) await look();
    }
  })();

  return {
    current: () => current.certificate,
    state: () => ({ expiresAt: current.expiresAt, problem }),
    onChange(changed) {
      listeners.add(changed);
      return () => void listeners.delete(changed);
    },
    stop: () => stopped.abort(),
  };
}

async function readCertificate(
  files: CertificateFiles,
): Promise<ValidCertificate | { readonly problem: string }> {
  const cert = await readText(files.certPath);
  if (cert === null) return { problem: "the certificate file cannot be read" };
  const key = await readText(files.keyPath);
  if (key === null) return { problem: "the key file cannot be read" };
  let parsed: X509Certificate;
  try {
    parsed = new X509Certificate(cert);
  } catch {
    return { problem: "the certificate file contains no certificate" };
  }
  try {
    if (!parsed.checkPrivateKey(createPrivateKey(key))) {
      return { problem: "the key does not match the certificate" };
    }
  } catch {
    return { problem: "the key file contains no private key without a passphrase" };
  }
  return { certificate: { cert, key }, expiresAt: Date.parse(parsed.validTo) };
}

async function readText(path: string): Promise<string | null> {
  try {
    const { size, isFile } = await Deno.stat(path);
    return isFile && size <= MAX_BYTES ? await Deno.readTextFile(path) : null;
  } catch {
    return null;
  }
}
