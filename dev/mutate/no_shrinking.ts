/** Loaded before the tests of a mutant: that a property falls is all that is asked, not by which smallest example. */
import fc from "fast-check";

fc.configureGlobal({ endOnFailure: true });
