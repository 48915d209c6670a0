/** What a story saw, line by line with the time; at its end 0 when all of it was right. */
export function createReport() {
  const start = performance.now();
  let failures = 0;
  const say = (what: string) =>
    console.log(`${((performance.now() - start) / 1_000).toFixed(1).padStart(6)} s  ${what}`);
  return {
    say,
    check: (what: string, right: boolean, seen: unknown) => {
      if (!right) failures += 1;
      say(`${right ? 'ok  ' : 'FAIL'} ${what}: ${JSON.stringify(seen)}`);
    },
    finish: (story: string): never => {
      say(failures === 0 ? `${story}: all was right` : `${story}: ${failures} failures`);
      process.exit(failures === 0 ? 0 : 1);
    },
  };
}

export const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
