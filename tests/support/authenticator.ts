/**
 * A software device that creates and uses passkeys with ES256, with any mistake a test requests. It returns answers as the
 * JSON that browsers produce.
 */
const UP = 0x01;
const UV = 0x04;
const BACKUP_ELIGIBLE = 0x08;
const BACKED_UP = 0x10;
const ATTESTED = 0x40;

/** The fields of an answer that are wrong on purpose. */
export interface Wrong {
  readonly origin?: string;
  readonly rpId?: string;
  readonly challenge?: string;
  readonly type?: string;
  readonly crossOrigin?: boolean;
  /** Without verification by finger, face or PIN. */
  readonly unverified?: boolean;
  readonly counter?: number;
  readonly userHandle?: string;
  /** An attestation by the device or its maker; none by default. */
  readonly statement?: {
    readonly format: string;
    readonly fields: (signed: Uint8Array<ArrayBuffer>, own: CryptoKey) => Promise<ReadonlyMap<string, Cbor>>;
  };
  readonly clientExtensionResults?: object;
}

export interface Asked {
  readonly challenge: string;
  readonly origin: string;
  readonly rpId: string;
}

export interface Device {
  readonly id: string;
  /** For `navigator.credentials.create`. @param userHandle the server's id of the person */
  register(asked: Asked & { readonly userHandle: string }, wrong?: Wrong): Promise<Answer>;
  /** For `navigator.credentials.get`; increments the counter. */
  use(asked: Asked, wrong?: Wrong): Promise<Answer>;
}

export interface Answer {
  id: string;
  rawId: string;
  type: string;
  response: Record<string, unknown>;
  clientExtensionResults: object;
}

/** Creates a device with one key pair. @param counts whether it reports how often it was used */
export async function createDevice(counts = true): Promise<Device> {
  const keys = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, [
    "sign",
    "verify",
  ]);
  const { x = "", y = "" } = await crypto.subtle.exportKey("jwk", keys.publicKey);
  const publicKey = cbor(
    new Map<number, Cbor>([[1, 2], [3, -7], [-1, 1], [-2, fromUrl(x)], [-3, fromUrl(y)]]),
  );
  const rawId = crypto.getRandomValues(new Uint8Array(32));
  const id = toUrl(rawId);
  let handle = "";
  let counter = 0;

  async function head(rpId: string, flags: number, wrong: Wrong): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = new Uint8Array(37);
    bytes.set(await sha256(new TextEncoder().encode(wrong.rpId ?? rpId)));
    bytes[32] = (wrong.unverified ? flags & ~UV : flags) | BACKUP_ELIGIBLE | BACKED_UP;
    new DataView(bytes.buffer).setUint32(33, wrong.counter ?? counter);
    return bytes;
  }

  function clientData(type: string, { challenge, origin }: Asked, wrong: Wrong): Uint8Array<ArrayBuffer> {
    return new TextEncoder().encode(JSON.stringify({
      type: wrong.type ?? type,
      challenge: wrong.challenge ?? challenge,
      origin: wrong.origin ?? origin,
      crossOrigin: wrong.crossOrigin ?? false,
    }));
  }

  return {
    id,
    async register(asked, wrong = {}) {
      handle = asked.userHandle;
      const data = clientData("webauthn.create", asked, wrong);
      const length = new Uint8Array([rawId.length >> 8, rawId.length & 255]);
      const authData = join(
        await head(asked.rpId, UP | UV | ATTESTED, wrong),
        new Uint8Array(16),
        length,
        rawId,
        publicKey,
      );
      const { statement } = wrong;
      const fields = await statement?.fields(join(authData, await sha256(data)), keys.privateKey);
      const object = new Map<string, Cbor>([
        ["fmt", statement?.format ?? "none"],
        ["attStmt", fields ?? new Map<string, Cbor>()],
        ["authData", authData],
      ]);
      return {
        id,
        rawId: id,
        type: "public-key",
        response: {
          clientDataJSON: toUrl(data),
          attestationObject: toUrl(cbor(object)),
          transports: ["internal"],
        },
        clientExtensionResults: wrong.clientExtensionResults ?? { credProps: { rk: true } },
      };
    },
    async use(asked, wrong = {}) {
      if (counts) counter++;
      const data = clientData("webauthn.get", asked, wrong);
      const authData = await head(asked.rpId, UP | UV, wrong);
      const signature = await sign(keys.privateKey, join(authData, await sha256(data)));
      return {
        id,
        rawId: id,
        type: "public-key",
        response: {
          clientDataJSON: toUrl(data),
          authenticatorData: toUrl(authData),
          signature: toUrl(signature),
          userHandle: wrong.userHandle ?? handle,
        },
        clientExtensionResults: {},
      };
    },
  };
}

export function toUrl(bytes: Uint8Array): string {
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}

export function fromUrl(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.fromBase64(text, { alphabet: "base64url" });
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

function join(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** ES256 in the encoding of devices. */
export async function sign(key: CryptoKey, bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return der(new Uint8Array(await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, key, bytes)));
}

/** Two integers of ASN.1. */
function der(raw: Uint8Array): Uint8Array<ArrayBuffer> {
  const integer = (bytes: Uint8Array) => {
    let from = 0;
    while (from < bytes.length - 1 && bytes[from] === 0) from++;
    const rest = bytes.subarray(from);
    const padded = rest[0]! >= 0x80 ? join(new Uint8Array([0]), rest) : rest;
    return join(new Uint8Array([2, padded.length]), padded);
  };
  const body = join(integer(raw.subarray(0, 32)), integer(raw.subarray(32)));
  return join(new Uint8Array([0x30, body.length]), body);
}

export type Cbor =
  | number
  | string
  | Uint8Array
  | readonly Cbor[]
  | ReadonlyMap<string, Cbor>
  | ReadonlyMap<number, Cbor>;

function cbor(value: Cbor): Uint8Array<ArrayBuffer> {
  if (typeof value === "number") return value >= 0 ? cborHead(0, value) : cborHead(1, -1 - value);
  if (typeof value === "string") {
    const bytes = new TextEncoder().encode(value);
    return join(cborHead(3, bytes.length), bytes);
  }
  if (value instanceof Uint8Array) return join(cborHead(2, value.length), value);
  if (value instanceof Map) {
    const parts = [...value].flatMap(([key, one]: [string | number, Cbor]) => [cbor(key), cbor(one)]);
    return join(cborHead(5, value.size), ...parts);
  }
  const list = value as readonly Cbor[];
  return join(cborHead(4, list.length), ...list.map(cbor));
}

function cborHead(kind: number, size: number): Uint8Array<ArrayBuffer> {
  const first = kind << 5;
  if (size < 24) return new Uint8Array([first | size]);
  if (size < 256) return new Uint8Array([first | 24, size]);
  return new Uint8Array([first | 25, size >> 8, size & 255]);
}
