import { useEffect, useState } from 'react';

/** The service's time, looked at every `everyMs`; `offsetMs` = service clock minus browser clock. */
export function useNow(everyMs: number, offsetMs: number): Date {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return new Date(now + offsetMs);
}
