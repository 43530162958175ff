/** Measures how long the server takes for each page, over real sockets. */
import { computeMedian, computeQuantile } from "../median.ts";
import type { YearSite } from "./year_site.ts";

export interface ServerTimes {
  /** From the request to the last byte, in milliseconds, with no change since the last request. */
  readonly median: number;
  readonly p99: number;
  /**
   * Processor time of a request over all server threads, in
   * milliseconds: a busy machine does not lengthen it.
   */
  readonly cpu: number;
  /** The first request after a poll, median. */
  readonly polled: number;
  readonly bytes: number;
}

const WARM = 20;
const QUIET = 300;
const POLLED = 20;

export async function serverTimes(site: YearSite, path: string): Promise<ServerTimes> {
  let bytes = 0;
  const ask = async () => {
    const began = performance.now();
    const response = await fetch(site.origin + path);
    bytes = (await response.arrayBuffer()).byteLength;
    if (response.status !== 200) throw new Error(`${path} answers ${response.status}`);
    return performance.now() - began;
  };
  const measureTimes = async (count: number, before?: () => Promise<void>) => {
    const times: number[] = [];
    for (let i = 0; i < count; i++) {
      await before?.();
      times.push(await ask());
    }
    return times;
  };
  await measureTimes(WARM);
  const began = site.cpuMs();
  const quiet = await measureTimes(QUIET);
  const cpu = (site.cpuMs() - began) / QUIET;
  const polled = await measureTimes(POLLED, () => site.poll());
  return {
    median: computeMedian(quiet),
    p99: computeQuantile(quiet, 0.99),
    cpu,
    polled: computeMedian(polled),
    bytes,
  };
}
