import { expect, it } from 'vitest';
import { readSettings } from './gateway-settings.ts';

const base = ['--data', '/d', '--trust', '/t'];
const read = (env: Record<string, string>, args = base) =>
  readSettings(
    args,
    Object.fromEntries(Object.entries(env).map(([name, value]) => [`MOTCUA_CITY_${name}`, value])),
  );

it('runs on its own database and disk, on loopback, when nothing else is said', () => {
  expect(read({})).toMatchObject({
    ok: true,
    value: {
      host: '127.0.0.1',
      port: 8742,
      database: 'sqlite:',
      store: 'disk:',
      tls: null,
      citySystem: null,
    },
  });
  expect(read({ DATA: '/env', TRUST: '/t' }, [])).toMatchObject({ ok: true, value: { dataFolder: '/env' } });
});

it('listens to the network only with a certificate and a list of who may come', () => {
  expect(read({ HOST: '0.0.0.0' })).toMatchObject({ ok: false });
  expect(read({ HOST: '0.0.0.0', TLS_CERT: 'c', TLS_KEY: 'k' })).toMatchObject({ ok: false });
  expect(
    read({ HOST: '0.0.0.0', TLS_CERT: 'c', TLS_KEY: 'k', TLS_CLIENT_CA: 'a', TLS_CRL: 'r' }),
  ).toMatchObject({
    ok: true,
    value: { tls: { clientAuthorities: 'a', revocationList: 'r', authority: null } },
  });
});

it.each<[string, Record<string, string>, string[]?]>([
  ['no folders', {}, []],
  ['an unknown option', {}, [...base, '--prot', '1']],
  ['a port that is none', { PORT: '70000' }],
  ['a database of another kind', { DB: 'mysql://x' }],
  ['a store of another kind', { STORE: 'ftp://x' }],
  ['a number that is none', { MAX_BYTES: '10 GB' }],
  ['half an authority', { TLS_CERT: 'c', TLS_KEY: 'k', TLS_CLIENT_CA: 'a', CA_CERT: 'x' }],
])('says what is wrong: %s', (_, env, args) => {
  const settings = read(env, args);
  expect(settings.ok).toBe(false);
  if (!settings.ok) expect(settings.error.length).toBeGreaterThan(10);
});
