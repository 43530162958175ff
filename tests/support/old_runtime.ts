/** Loaded before tests on older runtimes: polyfills for what only the tests use. */
import { DatabaseSync } from "node:sqlite";

const prototype: Partial<Disposable> & { close(): void } = DatabaseSync.prototype;
prototype[Symbol.dispose] ??= function (this: DatabaseSync) {
  try {
    this.close();
  } catch {
    // It is already closed, which is not an error here either.
  }
};
