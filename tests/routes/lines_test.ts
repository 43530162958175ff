/** Chart lines are continuous, however rarely readings came, and however often they come today. */
import { assert, assertEquals } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { fakeServices } from "../support/fake_services.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, reading, utc } from "../support/readings.ts";
import { askApp } from "../support/web_app.ts";

type Point = readonly [at: number, share: number | null];

const EVENING = utc("2026-11-21 18:10");

/** Two days with half-hourly readings except for a night, and then an hour with a reading each minute. */
async function readDays(services: Awaited<ReturnType<typeof fakeServices>>, clock: FakeClock) {
  let used = 0;
  const read = async (at: number) => {
    clock.jump(at - clock.now());
    await services.polled("acme/work", [reading({ limit: 1000, used: used++ })]);
  };
  for (let at = EVENING - 2 * DAY_MS; at < EVENING - DAY_MS + 5 * HOUR_MS; at += 30 * MINUTE_MS) {
    await read(at);
  }
  for (let at = EVENING - 11 * HOUR_MS; at <= EVENING; at += 30 * MINUTE_MS) await read(at);
  return read;
}

Deno.test("half-hourly readings are a line in every range, with a gap for the night", async () => {
  const clock = new FakeClock(EVENING - 2 * DAY_MS);
  await using services = await fakeServices({ clock });
  const read = await readDays(services, clock);
  const ask = askApp(services);
  const points = async (query: string): Promise<readonly Point[]> =>
    (await (await ask(`/api/v1/series?${query}`)).json()).lines[0].points;
  const gaps = (line: readonly Point[]) => line.filter(([, share]) => share === null).length;

  for (let minute = 1; minute <= 2; minute++) {
    for (
      const [range, least, nights] of [["1h", 2, 0], ["6h", 12, 0], ["24h", 30, 1], ["7d", 40, 1]] as const
    ) {
      const line = await points(`range=${range}`);
      assert(line.length >= least, `${range}: ${line.length} points`);
      assertEquals(gaps(line), nights, range);
    }
    const morning = EVENING - 10 * HOUR_MS;
    // Between two readings the line continues.
    const short = await points(`from=${morning + 5 * MINUTE_MS}&to=${morning + 25 * MINUTE_MS}`);
    assertEquals([short.length, gaps(short)], [2, 0]);
    const long = await points(`from=${morning}&to=${morning + 6 * HOUR_MS}`);
    assert(long.length >= 12 && gaps(long) === 0);
    const image = await (await ask("/api/v1/chart.svg?range=6h")).text();
    assert(
      /<path[^>]* d="M[^"]*L/.test(image) || /<path[^>]* d="M\S+ \S+ ?[LHVlhv]/.test(image),
      image.slice(0, 3000),
    );
    // Today it is read each minute: the past is judged by the interval of that time.
    for (let at = clock.now() + MINUTE_MS; minute === 1 && at <= EVENING + 20 * MINUTE_MS; at += MINUTE_MS) {
      await read(at);
    }
  }
});
