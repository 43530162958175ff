/** Loaded before a mutant's tests: it only matters that a property fails, not with which smallest example. */
import fc from "fast-check";

fc.configureGlobal({ endOnFailure: true });
