import "@/lib/ui/base_path.ts";
import { useSignal } from "@preact/signals";
import {
  browserSupportsWebAuthn,
  type PublicKeyCredentialRequestOptionsJSON,
  startAuthentication,
} from "@simplewebauthn/browser";
import { useEffect, useRef } from "preact/hooks";
import { failureText, fetchOptions, submitAnswer } from "../lib/ui/access/passkey_options.ts";

/** The button that signs in by passkey. A browser that has none, or no script, shows nothing. */
export default function PasskeySignIn({ next }: { readonly next: string }) {
  const isOffered = useSignal(false);
  const isBusy = useSignal(false);
  const problem = useSignal("");
  const form = useRef<HTMLFormElement>(null);

  useEffect(() => {
    isOffered.value = browserSupportsWebAuthn();
  }, []);

  async function signIn(event: Event) {
    event.preventDefault();
    isBusy.value = true;
    problem.value = "";
    try {
      const optionsJSON = await fetchOptions<PublicKeyCredentialRequestOptionsJSON>("/login/passkey");
      submitAnswer(form.current, "passkey", await startAuthentication({ optionsJSON }));
    } catch (error) {
      problem.value = failureText(error, "No passkey was used: try again, or sign in another way.");
      isBusy.value = false;
    }
  }

  if (!isOffered.value) return null;
  return (
    <form
      ref={form}
      method="post"
      action="/login"
      class="mt-6 border-t border-line pt-6"
      onSubmit={(event) => void signIn(event)}
    >
      <input type="hidden" name="next" value={next} />
      <input type="hidden" name="passkey" />
      <button type="submit" class="button touch-target" disabled={isBusy.value}>
        Sign in with a passkey
      </button>
      {problem.value && <p class="mt-3 text-sm text-critical" role="alert">{problem.value}</p>}
    </form>
  );
}
