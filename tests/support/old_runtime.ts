/** Loaded before tests on older runtimes: what tests use there and the program does not. */
import { DatabaseSync } from "node:sqlite";

const prototype: Partial<Disposable> & { close(): void } = DatabaseSync.prototype;
prototype[Symbol.dispose] ??= function (this: DatabaseSync) {
  try {
    this.close();
  } catch {
    // It is closed already, which is no fault here either.
  }
};
