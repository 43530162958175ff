/** Detects that this process is a container's main one, where going into the background would end it. */

export interface ContainerSigns {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly pid: number;
  readonly exists: (path: string) => boolean;
}

/** Returns the evidence, in words, or null. `DOCKER_CONTAINER=0` denies it, whatever else is there. */
export function containerSign({ env, pid, exists }: ContainerSigns): string | null {
  const { DOCKER_CONTAINER: docker } = env;
  if (docker !== undefined && /^(?:0|false|no|off)$/i.test(docker.trim())) return null;
  if (docker) return "DOCKER_CONTAINER is set";
  if (env.KUBERNETES_SERVICE_HOST) return "KUBERNETES_SERVICE_HOST is set";
  if (pid === 1) return "this is process 1";
  return exists("/.dockerenv") ? "there is a /.dockerenv" : null;
}

export function containerAround(env: ContainerSigns["env"]): string | null {
  return containerSign({ env, pid: Deno.pid, exists: fileExists });
}

function fileExists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}
