import "@/lib/ui/base_path.ts";
import { type PublicKeyCredentialRequestOptionsJSON, startAuthentication } from "@simplewebauthn/browser";
import { usePasskey } from "../lib/ui/access/use_passkey.ts";

/** The button that signs in by passkey. A browser that has none, or no script, shows nothing. */
export default function PasskeySignIn({ next }: { readonly next: string }) {
  const { isOffered, isBusy, problem, form, submit } = usePasskey<PublicKeyCredentialRequestOptionsJSON>({
    path: "/login/passkey",
    field: "passkey",
    ask: (optionsJSON) => startAuthentication({ optionsJSON }),
    cancelled: "No passkey was used. Try again, or sign in another way.",
  });

  if (!isOffered.value) return null;
  return (
    <form
      ref={form}
      method="post"
      action="/login"
      class="mt-6 border-t border-line pt-6"
      onSubmit={(event) => void submit(event)}
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
