import people from './people.json' with { type: 'json' };

/** A synthetic person. The specimens speak of nobody else. */
export interface SpecimenPerson {
  readonly id: string;
  /** The family, or the errand, that the person's papers belong to. */
  readonly set: string;
  /** The one of the set who stands at the kiosk. */
  readonly main: boolean;
  readonly fullName: string;
  readonly personNumber: string;
  /** `YYYY-MM-DD` */
  readonly birthDate: string;
  readonly sex: 'male' | 'female';
  readonly residence: string;
  readonly origin: string;
  /** `YYYY-MM-DD`; null for a child without a card. */
  readonly issueDate: string | null;
  readonly generation: '2021' | '2024' | null;
  /** What the QR of the person's card says. */
  readonly cardText: string | null;
}

/** Everybody who appears in the specimens, grouped by set, the main person of a set first. */
export function specimenPeople(): readonly SpecimenPerson[] {
  return people as readonly SpecimenPerson[];
}

export function specimenPerson(id: string): SpecimenPerson {
  const person = specimenPeople().find((each) => each.id === id);
  if (!person) throw new Error(`no such specimen person: ${id}`);
  return person;
}
