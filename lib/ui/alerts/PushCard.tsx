/** The frame around the switch for notifications of this browser. */
import type { ComponentChildren } from "preact";
import { Card } from "../settings/parts.tsx";

export function PushCard({ children }: { readonly children: ComponentChildren }) {
  return (
    <Card title="Notifications">
      {children}
      <noscript>
        <p class="mt-3 text-sm text-muted">Browser notifications need JavaScript.</p>
      </noscript>
    </Card>
  );
}
