/** Links to the vendor's own usage and status pages. They leave the dashboard and send no referrer. */
import type { VendorPages } from "../model/vendor.ts";

export interface VendorLinksProps {
  /** Absent for a source that declares no pages: then nothing is rendered. */
  readonly pages: VendorPages | undefined;
  /** Name of the vendor's product. */
  readonly name: string;
}

export function VendorLinks({ pages, name }: VendorLinksProps) {
  if (!pages) return null;
  return (
    <span class="vendor-links no-print">
      <Outside href={pages.usage} label={`Usage at the vendor, ${name}`}>Usage at the vendor</Outside>
      {pages.status !== undefined && (
        <>
          {" "}
          <Outside href={pages.status} label={`Status of ${name}`}>Status</Outside>
        </>
      )}
    </span>
  );
}

function Outside({ href, label, children }: {
  readonly href: string;
  readonly label: string;
  readonly children: string;
}) {
  return (
    <a
      class="vendor-link touch-target"
      href={href}
      target="_blank"
      rel="noopener noreferrer"
      aria-label={label}
    >
      {children}
    </a>
  );
}
