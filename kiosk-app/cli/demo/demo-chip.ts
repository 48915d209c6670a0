import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileDurable } from '@motcua/core';
import {
  createSimulatedChip,
  createTestAuthority,
  drawPortrait,
  issueChip,
  type SimulatedChip,
  startVirtualReader,
  virtualCardSlot,
  virtualReaderLacks,
} from '@motcua/device-drivers/simulators';
import { type SpecimenPerson, specimenPeople } from '@motcua/ocr-pipeline/specimens';

/** The chip reader of the demo and the cards beside it. */
export interface DemoChip {
  /** Of the PC/SC service that belongs to this demo alone. */
  readonly socket: string;
  /** Whose card lies on the reader. */
  lying(): string | null;
  lay(personId: string): void;
  takeAway(): void;
  /** A chip of one's own making lies there. */
  layChip(personId: string, chip: SimulatedChip): void;
  close(): Promise<void>;
}

/**
 * The people's cards with chips, by an authority made up for this demo, whose certificate goes into `trustFolder`. Null
 * where pcscd, vpcd or the bridge to PC/SC is missing: then the demo has no chip reader.
 */
export async function startDemoChip(trustFolder: string): Promise<DemoChip | null> {
  if (virtualReaderLacks() !== null) return null;
  const service = await startVirtualReader().catch(() => null);
  if (!service) return null;
  const authority = createTestAuthority({ name: 'Demo CSCA' });
  await rm(trustFolder, { recursive: true, force: true });
  await mkdir(trustFolder, { recursive: true, mode: 0o700 });
  await writeFileDurable(join(trustFolder, 'demo-csca.der'), authority.cscaCertificate);
  const portrait = await drawPortrait();
  const slot = virtualCardSlot(service.port);
  let lying: string | null = null;
  const layChip = (personId: string, chip: SimulatedChip) => {
    lying = personId;
    slot.lay(chip);
  };
  return {
    socket: service.socket,
    lying: () => (slot.isThere() ? lying : null),
    lay: (personId) => {
      const person = specimenPeople().find(({ id }) => id === personId);
      if (person?.cardText)
        layChip(personId, createSimulatedChip(issueChip({ person: cardOf(person), authority, portrait })));
    },
    layChip,
    takeAway: slot.takeAway,
    close: async () => {
      slot.takeAway();
      await service.stop();
    },
  };
}

/** What the specimens do not say of a person is made up. */
function cardOf(person: SpecimenPerson) {
  return {
    number: person.personNumber,
    name: person.fullName,
    birthDate: person.birthDate,
    sex: person.sex,
    residence: person.residence,
    origin: person.origin,
    oldNumber: null,
    father: 'Nguyễn Văn Mẫu',
    mother: 'Trần Thị Mẫu',
    spouse: null,
    issueDate: person.issueDate ?? '2021-01-01',
    expiryDate: null,
  };
}
