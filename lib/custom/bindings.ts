/**
 * Remembers the host each key was first sent to and allows no other, so that a person who can change a
 * source's URL cannot have its key sent to themselves. Entering the key again binds it again.
 *
 * Stores only a hash of the key, in a file of ours that no other user can read.
 */

/** Reads and writes the file's text; injected. */
export interface BindingFile {
  /** Returns null when the file does not exist. */
  read(): string | null;
  /** Writes all of it or nothing. */
  write(text: string): void;
}

interface Binding {
  readonly origin: string;
  readonly key: string;
}

export interface Bindings {
  /** Binds an unbound key. Returns false when it is bound to another host. */
  bind(id: string, origin: string, secret: string): Promise<boolean>;
  /** Forgets a source's binding, because its owner entered the key again. */
  forget(id: string): void;
}

export function createBindings(file: BindingFile): Bindings {
  return {
    async bind(id, origin, secret) {
      const key = await computeFingerprint(id, secret);
      // Read each time: another process may have written it.
      const all = bindingsIn(file.read());
      const known = (all[id] ?? []).find((one) => one.key === key);
      if (known) return known.origin === origin;
      // Keep a few, for several accounts and for replaced keys.
      const own = [...all[id] ?? [], { origin, key }].slice(-20);
      file.write(`${JSON.stringify({ ...all, [id]: own }, null, 2)}\n`);
      return true;
    },
    forget(id) {
      const { [id]: gone, ...rest } = bindingsIn(file.read());
      if (gone) file.write(`${JSON.stringify(rest, null, 2)}\n`);
    },
  };
}

function bindingsIn(text: string | null): Readonly<Record<string, readonly Binding[]>> {
  if (text === null) return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The file is always written in full, so a broken one was edited; send no keys anywhere.
    throw new TypeError("The file of bound keys is damaged: delete it to bind the keys again");
  }
  const all: Record<string, readonly Binding[]> = Object.create(null);
  for (const [id, list] of Object.entries(typeof value === "object" && value !== null ? value : {})) {
    if (Array.isArray(list)) all[id] = list.filter(isBinding);
  }
  return all;
}

function isBinding(value: unknown): value is Binding {
  return typeof value === "object" && value !== null && "origin" in value && "key" in value &&
    typeof value.origin === "string" && typeof value.key === "string";
}

async function computeFingerprint(id: string, secret: string): Promise<string> {
  const bytes = new TextEncoder().encode(`${id}\0${secret}`);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
