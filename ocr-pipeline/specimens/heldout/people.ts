import names from './names.json' with { type: 'json' };
import places from './places.json' with { type: 'json' };

/** Somebody who does not exist; drawn anew for each page. */
export interface DrawnPerson {
  readonly fullName: string;
  readonly sex: 'male' | 'female';
  /** 12 digits that agree with sex and birth date. */
  readonly personNumber: string;
  /** `YYYY-MM-DD` */
  readonly birthDate: string;
  readonly address: string;
  readonly people: string;
}

/** Draws from lists and ranges; one seeded sequence behind it. */
export interface Draw {
  readonly number: (from: number, to: number) => number;
  readonly digits: (count: number) => string;
  readonly one: <T>(of: readonly T[]) => T;
  readonly chance: (share: number) => boolean;
  /** `YYYY-MM-DD` */
  readonly date: (fromYear: number, toYear: number) => string;
}

export function drawFrom(random: () => number): Draw {
  const number = (from: number, to: number) => from + Math.floor(random() * (to - from + 1));
  const two = (value: number) => String(value).padStart(2, '0');
  return {
    number,
    digits: (count) => Array.from({ length: count }, () => number(0, 9)).join(''),
    one: (of) => of[number(0, of.length - 1)]!,
    chance: (share) => random() < share,
    date: (fromYear, toYear) => `${number(fromYear, toYear)}-${two(number(1, 12))}-${two(number(1, 28))}`,
  };
}

const MINORITY_SHARE = 0.14;

export function drawPerson(draw: Draw): DrawnPerson {
  const female = draw.chance(0.5);
  const birthDate = draw.date(1938, 2024);
  const minority = draw.chance(MINORITY_SHARE);
  const fullName = minority
    ? draw.one(names.minority)
    : [
        weighted(draw, names.family),
        weighted(draw, female ? names.middleFemale : names.middleMale),
        draw.one((female ? names.givenFemale : names.givenMale).split(' ')),
      ].join(' ');
  const century = (Number(birthDate.slice(0, 2)) - 19) * 2 + (female ? 1 : 0);
  return {
    fullName,
    sex: female ? 'female' : 'male',
    personNumber: `0${draw.digits(2)}${century}${birthDate.slice(2, 4)}${draw.digits(6)}`,
    birthDate,
    address: drawAddress(draw),
    people: minority
      ? draw.one(['Ê Đê', 'Mông', 'Thái', 'Khmer', 'Chăm', 'Tày', 'Nùng', 'Dao', 'Mường', 'Gia Rai', 'Cơ Ho'])
      : 'Kinh',
  };
}

/** `Phường …` with its `tỉnh …`: where the paper was issued. */
export function drawWard(draw: Draw): { readonly ward: string; readonly province: string } {
  const area = draw.one(places.areas);
  return { ward: draw.one(area.wards), province: area.province };
}

export function drawAddress(draw: Draw): string {
  const home = draw.chance(0.5)
    ? `${draw.number(1, 480)}${draw.chance(0.4) ? `/${draw.number(1, 60)}` : ''} ${draw.chance(0.5) ? 'Đường ' : ''}${draw.one(places.streets)}`
    : draw.one(places.hamlets);
  if (draw.chance(0.3)) return `${home}, ${draw.one(places.old)}`;
  const { ward, province } = drawWard(draw);
  return `${home}, ${ward}, ${province}`;
}

/** One of `name:weight name:weight …`; a name may be of several words. */
function weighted(draw: Draw, list: string): string {
  const entries = [...list.matchAll(/([^:]+?):([\d.]+)\s*/g)].map(
    (match) => [match[1]!, Number(match[2])] as const,
  );
  let left = (draw.number(0, 999_999) / 1_000_000) * entries.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [name, weight] of entries) {
    left -= weight;
    if (left < 0) return name;
  }
  return entries[0]![0];
}
