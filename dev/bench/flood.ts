/**
 * The clients of `access_bench.ts`, as separate processes that load nothing else: one floods a server, the
 * other reads a page meanwhile.
 *
 *     deno run -A dev/bench/flood.ts flood ORIGIN WHAT SECONDS
 *     deno run -A dev/bench/flood.ts read ORIGIN COOKIE SECONDS
 */
const FLOOD_A_SECOND = 200;
const READS_A_SECOND = 20;
const FORM = { "content-type": "application/x-www-form-urlencoded" };

const [role, origin = "", what = "", seconds = "10"] = Deno.args;
const forMs = Number(seconds) * 1000;
console.log(JSON.stringify(role === "flood" ? await sendFlood() : await read()));

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
}

/** `icon` needs no credential and costs as little as a request can: the cost of a flood of anything. */
function attempt(at: number): Promise<Response> {
  switch (what) {
    case "passwords": {
      const body = `username=n${at}&password=wrong+wrong`;
      return fetch(`${origin}/login`, { method: "POST", headers: FORM, body });
    }
    case "basic":
      return fetch(`${origin}/api/current`, {
        headers: { authorization: `Basic ${btoa(`n${at}:wrong wrong`)}` },
      });
    case "tokens":
      return fetch(`${origin}/api/current`, { headers: { authorization: `Bearer wrong${at}` } });
    default:
      return fetch(`${origin}/favicon.svg?n=${at}`);
  }
}

async function sendFlood() {
  const statuses: Record<string, number> = {};
  const open: Promise<void>[] = [];
  const began = performance.now();
  let count = 0;
  while (performance.now() - began < forMs) {
    open.push((async () => {
      const answer = await attempt(count);
      await answer.body?.cancel();
      statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
    })());
    count++;
    await pause(began + count * 1000 / FLOOD_A_SECOND - performance.now());
  }
  await Promise.all(open);
  return { perSecond: Math.round(count * 1000 / (performance.now() - began)), statuses };
}

/** Milliseconds of each read, in time order. */
async function read() {
  const spent: number[] = [];
  const began = performance.now();
  for (let count = 1; performance.now() - began < forMs; count++) {
    const from = performance.now();
    const answer = await fetch(`${origin}/sessions`, { headers: { cookie: `syntrack_session=${what}` } });
    await answer.text();
    if (answer.status !== 200) throw new Error(`The page answers ${answer.status}`);
    spent.push(performance.now() - from);
    await pause(began + count * 1000 / READS_A_SECOND - performance.now());
  }
  return { spent };
}
