import { createReadStream, existsSync, mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { DemoAction, type DemoState } from '@motcua/contract';
import { unreachable } from '@motcua/core';
import { bitmapToPng } from '@motcua/device-drivers';
import type {
  SimulatedPrinter,
  SimulatedReader,
  SimulatedScannerFolder,
} from '@motcua/device-drivers/simulators';
import { makeThumbnail } from '@motcua/ocr-pipeline';
import type { LocalPki } from '@motcua/ocr-pipeline/simulators';
import { listSpecimens, specimenPeople } from '@motcua/ocr-pipeline/specimens';
import Fastify from 'fastify';
import type { ChildProgram } from './child-program.ts';
import type { DemoChip } from './demo-chip.ts';

/** Not her whole name: beside the kiosk's screen nobody could tell whether that has forgotten it. */
function cardLabel({ fullName, birthDate }: { readonly fullName: string; readonly birthDate: string }) {
  return `${fullName.split(' ').at(-1)}, ${birthDate.match(/\d{4}/)?.[0]}`;
}

/** The hands of the demo: what the side panel's buttons do to the simulators. Loopback, demo only. */
export async function startControlServer(world: {
  readonly printer: SimulatedPrinter;
  readonly reader: SimulatedReader;
  readonly scanner: SimulatedScannerFolder;
  readonly gateway: ChildProgram;
  readonly chip: DemoChip | null;
  readonly pki: LocalPki | null;
  readonly cacheFolder: string;
}): Promise<{ readonly port: number; close(): Promise<void> }> {
  const { printer, reader, scanner, gateway, pki } = world;
  mkdirSync(world.cacheFolder, { recursive: true });
  const specimens = listSpecimens();
  const people = specimenPeople();
  let gatewayUp = true;
  let timeStampsUp = true;

  const state = (): DemoState => {
    const fault = printer.fault();
    return {
      cards: people
        .filter(({ cardText }) => cardText)
        .map((person) => ({ id: person.id, label: cardLabel(person) })),
      papers: specimens.map(({ name }) => ({
        id: name,
        label: name,
        thumbnailUrl: `/api/demo/files/papers/${name}.jpg`,
      })),
      onGlass: scanner.lying().map((file) => basename(file)),
      printer: {
        fault: fault === 'cutter-error' ? 'offline' : fault,
        paperUrl: printer.inSlot() ? `/api/demo/files/printer/${printer.papers().length}.png` : null,
      },
      gateway: gatewayUp ? 'up' : 'down',
      chip: world.chip && { cardId: world.chip.lying() },
      timeStamps: pki && (timeStampsUp ? 'up' : 'down'),
    };
  };

  async function act(action: DemoAction): Promise<void> {
    switch (action.type) {
      case 'insert-card': {
        const person = people.find(({ id }) => id === action.cardId);
        if (person?.cardText) await reader.send(person.cardText);
        return;
      }
      case 'lay-chip':
        if (action.cardId === null) world.chip?.takeAway();
        else world.chip?.lay(action.cardId);
        return;
      case 'lay-papers':
        await scanner.lay(
          specimens.filter(({ name }) => action.paperIds.includes(name)).map(({ file }) => file),
        );
        return;
      case 'clear-glass':
        return scanner.clear();
      case 'tear-paper':
        return printer.tear();
      case 'printer-fault':
        return printer.setFault(action.fault);
      case 'gateway':
        gatewayUp = action.state === 'up';
        if (gatewayUp) gateway.start();
        else await gateway.stop();
        return;
      case 'time-stamps':
        timeStampsUp = action.state === 'up';
        pki?.setTimeStamping(timeStampsUp ? 'well' : 'out');
        return;
      default:
        return unreachable(action);
    }
  }

  const app = Fastify({ bodyLimit: 65_536, forceCloseConnections: true });
  app.get('/state', async () => state());
  app.post('/actions', async (request, reply) => {
    const action = DemoAction.safeParse(request.body);
    if (!action.success) return reply.code(400).send({ code: 'request-invalid' });
    await act(action.data);
    return state();
  });
  app.get('/files/printer/:name', async (_request, reply) => {
    const paper = printer.inSlot();
    if (!paper) return reply.code(404).send({ code: 'file-unknown' });
    return reply.type('image/png').send(await bitmapToPng(paper));
  });
  app.get<{ Params: { name: string } }>('/files/papers/:name', async (request, reply) => {
    const specimen = specimens.find(({ name }) => `${name}.jpg` === request.params.name);
    if (!specimen) return reply.code(404).send({ code: 'file-unknown' });
    const small = join(world.cacheFolder, `${specimen.name}.jpg`);
    if (!existsSync(small)) await makeThumbnail(specimen.file, small, 0);
    return reply.type('image/jpeg').send(createReadStream(small));
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const address = app.server.address();
  if (!address || typeof address === 'string') throw new Error('no port was given');
  return { port: address.port, close: async () => app.close() };
}
