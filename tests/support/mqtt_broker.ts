/** An MQTT 3.1.1 broker on the loopback address, written from the standard; and a real one, `mosquitto`. */

export interface Published {
  readonly topic: string;
  readonly payload: string;
  readonly retain: boolean;
}

export interface FakeBroker extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** In order of arrival. */
  readonly published: readonly Published[];
  /** Retained messages, by topic. */
  readonly retained: ReadonlyMap<string, string>;
  /** User names and passwords it received. */
  readonly signIns: readonly (readonly [user: string | null, password: string | null])[];
}

interface Behaviour {
  /** The return code of CONNACK for a connection. */
  readonly connack?: (count: number) => number;
  /** Whether to acknowledge a message; if not, the connection is closed. */
  readonly acks?: (count: number) => boolean;
}

export function startBroker({ connack = () => 0, acks = () => true }: Behaviour = {}): FakeBroker {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const published: Published[] = [];
  const retained = new Map<string, string>();
  const signIns: [string | null, string | null][] = [];
  const open = new Set<Deno.Conn>();

  async function serve(connection: Deno.Conn): Promise<void> {
    let buffer = new Uint8Array(0);
    const need = async (count: number): Promise<Uint8Array> => {
      while (buffer.length < count) {
        const chunk = new Uint8Array(65_536);
        const read = await connection.read(chunk);
        if (read === null) throw new Error("closed");
        buffer = new Uint8Array([...buffer, ...chunk.subarray(0, read)]);
      }
      const taken = buffer.slice(0, count);
      buffer = buffer.slice(count);
      return taken;
    };
    while (true) {
      const [head = 0] = await need(1);
      let [length, shift, byte] = [0, 0, 0];
      do {
        [byte = 0] = await need(1);
        length |= (byte & 127) << shift;
        shift += 7;
      } while (byte & 128);
      const body = await need(length);
      let at = 0;
      const text = () => {
        const size = body[at]! << 8 | body[at + 1]!;
        at += 2 + size;
        return new TextDecoder().decode(body.subarray(at - size, at));
      };
      switch (head >> 4) {
        case 1: {
          const protocol = text();
          const flags = body[at + 1]!;
          at += 4;
          text();
          if (protocol !== "MQTT") throw new Error(protocol);
          signIns.push([flags & 128 ? text() : null, flags & 64 ? text() : null]);
          const code = connack(signIns.length);
          await connection.write(new Uint8Array([0x20, 2, 0, code]));
          if (code !== 0) return;
          break;
        }
        case 3: {
          const topic = text();
          const qos = head >> 1 & 3;
          const id = body.slice(at, at + 2);
          if (qos > 0) at += 2;
          const payload = new TextDecoder().decode(body.subarray(at));
          const retain = (head & 1) === 1;
          published.push({ topic, payload, retain });
          if (!acks(published.length)) return;
          if (retain && payload === "") retained.delete(topic);
          else if (retain) retained.set(topic, payload);
          if (qos > 0) await connection.write(new Uint8Array([0x40, 2, ...id]));
          break;
        }
        case 12:
          await connection.write(new Uint8Array([0xd0, 0]));
          break;
        case 14:
          return;
      }
    }
  }

  const done = (async () => {
    for await (const connection of listener) {
      open.add(connection);
      void serve(connection).catch(() => {}).finally(() => {
        open.delete(connection);
        connection.close();
      });
    }
  })();
  const { port } = listener.addr;
  return {
    url: `mqtt://127.0.0.1:${port}`,
    port,
    published,
    retained,
    signIns,
    async [Symbol.asyncDispose]() {
      listener.close();
      for (const connection of open) connection.close();
      await done.catch(() => {});
    },
  };
}

/** Debian's path, which is not on the path of every user. */
export const MOSQUITTO = ["mosquitto", "/usr/sbin/mosquitto"].find((command) => {
  try {
    new Deno.Command(command, { args: ["-h"], stdout: "null", stderr: "null" }).outputSync();
    return true;
  } catch {
    return false;
  }
});

export function mosquittoTest(name: string, fn: () => Promise<void>): void {
  Deno.test({
    name: MOSQUITTO ? name : `${name} (ignored: no mosquitto found, see Debian's package mosquitto)`,
    ignore: MOSQUITTO === undefined,
    fn,
  });
}
