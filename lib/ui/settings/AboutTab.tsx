/** What runs here, what it may reach, and the licences of its parts. */
import type { AboutView } from "./kinds.ts";
import { Card, Facts } from "./parts.tsx";

export function AboutTab({ view }: { readonly view: AboutView }) {
  return (
    <>
      <Card title="This program">
        <Facts facts={view.facts} />
      </Card>
      <Card title="What it can reach">
        {view.hosted ? <HostedReach /> : (
          <p class="mt-1 text-sm text-muted">
            Nothing leaves this machine except requests to these vendors.{" "}
            <code class="rounded bg-sunken px-1">syntrack doctor</code>{" "}
            lists every file, command and permission.
          </p>
        )}
        {view.hosts.length === 0
          ? <p class="mt-3 text-sm">No vendor is configured, so nothing is contacted.</p>
          : <Facts facts={view.hosts} />}
      </Card>
      <Card title="Licences">
        <p class="mt-1 text-sm text-muted">
          Syntrack is under the MIT licence. Its pages and server are built with:
        </p>
        <div class="table-scroll mt-3" role="region" aria-label="Licences" tabIndex={0}>
          <table id="licences-table" class="data-table">
            <thead>
              <tr>
                <th scope="col">Package</th>
                <th scope="col">Version</th>
                <th scope="col">Licence</th>
              </tr>
            </thead>
            <tbody>
              {view.licences.map(({ name, version, licence }) => (
                <tr key={name}>
                  <th scope="row" class="text-ink">{name}</th>
                  <td>{version}</td>
                  <td>{licence}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </Card>
    </>
  );
}

function HostedReach() {
  return (
    <p class="mt-1 text-sm text-muted">
      The program contacts only these vendors, but this host runs it with every permission and holds its
      database. Only on a machine of your own is it guaranteed to reach nothing else.
    </p>
  );
}
