/** The icon of the bell. */
import { Icon } from "../icons.tsx";

export function BellIcon() {
  return (
    <Icon>
      <path d="M3.5 11.5h9l-1.2-1.8V7a3.3 3.3 0 0 0-6.6 0v2.7z" />
      <path d="M6.7 13.5a1.4 1.4 0 0 0 2.6 0" />
    </Icon>
  );
}
