import { describe, expect, it } from 'vitest';
import { folderOfCall, optionsSwallowedByNpm } from './npm-options.ts';

describe('options that npm takes for itself', () => {
  it('are found again in the environment', () => {
    expect(optionsSwallowedByNpm({ npm_config_json: 'true' }, [])).toEqual({
      json: true,
      fresh: false,
      folders: { pages: undefined, keep: undefined, folder: undefined },
    });
    expect(optionsSwallowedByNpm({ npm_config_pages: '/in', npm_config_keep: '/out' }, [])?.folders).toEqual({
      pages: '/in',
      keep: '/out',
      folder: undefined,
    });
    expect(optionsSwallowedByNpm({ npm_config_fresh: 'true', npm_config_folder: '/data' }, [])).toMatchObject(
      {
        fresh: true,
        folders: { folder: '/data' },
      },
    );
    expect(optionsSwallowedByNpm({ npm_config_pages: 'true' }, ['/in'])?.folders.pages).toBe('/in');
  });

  it('are refused when nobody can tell which word belongs to which', () => {
    expect(
      optionsSwallowedByNpm({ npm_config_pages: 'true', npm_config_keep: 'true' }, ['/in', '/out']),
    ).toBeNull();
    expect(optionsSwallowedByNpm({}, ['/in'])).toBeNull();
  });
});

it('relative paths start where the user stood, not where npm runs the script', () => {
  expect(folderOfCall({ npm_lifecycle_event: 'demo', INIT_CWD: '/home/lan' })).toBe('/home/lan');
  // npx runs where it was called; tests that npm runs stand elsewhere of their own will.
  for (const event of ['npx', 'test'])
    expect(folderOfCall({ npm_lifecycle_event: event, INIT_CWD: '/home/lan' })).toBe(process.cwd());
});
