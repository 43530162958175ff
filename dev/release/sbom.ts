/** The contents of a release as CycloneDX 1.6, generated from deno.lock. */
import { readLicence } from "./licences.ts";
import type { Package } from "./packages.ts";

export interface Lock {
  readonly version: string;
  readonly npm?: Readonly<Record<string, { readonly integrity: string }>>;
  /** Kinds of packages this project does not use. */
  readonly jsr?: object;
  readonly remote?: object;
}

export interface SbomFacts {
  readonly version: string;
  readonly denoVersion: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** The text of deno.lock. */
  readonly lock: string;
  /** By their keys in the lock file. */
  readonly packages: ReadonlyMap<string, Package>;
}

/** @throws {Error} when the lock file contains what this list could not name */
export async function sbomJson({ version, denoVersion, at, lock, packages }: SbomFacts): Promise<string> {
  const { npm = {}, jsr, remote }: Lock = JSON.parse(lock);
  if (jsr !== undefined || remote !== undefined) {
    throw new Error(
      "deno.lock names packages that are not of npm, which the list of parts cannot describe yet",
    );
  }
  const own = `pkg:github/syntrack@${version}`;
  const runtime = `pkg:github/denoland/deno@v${denoVersion}`;
  const refs = new Map(Object.keys(npm).map((key) => [key, formatPurl(requirePackage(packages, key))]));
  const components = Object.entries(npm).map(([key, { integrity }]) => {
    const one = requirePackage(packages, key);
    const [, group, name = one.name] = /^(@[^/]+)\/(.+)$/.exec(one.name) ?? [];
    return {
      type: "library",
      "bom-ref": formatPurl(one),
      ...group === undefined ? {} : { group },
      name,
      version: one.version,
      // Packages for the build and for tests are in no executable.
      scope: one.packed ? "required" : "excluded",
      hashes: [{ alg: "SHA-512", content: decodeIntegrity(integrity) }],
      ...listLicences(readLicence(one)),
      purl: formatPurl(one),
    };
  });
  const direct = components.filter(({ scope }) => scope === "required").map((one) => one["bom-ref"]);
  const document = {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    serialNumber: `urn:uuid:${await deriveUuid(`${version}\n${denoVersion}\n${lock}`)}`,
    version: 1,
    metadata: {
      timestamp: new Date(at).toISOString(),
      component: {
        type: "application",
        "bom-ref": own,
        name: "syntrack",
        version,
        ...listLicences("MIT"),
      },
    },
    components: [
      {
        type: "platform",
        "bom-ref": runtime,
        name: "deno",
        version: denoVersion,
        scope: "required",
        ...listLicences("MIT"),
        purl: runtime,
      },
      ...components,
    ],
    dependencies: [
      { ref: own, dependsOn: [runtime, ...direct].toSorted() },
      { ref: runtime, dependsOn: [] },
      ...Object.keys(npm).map((key) => ({
        ref: refs.get(key),
        dependsOn: requirePackage(packages, key).dependencies.map((one) => refs.get(one)).toSorted(),
      })),
    ],
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function requirePackage(packages: ReadonlyMap<string, Package>, key: string): Package {
  const one = packages.get(key);
  if (!one) throw new Error(`deno.lock names ${key}, which is not installed: run deno ci`);
  return one;
}

function formatPurl({ name, version }: Pick<Package, "name" | "version">): string {
  return `pkg:npm/${name.replace("@", "%40")}@${version}`;
}

function listLicences(id: string | null) {
  if (id === null) return {};
  return { licenses: [/ (?:OR|AND|WITH) /.test(id) ? { expression: id } : { license: { id } }] };
}

function decodeIntegrity(integrity: string): string {
  const [, digest = ""] = /^sha512-(.+)$/.exec(integrity) ?? [];
  if (digest === "") throw new Error(`deno.lock holds a digest that is no SHA-512: ${integrity}`);
  return Uint8Array.fromBase64(digest).toHex();
}

/** Returns the same id for the same content, as a UUID of version 8, which is meant for that. */
async function deriveUuid(text: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  digest[6] = digest[6]! & 0x0f | 0x80;
  digest[8] = digest[8]! & 0x3f | 0x80;
  return digest.slice(0, 16).toHex().replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
