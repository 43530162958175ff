import "@/lib/ui/base_path.ts";
import { useSignal } from "@preact/signals";
import {
  browserSupportsWebAuthn,
  type PublicKeyCredentialCreationOptionsJSON,
  startRegistration,
} from "@simplewebauthn/browser";
import { useEffect, useRef } from "preact/hooks";
import { failureText, fetchOptions, submitAnswer } from "../lib/ui/access/passkey_options.ts";
import { TextField } from "../lib/ui/access/parts.tsx";

/** The form that adds a passkey. A browser that has none, or no script, shows a sentence instead. */
export default function PasskeyAdd() {
  const isOffered = useSignal(false);
  const isBusy = useSignal(false);
  const problem = useSignal("");
  const form = useRef<HTMLFormElement>(null);

  useEffect(() => {
    isOffered.value = browserSupportsWebAuthn();
  }, []);

  async function add(event: Event) {
    event.preventDefault();
    isBusy.value = true;
    problem.value = "";
    try {
      const optionsJSON = await fetchOptions<PublicKeyCredentialCreationOptionsJSON>("/me/passkey");
      submitAnswer(form.current, "answer", await startRegistration({ optionsJSON }));
    } catch (error) {
      problem.value = failureText(error, "No passkey was made: try again.");
      isBusy.value = false;
    }
  }

  if (!isOffered.value) {
    return (
      <p class="mt-3 text-sm text-muted">Adding one needs JavaScript and a browser that keeps passkeys.</p>
    );
  }
  return (
    <form
      ref={form}
      method="post"
      action="/me"
      class="mt-3 flex flex-col gap-4"
      onSubmit={(event) => void add(event)}
    >
      <input type="hidden" name="action" value="add-passkey" />
      <input type="hidden" name="answer" />
      <TextField
        id="passkey-name"
        name="name"
        label="Name"
        hint="The device it is on, such as Phone."
        required
      />
      <p>
        <button type="submit" class="button button-primary touch-target" disabled={isBusy.value}>
          Add a passkey
        </button>
      </p>
      {problem.value && <p class="text-sm text-critical" role="alert">{problem.value}</p>}
    </form>
  );
}
