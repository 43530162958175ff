/** A connection with the time limit of its current phase. */
import type { Socket } from "node:net";
import type { Phase, PooledConnection } from "./connection_pool.ts";

export class Connection implements PooledConnection {
  phase: Phase = "waiting";
  readonly group: string | null;
  #socket: Socket;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param group the address or network that shares a limit; null when none applies */
  constructor(socket: Socket, group: string | null, headMs: number) {
    this.#socket = socket;
    this.group = group;
    this.enter("waiting", headMs);
  }

  /** @param maxMs how long the phase may last; no limit by default */
  enter(phase: Phase, maxMs?: number, onLate: () => void = this.close): void {
    this.clearTimer();
    this.phase = phase;
    if (maxMs !== undefined) this.#timer = setTimeout(onLate, maxMs);
  }

  /** Continues on another socket of the same connection, as after encryption. */
  moveTo(socket: Socket): void {
    this.#socket = socket;
  }

  clearTimer(): void {
    clearTimeout(this.#timer);
  }

  readonly close = (): void => {
    this.clearTimer();
    this.#socket.destroy();
  };
}
