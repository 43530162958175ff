/** Runs work that cleans up when a user interrupts the program. */
import { CliError, EXIT_INTERRUPTED, type Io } from "./io.ts";

/**
 * @throws {CliError} with the exit code of an interruption, once `work` has noticed the signal and cleaned up
 */
export async function runInterruptible<T>(
  io: Pick<Io, "onStop">,
  left: string,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const leave = io.onStop(() => controller.abort());
  try {
    return await work(controller.signal);
  } catch (error) {
    throw controller.signal.aborted ? new CliError(EXIT_INTERRUPTED, `Interrupted: ${left}`) : error;
  } finally {
    leave();
  }
}
