/** Reads server-sent events as they arrive. */

export interface ServerEvent {
  /** `message` if unnamed; `comment` for a line that only keeps the stream open. */
  readonly event: string;
  readonly id: string | null;
  readonly data: string;
  readonly retry: string | null;
}

export interface EventReader {
  /** Resolves to the next event or comment; null when the stream has ended. */
  next(): Promise<ServerEvent | null>;
  leave(): Promise<void>;
}

export function readEvents(response: Response): EventReader {
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  return {
    async next() {
      while (!text.includes("\n\n")) {
        const { done, value } = await reader.read();
        if (done) return null;
        text += value;
      }
      const end = text.indexOf("\n\n");
      const block = text.slice(0, end);
      text = text.slice(end + 2);
      return parse(block);
    },
    leave: () => reader.cancel(),
  };
}

function parse(block: string): ServerEvent {
  const fields = new Map(
    block.split("\n").map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon), line.slice(colon + 1).replace(/^ /, "")] as const;
    }),
  );
  return {
    event: fields.get("event") ?? (fields.has("") ? "comment" : "message"),
    id: fields.get("id") ?? null,
    data: fields.get("data") ?? "",
    retry: fields.get("retry") ?? null,
  };
}
