/** A connection with the time it has for what it does. */
import type { Socket } from "node:net";
import type { Phase, Seat } from "./seats.ts";

export class Place implements Seat {
  phase: Phase = "waiting";
  readonly group: string | null;
  #socket: Socket;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param group who it counts for when connections are shared out; null for whoever may have all */
  constructor(socket: Socket, group: string | null, headMs: number) {
    this.#socket = socket;
    this.group = group;
    this.enter("waiting", headMs);
  }

  /** @param mostMs how long it may stay in the phase; for ever unless given */
  enter(phase: Phase, mostMs?: number, onLate: () => void = this.leave): void {
    this.rest();
    this.phase = phase;
    if (mostMs !== undefined) this.#timer = setTimeout(onLate, mostMs);
  }

  /** From now on the connection is this socket, as once it is encrypted. */
  moveTo(socket: Socket): void {
    this.#socket = socket;
  }

  rest(): void {
    clearTimeout(this.#timer);
  }

  readonly leave = (): void => {
    this.rest();
    this.#socket.destroy();
  };
}
