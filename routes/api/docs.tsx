import ApiTry from "@/islands/ApiTry.tsx";
import { api } from "@/lib/web/answer.ts";
import { frameFacts } from "@/lib/web/frame.ts";
import { openApi } from "@/lib/web/openapi.ts";
import { define } from "@/lib/web/state.ts";
import { ApiContents, type ApiEntry, ApiOperation } from "../(_components)/api_docs.tsx";
import { PageFrame } from "../(_components)/PageFrame.tsx";

/** The API documentation for people; it works without JavaScript. */
export const handlers = define.handlers(api({
  async GET(ctx) {
    const [facts, { info, paths }] = await Promise.all([frameFacts(ctx.state, "API"), openApi()]);
    const entries: readonly ApiEntry[] = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ ...operation, method, path }))
    );
    const groups = [...new Set(entries.flatMap(({ tags }) => tags))].map((name) => ({
      name,
      entries: entries.filter(({ tags }) => tags.includes(name)),
    }));
    const origin = `${ctx.url.origin}${ctx.config.basePath}`;
    return await ctx.render(
      <PageFrame facts={facts} page="help" title="API">
        <p class="mt-2 max-w-3xl text-muted">{info.description.replaceAll("`", "")}</p>
        <p class="mt-2 max-w-3xl text-muted">
          Programs sign in with a key from{" "}
          <a class="underline" href="/keys">Keys</a>; on this machine none is needed while no one else can
          connect. For programs:{" "}
          <a href="/api/openapi.json" class="font-medium text-accent underline">openapi.json</a>
        </p>
        <div class="api-columns mt-4">
          <ApiContents groups={groups} />
          <div class="min-w-0">
            {groups.map(({ name, entries }) => (
              <section key={name}>
                <h2 class="mt-6 text-lg font-semibold tracking-tight">{name}</h2>
                {entries.map((entry) => (
                  <ApiOperation key={entry.operationId} entry={entry} origin={origin} />
                ))}
              </section>
            ))}
          </div>
        </div>
        <ApiTry />
      </PageFrame>,
    );
  },
}));
