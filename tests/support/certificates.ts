/** Certificates for tests, created with the system's `openssl`: an authority, and servers signed by it. */
import { join } from "node:path";

export interface TestAuthority {
  /** As PEM. */
  readonly ca: string;
  /** Creates a certificate for its names, and overwrites the files at the paths. */
  issue(certPath: string, keyPath: string): Promise<void>;
}

export async function hasOpenssl(): Promise<boolean> {
  try {
    return (await new Deno.Command("openssl", { args: ["version"], stdout: "null", stderr: "null" }).output())
      .success;
  } catch {
    return false;
  }
}

async function openssl(folder: string, args: readonly string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command("openssl", {
    args: [...args],
    cwd: folder,
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(`openssl ${args[0]}: ${new TextDecoder().decode(stderr)}`);
}

const KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

/** @param names the host names in its certificates */
export async function makeAuthority(
  folder: string,
  name: string,
  names = "DNS:localhost,DNS:usage.example.com,IP:127.0.0.1",
): Promise<TestAuthority> {
  const [key, crt] = [`${name}.key`, `${name}.crt`];
  const subject = `/CN=${name}`;
  await openssl(folder, [
    "req",
    "-x509",
    ...KEY,
    "-keyout",
    key,
    "-out",
    crt,
    "-days",
    "30",
    "-subj",
    subject,
  ]);
  await Deno.writeTextFile(
    join(folder, "server.ext"),
    `basicConstraints=CA:FALSE\nsubjectAltName=${names}\n`,
  );
  return {
    ca: await Deno.readTextFile(join(folder, crt)),
    async issue(certPath, keyPath) {
      await openssl(folder, [
        "req",
        ...KEY,
        "-keyout",
        keyPath,
        "-out",
        "server.csr",
        "-subj",
        "/CN=localhost",
      ]);
      const by = ["-CA", crt, "-CAkey", key, "-CAcreateserial", "-days", "20", "-extfile", "server.ext"];
      await openssl(folder, ["x509", "-req", "-in", "server.csr", "-out", certPath, ...by]);
    },
  };
}

/** The attestation certificate of a security key's maker, as WebAuthn requires it. */
export async function makeAttestationKey(folder: string): Promise<{
  readonly certificate: Uint8Array<ArrayBuffer>;
  readonly key: CryptoKey;
}> {
  await openssl(folder, [
    "req",
    "-x509",
    ...KEY,
    "-keyout",
    "maker.key",
    "-outform",
    "DER",
    "-out",
    "maker.der",
    "-days",
    "30",
    "-subj",
    "/C=SE/O=Maker/OU=Authenticator Attestation/CN=Key",
    "-addext",
    "basicConstraints=critical,CA:FALSE",
  ]);
  const pem = await Deno.readTextFile(join(folder, "maker.key"));
  const key = await crypto.subtle.importKey(
    "pkcs8",
    Uint8Array.fromBase64(pem.replaceAll(/-----[^-]*-----|\s/g, "")),
    { name: "ECDSA", namedCurve: "P-256" },
    false,
    ["sign"],
  );
  return { certificate: await Deno.readFile(join(folder, "maker.der")), key };
}
