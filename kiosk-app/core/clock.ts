/** The one source of time. Injected, so that tests turn the hands themselves. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };

export interface ManualClock extends Clock {
  set(time: Date | string): void;
  advance(milliseconds: number): void;
}

export function manualClock(start: string | Date): ManualClock {
  let current = new Date(start);
  return {
    now: () => new Date(current),
    set: (time) => {
      current = new Date(time);
    },
    advance: (milliseconds) => {
      current = new Date(current.getTime() + milliseconds);
    },
  };
}

export const VIETNAM = 'Asia/Ho_Chi_Minh';

const parts = new Intl.DateTimeFormat('en-GB', {
  timeZone: VIETNAM,
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});

/** Calendar fields as a clock on the centre's wall shows them (UTC+7, whatever the machine's zone). */
export function vietnamTime(time: Date) {
  const field = Object.fromEntries(parts.formatToParts(time).map((part) => [part.type, part.value]));
  const { year = '', month = '', day = '', hour = '', minute = '', second = '' } = field;
  return {
    /** `YYYY-MM-DD`: the day that numbers and dossier codes count by. */
    localDay: `${year}-${month}-${day}`,
    /** `yymmdd`, as in dossier codes. */
    compactDay: `${year.slice(2)}${month}${day}`,
    /** `dd/MM/yyyy`, as people write it. */
    date: `${day}/${month}/${year}`,
    /** `HH:mm` */
    time: `${hour}:${minute}`,
    /** ISO 8601 with the zone, as the archive rules ask. */
    iso: `${year}-${month}-${day}T${hour}:${minute}:${second}+07:00`,
  };
}
