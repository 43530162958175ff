import "@/lib/ui/base_path.ts";
import { type PublicKeyCredentialCreationOptionsJSON, startRegistration } from "@simplewebauthn/browser";
import { usePasskey } from "../lib/ui/access/use_passkey.ts";
import { TextField } from "../lib/ui/access/parts.tsx";

/** The form that adds a passkey. A browser that has none, or no script, shows a sentence instead. */
export default function PasskeyAdd() {
  const { isOffered, isBusy, problem, form, submit } = usePasskey<PublicKeyCredentialCreationOptionsJSON>({
    path: "/me/passkey",
    field: "answer",
    ask: (optionsJSON) => startRegistration({ optionsJSON }),
    cancelled: "No passkey was created. Try again.",
  });

  if (!isOffered.value) {
    return (
      <p class="mt-3 text-sm text-muted">Adding one needs JavaScript and a browser that supports passkeys.</p>
    );
  }
  return (
    <form
      ref={form}
      method="post"
      action="/me"
      class="mt-3 flex flex-col gap-4"
      onSubmit={(event) => void submit(event)}
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
